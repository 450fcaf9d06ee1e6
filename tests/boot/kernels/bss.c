/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel with as many zeroes as bss.ld says. It ends the emulator well when its pages are zero,
 * its addresses are those it runs at, and each page is a page of its own.
 */
#include <stddef.h>
#include <stdint.h>

#define PAGE_WORDS 512

_Noreturn void kernel_entry(void);

/* The link script's. */
extern volatile uint64_t zeroes_start[];
extern volatile uint64_t zeroes_end[];

/* The linker or the loader puts the address here. */
static volatile uint64_t *const volatile start = zeroes_start;

static _Noreturn void finish(uint8_t value)
{
    __asm__ volatile("outb %0, $0xf4" : : "a"(value));
    for (;;) {
        __asm__ volatile("hlt");
    }
}

_Noreturn void kernel_entry(void)
{
    if (start != zeroes_start || zeroes_end[-1] != 0) {
        finish(0x11);
    }
    for (volatile uint64_t *word = start; word < zeroes_end; word += PAGE_WORDS) {
        if (word[0] != 0 || word[PAGE_WORDS - 1] != 0) {
            finish(0x11);
        }
        word[0] = (uint64_t)word;
    }
    for (volatile uint64_t *word = start; word < zeroes_end; word += PAGE_WORDS) {
        if (word[0] != (uint64_t)word) {
            finish(0x11);
        }
    }
    finish(0x10);
}
