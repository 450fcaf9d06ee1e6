/* SPDX-License-Identifier: BSD-2-Clause */
/* Words on the first serial port, and the verdict for hoist-run. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

static inline void console_port_write(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void print(const char *text)
{
    for (; *text != '\0'; text++) {
        console_port_write(0x3f8, (uint8_t)*text);
    }
}

static inline void print_number(uint64_t number)
{
    if (number >= 10) {
        print_number(number / 10);
    }
    console_port_write(0x3f8, (uint8_t)('0' + number % 10));
}

_Noreturn static inline void finish(bool passed)
{
    console_port_write(0xf4, passed ? 0x10 : 0x11);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

/* A check that holds is told; one that does not ends the run. */
static inline void expect(bool holds, const char *sentence)
{
    print(holds ? "OK   " : "FAIL ");
    print(sentence);
    print("\n");
    if (!holds) {
        finish(false);
    }
}

#endif
