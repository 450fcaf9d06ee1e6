/* SPDX-License-Identifier: BSD-2-Clause */
/* The MTRRs of the machine, and what they say. */
#include "plan_mtrr.h"

#include "plan_machine.h"

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
