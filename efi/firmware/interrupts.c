/* SPDX-License-Identifier: BSD-2-Clause */
/* 8259, local APIC (SDM volume 3, chapter 11) and I/O APIC (82093AA datasheet, section 3). */
#include "firmware.h"

#include "interrupts.h"

#include "acpi.h"
#include "apic.h"
#include "local_apic.h"
#include "madt.h"
#include "port.h"

#define PIC_FIRST_MASK  0x21
#define PIC_SECOND_MASK 0xa1
#define PIC_ALL_LINES   0xff

#define LEAF_FEATURES    UINT32_C(1)
#define FEATURE_EDX_APIC (UINT32_C(1) << 9)

/* Offsets of registers. */
#define APIC_VERSION       0x30u
#define APIC_INITIAL_COUNT 0x380u

#define IO_APIC_INDEX       0u
#define IO_APIC_DATA        4u /* in units of 4 bytes */
#define IO_APIC_VERSION     UINT32_C(1)
#define IO_APIC_REDIRECTION UINT32_C(0x10)
#define IO_APIC_ABSENT      UINT32_C(0xffffffff)

/* Which of the local vector table's entries there are: those up to the version's number. */
static const struct {
    uint16_t offset;
    uint8_t least;
} local_vectors[] = {{0x320, 0}, {0x350, 1}, {0x360, 2}, {0x370, 3},
                     {0x340, 4}, {0x330, 5}, {0x2f0, 6}};

/* Numbers in front of LINT0 and LINT1, which stand one behind the other. */
#define LINT_FIRST 0x350u
#define LINT_STEP  0x10u

static void mask_local_apic(const struct interrupts *interrupts, bool is_strict)
{
    uint64_t base;
    uint32_t last_vector;

    if ((cpuid(LEAF_FEATURES).edx & FEATURE_EDX_APIC) == 0) {
        return;
    }
    base = read_msr(LOCAL_APIC_BASE_MSR);
    if ((base & LOCAL_APIC_ENABLED) == 0 && is_strict) {
        base |= LOCAL_APIC_ENABLED;
        write_msr(LOCAL_APIC_BASE_MSR, base);
    }
    if ((base & LOCAL_APIC_ENABLED) == 0) {
        return;
    }
    last_vector = local_apic_read(base, APIC_VERSION) >> 16 & 0xff;
    for (size_t i = 0; i < sizeof(local_vectors) / sizeof(local_vectors[0]); i++) {
        const uint32_t offset = local_vectors[i].offset;

        if (local_vectors[i].least <= last_vector) {
            const uint32_t entry = local_apic_read(base, offset);

            local_apic_write(base, offset, apic_masked(entry, is_strict));
        }
    }
    local_apic_write(base, APIC_INITIAL_COUNT, 0);
    if (is_strict) {
        local_apic_write(base, LOCAL_APIC_SPURIOUS, LOCAL_APIC_SPURIOUS_ON);
    }
    for (uint32_t line = 0; is_strict && line < INTERRUPTS_LINES; line++) {
        const uint32_t offset = LINT_FIRST + line * LINT_STEP;

        if (interrupts->lines.has_nmi[line]) {
            local_apic_write(
                base, offset,
                apic_nmi_line(local_apic_read(base, offset), interrupts->lines.flags[line]));
        }
    }
}

static uint32_t io_apic_read(volatile uint32_t *registers, uint32_t index)
{
    registers[IO_APIC_INDEX] = index;
    return registers[IO_APIC_DATA];
}

static void mask_io_apic(volatile uint32_t *registers, bool is_strict)
{
    const uint32_t version = io_apic_read(registers, IO_APIC_VERSION);
    const uint32_t last_line = version >> 16 & 0xff;

    for (uint32_t line = 0; version != IO_APIC_ABSENT && line <= last_line; line++) {
        const uint32_t entry = io_apic_read(registers, IO_APIC_REDIRECTION + 2 * line);

        registers[IO_APIC_DATA] = apic_masked(entry, is_strict);
    }
}

struct interrupts_lines interrupts_find_lines(const struct madt *madt, uint32_t acpi_uid)
{
    struct interrupts_lines lines = {.has_nmi = {false}};
    struct madt_nmi nmi;
    size_t cursor = 0;

    while (madt_next_nmi(madt, &cursor, &nmi)) {
        if ((nmi.is_for_all || nmi.acpi_uid == acpi_uid) && nmi.line < INTERRUPTS_LINES) {
            lines.has_nmi[nmi.line] = true;
            lines.flags[nmi.line] = nmi.flags;
        }
    }
    return lines;
}

/* This processor's lines, where it has a local APIC that says who it is. */
static struct interrupts_lines find_own_lines(const struct madt *madt)
{
    struct madt_processor processor;
    size_t cursor = 0;
    uint64_t base;

    if ((cpuid(LEAF_FEATURES).edx & FEATURE_EDX_APIC) != 0) {
        base = read_msr(LOCAL_APIC_BASE_MSR);
        while ((base & LOCAL_APIC_ENABLED) != 0 && madt_next_processor(madt, &cursor, &processor)) {
            if (processor.apic_id == local_apic_number(base)) {
                return interrupts_find_lines(madt, processor.acpi_uid);
            }
        }
    }
    return (struct interrupts_lines){.has_nmi = {false}};
}

void interrupts_find(struct interrupts *interrupts, uint64_t rsdp)
{
    struct madt madt;
    size_t cursor = 0;

    madt.table = acpi_find_table(rsdp, "APIC", &madt.size_bytes);

    interrupts->lines = find_own_lines(&madt);
    interrupts->io_apic_count = 0;
    while (interrupts->io_apic_count < INTERRUPTS_IO_APIC_LIMIT &&
           madt_next_io_apic(&madt, &cursor, &interrupts->io_apics[interrupts->io_apic_count])) {
        interrupts->io_apic_count++;
    }
}

void interrupts_mask(const struct interrupts *interrupts, bool is_strict)
{
    port_write(PIC_FIRST_MASK, PIC_ALL_LINES);
    port_write(PIC_SECOND_MASK, PIC_ALL_LINES);
    for (size_t i = 0; i < interrupts->io_apic_count; i++) {
        mask_io_apic((volatile uint32_t *)(uintptr_t)interrupts->io_apics[i], is_strict);
    }
    mask_local_apic(interrupts, is_strict);
}
