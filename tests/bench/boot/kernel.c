/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells on the serial port what the boot cost: one line of `name=number` words, all decimal. Tests
 * and tests/bench/boot_cost.py read it.
 */
#include "hoist.h"

#define SERIAL UINT16_C(0x3f8)
#define STATUS UINT16_C(0x3fd)
#define READY  UINT8_C(0x20)

#define EXIT        UINT16_C(0xf4)
#define EXIT_PASSED UINT8_C(0x10)
#define EXIT_FAILED UINT8_C(0x11)

#define PATTERN UINT32_C(0x5bd1e995)

_Noreturn void kernel_main(const struct hoist_handoff *handoff, uint64_t now);

extern const volatile uint32_t payload[];
extern const volatile uint32_t payload_end[];

static void port_write(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t port_read(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void print(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((port_read(STATUS) & READY) == 0) {
        }
        port_write(SERIAL, (uint8_t)*text);
    }
}

static void print_number(const char *name, uint64_t number)
{
    char digits[21];
    unsigned at = sizeof(digits) - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    print(" ");
    print(name);
    print("=");
    print(&digits[at]);
}

/* How much memory of a kind there is, in all. */
static uint64_t bytes_of_type(const struct hoist_handoff *handoff, uint32_t type)
{
    uint64_t size_bytes = 0;

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        if (handoff->memory_map[i].type == type) {
            size_bytes += handoff->memory_map[i].size_bytes;
        }
    }
    return size_bytes;
}

static int payload_is_whole(void)
{
    for (const volatile uint32_t *word = payload; word < payload_end; word += 128) {
        if (*word != PATTERN) {
            return 0;
        }
    }
    return payload_end[-1] == PATTERN;
}

_Noreturn void kernel_main(const struct hoist_handoff *handoff, uint64_t now)
{
    static const char *const names[HOIST_PHASE_COUNT] = {"config", "kernel", "plan", "build",
                                                         "verify", "dump",   "leave"};

    print("\nbench:");
    print_number("whole", now - handoff->loader_start_tsc);
    for (unsigned phase = 0; phase < HOIST_PHASE_COUNT; phase++) {
        print_number(names[phase], handoff->phase_ticks[phase]);
    }
    print_number("frames", handoff->table_frame_count);
    print_number("image_bytes", handoff->kernel_size_bytes);
    print_number("kernel_bytes", bytes_of_type(handoff, HOIST_MEMORY_KERNEL));
    print_number("loader_bytes", bytes_of_type(handoff, HOIST_MEMORY_LOADER));
    print(payload_is_whole() ? " payload=whole\n" : " payload=damaged\n");
    port_write(EXIT, payload_is_whole() ? EXIT_PASSED : EXIT_FAILED);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
