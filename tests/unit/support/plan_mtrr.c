/* SPDX-License-Identifier: BSD-2-Clause */
/* The MTRRs of the machine, and what they say. */
#include "plan_mtrr.h"

#include "plan_machine.h"
#include "property.h"

#define VALID   (UINT64_C(1) << 11)
#define ENABLED (UINT64_C(1) << 11)

#define UNCACHED      0u
#define WRITE_THROUGH 4u
#define WRITE_BACK    6u
#define UNDEFINED     0xffu

static uint64_t address_bits(void)
{
    return ((UINT64_C(1) << machine.mtrr.physical_bits) - 1) & ~(PAGE - 1);
}

/* What small leaves would be many for. */
static uint64_t total_bytes(void)
{
    uint64_t bytes = machine.input.framebuffer.size_bytes;

    for (size_t i = 0; i < machine.memory.count; i++) {
        bytes += machine.ranges[i].kind <= MEMORY_ACPI_NVS ? machine.ranges[i].size_bytes : 0;
    }
    return bytes;
}

/* Where something changes, or near it. */
static uint64_t random_place(void)
{
    const struct memory_range *range = &machine.ranges[random_below(machine.memory.count)];

    switch (random_below(6)) {
    case 0: return 0;
    case 1: return 3 * GIB;
    case 2: return machine.input.framebuffer.pa;
    case 3: return random_below(8 * GIB);
    case 4: return range->base + range->size_bytes;
    default: return range->base + random_below(range->size_bytes);
    }
}

/* Some bits of the mask cleared, above the lowest one; `lowest` is as small as the tables of that may become. */
static uint64_t with_gap(uint64_t mask, unsigned lowest)
{
    const unsigned bits = machine.mtrr.physical_bits;
    const unsigned size = lowest + (unsigned)random_below(one_in(3) ? bits - lowest - 2 : 6);

    mask = address_bits() & ~((UINT64_C(1) << size) - 1);
    if (one_in(3)) { /* written for a CPU that has fewer bits */
        return mask & ((UINT64_C(1) << (size + 1 + random_below(bits - size - 1))) - 1);
    }
    if (one_in(2)) { /* ranges that are everywhere */
        return (mask & random_number() & random_number()) | UINT64_C(1) << size;
    }
    for (unsigned i = 0; i < 3; i++) {
        mask &= ~(UINT64_C(1) << (size + 1 + random_below(bits - size - 1)));
    }
    return mask;
}

void machine_begin_mtrr(void)
{
    static const uint8_t types[] = {0, 0, 0, 6, 6, 6, 1, 4, 5};
    const uint64_t total = total_bytes();
    const unsigned lowest_gap = total <= 40 * MIB ? 12 : 21;
    const bool may_have_gaps = one_in(4) && total <= 16 * GIB;
    struct mtrr *mtrr = &machine.mtrr;

    *mtrr = (struct mtrr){.physical_bits = machine.cpu.physical_bits};
    if (one_in(6)) {
        return;
    }
    mtrr->default_type = types[random_below(sizeof types)] | (one_in(8) ? 0 : ENABLED) |
                         (one_in(2) ? UINT64_C(1) << 10 : 0);
    mtrr->count = random_below(one_in(10) ? 40 : 9);
    for (size_t i = 0; i < mtrr->count; i++) {
        const unsigned size = 12 + (unsigned)random_below(one_in(2) ? 12 : 25);
        uint64_t mask = address_bits() & ~((UINT64_C(1) << size) - 1);

        if (may_have_gaps && one_in(2)) {
            mask = with_gap(mask, lowest_gap);
        }
        mtrr->registers[i].base = (random_place() & address_bits() & (one_in(9) ? ~PAGE : mask)) |
                                  types[random_below(sizeof types)];
        mtrr->registers[i].mask = mask | (one_in(9) ? 0 : VALID);
    }
}

unsigned machine_type_at(uint64_t pa)
{
    unsigned seen = 0;

    if ((machine.mtrr.default_type & ENABLED) == 0) {
        return UNCACHED;
    }
    for (size_t i = 0; i < machine.mtrr.count; i++) {
        const struct mtrr_register *pair = &machine.mtrr.registers[i];

        if ((pair->mask & VALID) != 0 && ((pa ^ pair->base) & pair->mask & address_bits()) == 0) {
            seen |= 1u << (pair->base & 0xff);
        }
    }
    if (seen == 0) {
        return machine.mtrr.default_type & 0xff;
    }
    if ((seen & 1u << UNCACHED) != 0) {
        return UNCACHED;
    }
    if (seen == (1u << WRITE_THROUGH | 1u << WRITE_BACK)) {
        return WRITE_THROUGH;
    }
    return (seen & (seen - 1)) == 0 ? (unsigned)__builtin_ctz(seen) : UNDEFINED;
}

bool machine_has_an_edge(uint64_t pa, uint64_t size_bytes)
{
    for (size_t i = 0; i < machine.mtrr.count; i++) {
        const struct mtrr_register *pair = &machine.mtrr.registers[i];
        const uint64_t mask = pair->mask & address_bits();

        if ((pair->mask & VALID) != 0 && ((pa ^ pair->base) & mask & ~(size_bytes - 1)) == 0 &&
            (mask & (size_bytes - 1)) != 0) {
            return true;
        }
    }
    return false;
}

bool machine_has_one_type(uint64_t pa, uint64_t size_bytes)
{
    const uint64_t half = size_bytes / 2;

    return !machine_has_an_edge(pa, size_bytes) ||
           (machine_type_at(pa) == machine_type_at(pa + half) && machine_has_one_type(pa, half) &&
            machine_has_one_type(pa + half, half));
}

static bool has_gap_below(uint64_t limit)
{
    for (size_t i = 0; i < machine.mtrr.count; i++) {
        const uint64_t compared = machine.mtrr.registers[i].mask & address_bits();
        const uint64_t not_compared = address_bits() ^ compared;

        /* What is not compared has to be the low bits, and nothing else. */
        if ((machine.mtrr.registers[i].mask & VALID) != 0 &&
            (not_compared & (not_compared + PAGE)) != 0 && (compared & (limit - 1)) != 0) {
            return true;
        }
    }
    return false;
}

bool machine_has_a_gap(void)
{
    return has_gap_below(UINT64_C(1) << 52);
}

bool machine_has_small_gaps(void)
{
    return has_gap_below(2 * MIB);
}
