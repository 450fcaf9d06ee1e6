/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel of the Limine protocol, base revision 2, that tells on the serial port when it was
 * entered and how many frames the page tables take: one line of `name=number` words. tests/bench/
 * limine/run reads it.
 */
#include "limine.h"

#define SERIAL UINT16_C(0x3f8)
#define STATUS UINT16_C(0x3fd)
#define READY  UINT8_C(0x20)

#define EXIT        UINT16_C(0xf4)
#define EXIT_PASSED UINT8_C(0x10)

#define ENTRY_PRESENT UINT64_C(1)
#define ENTRY_LARGE   (UINT64_C(1) << 7)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define ENTRY_COUNT   512u

#define REQUEST(name)                                                          \
    {                                                                          \
        LIMINE_COMMON_0, LIMINE_COMMON_1, LIMINE_##name##_2, LIMINE_##name##_3 \
    }

_Noreturn void kernel_main(uint64_t unused, uint64_t now);

__attribute__((used)) static volatile uint64_t tag[3] = {LIMINE_TAG_0, LIMINE_TAG_1, 2};
static volatile struct limine_request hhdm = {.id = REQUEST(HHDM)};
/* Not read; asked for as a kernel would. */
__attribute__((used)) static volatile struct limine_request map = {.id = REQUEST(MEMMAP)};
__attribute__((used)) static volatile struct limine_request screens = {.id = REQUEST(FRAMEBUFFER)};

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

/* The table itself, and all below it; level 1 has leaves alone. */
static uint64_t count_tables(uint64_t entry, unsigned level, uint64_t offset)
{
    const volatile uint64_t *table = (const volatile uint64_t *)((entry & ENTRY_ADDRESS) + offset);
    uint64_t count = 1;

    for (unsigned i = 0; level > 1 && i < ENTRY_COUNT; i++) {
        if ((table[i] & ENTRY_PRESENT) != 0 && (table[i] & ENTRY_LARGE) == 0) {
            count += count_tables(table[i], level - 1, offset);
        }
    }
    return count;
}

_Noreturn void kernel_main(uint64_t unused, uint64_t now)
{
    const struct limine_number_response *answer =
        (const struct limine_number_response *)hhdm.response;
    uint64_t root;

    (void)unused;
    __asm__ volatile("movq %%cr3, %0" : "=r"(root));
    print("\nbench:");
    print_number("now", now);
    print_number("frames", count_tables(root, 4, answer->number));
    print("\n");
    port_write(EXIT, EXIT_PASSED);
    for (;;) {
        __asm__ volatile("hlt");
    }
}
