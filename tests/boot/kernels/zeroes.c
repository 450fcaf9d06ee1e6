/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel with 64 MiB of .bss between two pieces of .data, linked so that gaps come before and
 * behind. It ends the emulator well when all that the file does not hold is zero.
 */
#include <stddef.h>
#include <stdint.h>

#define BSS_WORDS ((size_t)64 << 17)

_Noreturn void kernel_entry(void);

/* The link script's: from the end of one segment to the start of the next page, and the .bss. */
extern const volatile uint8_t text_end[];
extern const volatile uint8_t data_end[];
extern const volatile uint8_t image_end[];

volatile uint64_t zeroes[BSS_WORDS];
volatile uint64_t word = UINT64_C(0x123456789abcdef0);

static _Noreturn void finish(uint8_t value)
{
    __asm__ volatile("outb %0, $0xf4" : : "a"(value));
    for (;;) {
        __asm__ volatile("hlt");
    }
}

/* From `start`, which need not be aligned, to the end of its page. */
static int rest_of_page_is_zero(const volatile uint8_t *start)
{
    while (((uintptr_t)start & 0xfff) != 0) {
        if (*start++ != 0) {
            return 0;
        }
    }
    return 1;
}

_Noreturn void kernel_entry(void)
{
    if (word != UINT64_C(0x123456789abcdef0) || !rest_of_page_is_zero(text_end) ||
        !rest_of_page_is_zero(data_end) || !rest_of_page_is_zero(image_end)) {
        finish(0x11);
    }
    for (size_t i = 0; i < BSS_WORDS; i++) {
        if (zeroes[i] != 0) {
            finish(0x11);
        }
        zeroes[i] = i;
    }
    for (size_t i = 0; i < BSS_WORDS; i++) {
        if (zeroes[i] != i) {
            finish(0x11);
        }
    }
    finish(0x10);
}
