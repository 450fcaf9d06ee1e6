/* SPDX-License-Identifier: BSD-2-Clause */
/* What must not be mapped, by real accesses: each faults as not present, at just that address. */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "lookup.h"

#define ABSENT_LAST_LOWER_4 UINT64_C(0x00007fffffffffff)
#define ABSENT_LAST_LOWER_5 UINT64_C(0x00ffffffffffffff)

/* Without NX the processor does not tell fetches from reads: SDM volume 3A, 4.7, the I/D flag. */
static uint64_t absent_fetch_code(void)
{
    return cpu_has_nx() ? CPU_FAULT_FETCH : 0;
}

/*
 * Reads, writes and executes, in this order, up to the first access that does not fault as it
 * should.
 */
static bool absent_faults(uint64_t va)
{
    return check_is_page_fault(probe(PROBE_READ, va), va, 0) &&
           check_is_page_fault(probe(PROBE_WRITE, va), va, CPU_FAULT_WRITE) &&
           check_is_page_fault(probe(PROBE_EXECUTE, va), va, absent_fetch_code());
}

/* Makes the accesses again, to tell which of them it was. */
static void absent_fail(const char *name, uint64_t va)
{
    const struct {
        const char *verb;
        enum probe_kind kind;
        uint64_t error_code;
    } accesses[] = {
        {"read", PROBE_READ, 0},
        {"written", PROBE_WRITE, CPU_FAULT_WRITE},
        {"executed", PROBE_EXECUTE, absent_fetch_code()},
    };
    uint32_t i = 0;

    while (i < 2 && check_is_page_fault(probe(accesses[i].kind, va), va, accesses[i].error_code)) {
        i++;
    }
    if (!probe(accesses[i].kind, va)->happened) {
        check_fail("%s is not mapped: expected a page fault at %lx when %s, got none", name, va,
                   accesses[i].verb);
        return;
    }
    check_fail("%s is not mapped: expected vector e, error code %lx, CR2 %lx when %s, got vector "
               "%lx, error code %lx, CR2 %lx",
               name, accesses[i].error_code, va, accesses[i].verb, fault_record.vector,
               fault_record.error_code, fault_record.cr2);
}

static void absent_check(const char *name, uint64_t va)
{
    if (absent_faults(va)) {
        check_pass("%s is not mapped (error codes 0, 2 and %lx, CR2 %lx)", name,
                   absent_fetch_code(), va);
    } else {
        absent_fail(name, va);
    }
}

/* The probed addresses that could be the trampoline's own are moved by one page. */
static uint64_t absent_beside_trampoline(const struct hoist_handoff *handoff, uint64_t va)
{
    return va / CPU_PAGE_BYTES == handoff->trampoline / CPU_PAGE_BYTES ? va + CPU_PAGE_BYTES : va;
}

static void absent_check_lower_half(const struct hoist_handoff *handoff)
{
    bool five_levels = (entry_state.cr4 & CPU_CR4_LA57) != 0;

    absent_check("address 0", 0);
    absent_check("the last byte of page 0", CPU_PAGE_BYTES - 1);
    absent_check("1 MiB", absent_beside_trampoline(handoff, UINT64_C(1) << 20));
    absent_check("2 GiB", absent_beside_trampoline(handoff, UINT64_C(1) << 31));
    absent_check("512 GiB", absent_beside_trampoline(handoff, UINT64_C(1) << 39));
    absent_check("the last byte of the lower half",
                 five_levels ? ABSENT_LAST_LOWER_5 : ABSENT_LAST_LOWER_4);
    absent_check("the byte before the trampoline", handoff->trampoline - 1);
    absent_check("the byte after the trampoline", handoff->trampoline + CPU_PAGE_BYTES);
    absent_check("the kernel's physical address", handoff->kernel_physical_base);
}

/*
 * An end that is the last address of all, or touches the hole between the halves, has no other
 * side.
 */
static bool absent_has_outside(const struct hoist_handoff *handoff, uint64_t va)
{
    uint64_t upper =
        (entry_state.cr4 & CPU_CR4_LA57) != 0 ? ~ABSENT_LAST_LOWER_5 : ~ABSENT_LAST_LOWER_4;
    uint64_t lower = ~upper;

    return (va >= upper || va <= lower) && lookup_mapping(handoff, va) == NULL;
}

static void absent_check_around_mappings(const struct hoist_handoff *handoff)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];
        const uint64_t outside[2] = {mapping->virtual_base - 1,
                                     mapping->virtual_base + mapping->size_bytes};

        for (uint32_t side = 0; side < 2; side++) {
            if (!absent_has_outside(handoff, outside[side])) {
                continue;
            }
            if (!absent_faults(outside[side])) {
                absent_fail("each address beside a mapping that belongs to none", outside[side]);
                return;
            }
            count++;
        }
    }
    check_pass("each address beside a mapping that belongs to none is not mapped (%lu addresses)",
               count);
}

/* What is no RAM is not in the direct map: first, middle and last page of each such range. */
static void absent_check_direct_map_holes(const struct hoist_handoff *handoff)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < handoff->memory_map_count; i++) {
        const struct hoist_memory_range *range = &handoff->memory_map[i];
        const uint64_t offsets[3] = {0, range->size_bytes / 2, range->size_bytes - 1};

        if (lookup_is_ram(range->type)) {
            continue;
        }
        for (uint32_t place = 0; place < 3; place++) {
            uint64_t va = range->physical_base + offsets[place] + handoff->direct_map_offset;

            if (!absent_has_outside(handoff, va)) {
                continue;
            }
            if (!absent_faults(va)) {
                absent_fail("the direct map of what is no RAM", va);
                return;
            }
            count++;
        }
    }
    check_pass("the direct map of what is no RAM is not mapped (%lu addresses)", count);
    absent_check("the direct map's first byte past the end of RAM",
                 handoff->direct_map_offset + handoff->direct_map_size_bytes);
}

void check_absent(const struct hoist_handoff *handoff)
{
    absent_check("the last byte of the guard page below the stack", handoff->stack_base - 1);
    absent_check("the first byte of the guard page below the stack",
                 handoff->stack_base - CPU_PAGE_BYTES);
    absent_check_lower_half(handoff);
    absent_check_around_mappings(handoff);
    absent_check_direct_map_holes(handoff);
}
