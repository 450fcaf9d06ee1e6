/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines on the first serial port, and the end of the guest. */
#include "kernel.h"

#define SERIAL         0x3f8
#define SERIAL_STATUS  0x3fd
#define SERIAL_IS_FREE 0x20u
#define EXIT_PORT      0xf4
#define EXIT_PASSED    0x10u
#define EXIT_FAILED    0x11u
#define WAIT_LIMIT     100000u

static unsigned passed_count;
static unsigned quiet_count;
static unsigned failed_count;
static unsigned held_count;
static bool all_hold = true;
bool is_quiet;

static void put(char character)
{
    uint8_t status = 0;

    for (unsigned i = 0; i < WAIT_LIMIT && (status & SERIAL_IS_FREE) == 0; i++) {
        __asm__ volatile("inb %w1, %0" : "=a"(status) : "Nd"(SERIAL_STATUS));
    }
    __asm__ volatile("outb %0, %w1" : : "a"(character), "Nd"(SERIAL));
}

void print(const char *text)
{
    while (*text != '\0') {
        put(*text++);
    }
}

void print_hex(uint64_t value)
{
    unsigned shift = 60;

    while (shift > 0 && value >> shift == 0) {
        shift -= 4;
    }
    for (;; shift -= 4) {
        put("0123456789abcdef"[value >> shift & 15]);
        if (shift == 0) {
            return;
        }
    }
}

void print_value(const char *name, uint64_t value)
{
    print(" ");
    print(name);
    print("=");
    print_hex(value);
}

bool check(const char *name, bool holds)
{
    if (!holds || !is_quiet) {
        print(holds ? "ok: " : "FAIL: ");
        print(name);
        print("\n");
    }
    *(!holds ? &failed_count : is_quiet ? &quiet_count : &passed_count) += 1;
    return holds;
}

bool check_equal(const char *name, uint64_t is, uint64_t expected)
{
    if (is != expected) {
        print("# is ");
        print_hex(is);
        print(", expected ");
        print_hex(expected);
        print("\n");
    }
    return check(name, is == expected);
}

bool hold(const char *name, bool holds, uint64_t where)
{
    held_count++;
    if (!holds) {
        if (all_hold) {
            print("# ");
            print(name);
            print(": ");
            print_hex(where);
            print("\n");
        }
        all_hold = false;
    }
    return holds;
}

bool conclude(const char *name)
{
    bool holds = all_hold && held_count > 0;

    if (held_count == 0) {
        print("# nothing was looked at\n");
    }
    all_hold = true;
    held_count = 0;
    return check(name, holds);
}

_Noreturn void finish(bool waits)
{
    print("limine-kernel:");
    print_value("passed", passed_count);
    print_value("failed", failed_count);
    print_value("quiet", quiet_count);
    print("\n");
    if (waits) {
        print("limine-kernel: waiting\n");
        for (;;) {
            __asm__ volatile("cli; hlt");
        }
    }
    __asm__ volatile("outl %0, %w1"
                     :
                     : "a"(failed_count == 0 ? EXIT_PASSED : EXIT_FAILED), "Nd"(EXIT_PORT));
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
