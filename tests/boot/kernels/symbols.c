/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel linked as a shared file, so that its symbols are looked up by name: its calls go through
 * the procedure linkage table, its addresses through the global offset table. It states what it
 * wishes, and has thread-local data. It ends the emulator well when all of it is as it should be.
 */
#include "hoist.h"

HOIST_NOTE(.oldest_version = 2, .stack_size_bytes = 0x20000, .max_paging_levels = 5);

void kernel_entry(const struct hoist_handoff *handoff);
int nowhere(void) __attribute__((weak));
int called(int number);

int number = 21;
int *pointer = &number;
int (*function)(int) = called;
int (*absent)(void) = nowhere;
__thread int of_each_thread = 7;
extern const char tls_template[];

__attribute__((noinline)) int called(int value)
{
    return 2 * value;
}

static _Noreturn void finish(unsigned char value)
{
    __asm__ volatile("outb %0, $0xf4" : : "a"(value));
    for (;;) {
        __asm__ volatile("hlt");
    }
}

void kernel_entry(const struct hoist_handoff *handoff)
{
    if (handoff->version < 2 || handoff->kernel_slide == 0 || pointer != &number ||
        *pointer != 21 || function != called || called(number) != 42 || function(1) != 2 ||
        absent != 0 || nowhere != 0 || *(const volatile int *)tls_template != 7) {
        finish(0x11);
    }
    finish(0x10);
}
