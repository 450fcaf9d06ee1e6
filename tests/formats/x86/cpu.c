/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial port, the end, and the control registers. */
#include "cpu.h"

#include <cpuid.h>

#include "check.h"

#define SERIAL        0x3f8
#define SERIAL_STATUS (SERIAL + 5)
#define STATUS_READY  1u    /* a character came in */
#define STATUS_EMPTY  0x20u /* one can go out */
#define DEBUG_EXIT    0xf4
#define EXIT_PASSED   0x10u
#define EXIT_FAILED   0x11u

#define CR0_WP (1u << 16)
#define CR0_PG (1u << 31)

#define EFER     0xc0000080u
#define EFER_NXE (1u << 11)

static void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

void machine_put(char character)
{
    while ((in8(SERIAL_STATUS) & STATUS_EMPTY) == 0) {
    }
    out8(SERIAL, (uint8_t)character);
}

void wait_for_character(void)
{
    while ((in8(SERIAL_STATUS) & STATUS_READY) == 0) {
    }
    in8(SERIAL);
}

_Noreturn void machine_stop(bool passed)
{
    out8(DEBUG_EXIT, passed ? EXIT_PASSED : EXIT_FAILED);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

uint8_t read_physical_bits(void)
{
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t features;
    uint32_t more;

    if (__get_cpuid(1, &a, &b, &c, &features) == 0 ||
        __get_cpuid(0x80000001, &a, &b, &c, &more) == 0 || (features & bit_PSE) == 0 ||
        (features & bit_PAE) == 0 || (features & bit_PGE) == 0 || (more & 1u << 20) == 0 ||
        __get_cpuid(0x80000008, &a, &b, &c, &more) == 0) {
        return 0;
    }
    return (uint8_t)a;
}

void paging_on(uint32_t root, uint32_t cr4, bool no_execute)
{
    uint32_t cr0;

    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4) : "memory");
    __asm__ volatile("wrmsr" : : "c"(EFER), "a"(no_execute ? EFER_NXE : 0), "d"(0));
    __asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | CR0_PG | CR0_WP) : "memory");
}

void paging_off(void)
{
    uint32_t cr0;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 & ~CR0_PG) : "memory");
}

void reload_cr3(void)
{
    uint32_t root;

    __asm__ volatile("mov %%cr3, %0\n\tmov %0, %%cr3" : "=r"(root) : : "memory");
}

void flush_page(uint32_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}
