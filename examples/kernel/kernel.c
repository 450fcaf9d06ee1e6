/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel to start from. What it must do, and what it finds:
 *
 *  1. Be an ELF64 file for x86-64 whose segments lie in the upper half, none of them writable and
 *     executable, and no page with two sets of rights (kernel.ld).
 *  2. Have an entry point with the System V calling convention; RDI is the hand-off. There is a
 *     stack of 64 KiB, or what the note below asks for, with a guard page below.
 *  3. Look at magic and version first. A newer version only adds members.
 *  4. Use no red zone, and no SSE before CR4.OSFXSR is set: -mno-red-zone -mgeneral-regs-only.
 *  5. Never return.
 *
 * What it finds: long mode, interrupts off, paging on with write protection and NX; all RAM at its
 * physical address plus direct_map_offset; the kernel where it was linked; nothing in the lower
 * half but one page, the trampoline. A fault is told on the serial port until the kernel loads an
 * IDT of its own. Memory of type LOADER is free once the kernel has no use for what lies in it.
 */
#include "hoist.h"

/* What this kernel wishes: each member may be left out, and so may the note. */
HOIST_NOTE(.oldest_version = 2, .stack_size_bytes = 0x10000);

static void port_write(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void print(const char *text)
{
    for (; *text != '\0'; text++) {
        port_write(0x3f8, (uint8_t)*text); /* the first serial port */
    }
}

static void print_number(uint64_t number)
{
    if (number >= 10) {
        print_number(number / 10);
    }
    port_write(0x3f8, (uint8_t)('0' + number % 10));
}

/* Tells hoist-run how it went. On a real machine nothing listens there. */
static _Noreturn void finish(uint8_t verdict)
{
    port_write(0xf4, verdict);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

_Noreturn void kernel_main(const struct hoist_handoff *handoff)
{
    uint64_t usable_bytes = 0;

    if (handoff->magic != HOIST_MAGIC || handoff->version < 2) {
        finish(0x11);
    }
    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        if (handoff->memory_map[i].type == HOIST_MEMORY_USABLE) {
            usable_bytes += handoff->memory_map[i].size_bytes;
        }
    }
    print("kernel: ");
    print(handoff->command_line);
    print(", ");
    print_number(usable_bytes >> 20);
    print(" MiB free\n");
    finish(usable_bytes > 0 ? 0x10 : 0x11);
}
