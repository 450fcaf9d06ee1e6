/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rights of what is mapped, by real accesses: what is allowed works, what is not faults as it
 * should.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "image.h"
#include "lookup.h"

#define RIGHTS_WRITE_FAULT   (CPU_FAULT_PRESENT | CPU_FAULT_WRITE)
#define RIGHTS_EXECUTE_FAULT (CPU_FAULT_PRESENT | CPU_FAULT_FETCH)

/*
 * Where a mapped byte can be written: in its mapping, or else in the direct map, where that is
 * writable; NULL: nowhere.
 */
static volatile uint8_t *rights_writable(const struct hoist_handoff *handoff, uint64_t va)
{
    const struct hoist_mapped_range *mapping = lookup_mapping(handoff, va);
    uint64_t physical;

    if (mapping == NULL) {
        return NULL;
    }
    physical = lookup_physical(handoff, va);
    /* A changed byte of a page table would change the address space under our feet. */
    if (lookup_is_table(handoff, physical)) {
        return NULL;
    }
    if ((mapping->rights & HOIST_MAPPING_WRITE) == 0) {
        va = physical + handoff->direct_map_offset;
    }
    return probe(PROBE_WRITE, va)->happened ? NULL : (volatile uint8_t *)va;
}

/* Executes one byte, which is a return instruction for that long, and puts the old byte back. */
static const struct fault_record *rights_execute(const struct hoist_handoff *handoff, uint64_t va)
{
    volatile uint8_t *byte = rights_writable(handoff, va);
    const struct fault_record *record;
    uint8_t saved;

    if (byte == NULL) {
        return probe(PROBE_EXECUTE, va);
    }
    saved = *byte;
    *byte = CPU_OPCODE_RET;
    record = probe(PROBE_EXECUTE, va);
    *byte = saved;
    return record;
}

static bool rights_refuses_execute(const struct hoist_handoff *handoff, uint64_t va)
{
    const struct fault_record *record = rights_execute(handoff, va);

    return check_is_page_fault(record, va, RIGHTS_EXECUTE_FAULT) && record->rip == va;
}

/*
 * On a CPU without NX there is nothing that could refuse: then the return instruction must really
 * run.
 */
static void rights_check_no_execute(const struct hoist_handoff *handoff, const char *name,
                                    uint64_t va)
{
    if (!cpu_has_nx()) {
        if (rights_writable(handoff, va) == NULL) {
            return; /* nothing harmless to execute can be put there */
        }
        if (rights_execute(handoff, va)->happened) {
            check_fail("%s executes, as this CPU has no NX: expected no fault at %lx, got vector "
                       "%lx, error code %lx, CR2 %lx",
                       name, va, fault_record.vector, fault_record.error_code, fault_record.cr2);
        } else {
            check_pass("%s executes: this CPU has no NX (%lx)", name, va);
        }
    } else if (rights_refuses_execute(handoff, va)) {
        check_pass("%s cannot be executed (error code %lx, CR2 %lx)", name, RIGHTS_EXECUTE_FAULT,
                   va);
    } else if (!fault_record.happened) {
        check_fail(
            "%s cannot be executed: expected a page fault with error code %lx at %lx, got none",
            name, RIGHTS_EXECUTE_FAULT, va);
    } else {
        check_fail("%s cannot be executed: expected vector e, error code %lx, CR2 and RIP %lx, got "
                   "vector %lx, error code %lx, CR2 %lx, RIP %lx",
                   name, RIGHTS_EXECUTE_FAULT, va, fault_record.vector, fault_record.error_code,
                   fault_record.cr2, fault_record.rip);
    }
}

static void rights_check_writing(const struct hoist_handoff *handoff)
{
    check_faults(".text cannot be written", PROBE_WRITE, (uint64_t)image_text_start,
                 RIGHTS_WRITE_FAULT);
    check_faults(".rodata cannot be written", PROBE_WRITE, (uint64_t)image_rodata_words,
                 RIGHTS_WRITE_FAULT);
    check_faults(".data.rel.ro cannot be written", PROBE_WRITE, (uint64_t)image_pointers,
                 RIGHTS_WRITE_FAULT);
    check_faults("the hand-off cannot be written", PROBE_WRITE, (uint64_t)handoff,
                 RIGHTS_WRITE_FAULT);
    check_faults("the command line cannot be written", PROBE_WRITE, (uint64_t)handoff->command_line,
                 RIGHTS_WRITE_FAULT);
    check_faults("the memory map cannot be written", PROBE_WRITE, (uint64_t)handoff->memory_map,
                 RIGHTS_WRITE_FAULT);
    check_faults("the list of mappings cannot be written", PROBE_WRITE, (uint64_t)handoff->mappings,
                 RIGHTS_WRITE_FAULT);
}

static void rights_check_executing(const struct hoist_handoff *handoff)
{
    uint64_t direct_of_kernel =
        handoff->kernel_physical_base + handoff->direct_map_offset - handoff->kernel_virtual_base;

    rights_check_no_execute(handoff, ".rodata", (uint64_t)image_rodata_words);
    rights_check_no_execute(handoff, ".data.rel.ro", (uint64_t)image_pointers);
    rights_check_no_execute(handoff, ".data", (uint64_t)image_data_words);
    rights_check_no_execute(handoff, ".bss", (uint64_t)image_bss_words);
    rights_check_no_execute(handoff, "the stack", handoff->stack_base);
    rights_check_no_execute(handoff, "the hand-off", (uint64_t)handoff);
    rights_check_no_execute(handoff, "the memory map", (uint64_t)handoff->memory_map);
    rights_check_no_execute(handoff, "the list of mappings", (uint64_t)handoff->mappings);
    rights_check_no_execute(handoff, "the direct map of .text",
                            (uint64_t)image_text_start + direct_of_kernel);
    rights_check_no_execute(handoff, "the direct map of .data",
                            (uint64_t)image_data_words + direct_of_kernel);
    if (handoff->framebuffer.address != 0) {
        rights_check_no_execute(handoff, "the framebuffer", handoff->framebuffer.address);
    }
}

/*
 * The last byte is a breakpoint, or the first half of an instruction whose other half is not mapped,
 * and free for a return instruction where it can be written: the trampoline has done its work. Where
 * the page could not be executed, the fault would be at that byte.
 */
static void rights_check_trampoline(const struct hoist_handoff *handoff)
{
    uint64_t last = handoff->trampoline + CPU_PAGE_BYTES - 1;

    if (probe(PROBE_READ, last)->happened) {
        check_fail("the trampoline can be read: expected no fault at %lx, got error code %lx", last,
                   fault_record.error_code);
        return;
    }
    check_faults("the trampoline cannot be written", PROBE_WRITE, last, RIGHTS_WRITE_FAULT);
    rights_execute(handoff, last);
    if (fault_record.happened && fault_record.vector != CPU_VECTOR_BREAKPOINT &&
        (fault_record.vector != CPU_VECTOR_PAGE_FAULT || fault_record.cr2 != last + 1)) {
        check_fail("the trampoline can be executed: expected no fault at %lx, got vector %lx, "
                   "error code %lx, CR2 %lx",
                   last, fault_record.vector, fault_record.error_code, fault_record.cr2);
    } else {
        check_pass("the trampoline can be executed (%lx)", last);
    }
}

/* What is wrong with one byte of a mapping, against the rights that the list tells, or NULL. */
static const char *rights_byte_fault(const struct hoist_handoff *handoff,
                                     const struct hoist_mapped_range *mapping, uint64_t va)
{
    bool can_write = (mapping->rights & HOIST_MAPPING_WRITE) != 0;
    bool can_execute = (mapping->rights & HOIST_MAPPING_EXECUTE) != 0;

    if (probe(PROBE_READ, va)->happened) {
        return "cannot be read";
    }
    probe(PROBE_WRITE, va);
    if (can_write && fault_record.happened) {
        return "cannot be written";
    }
    if (!can_write && !check_is_page_fault(&fault_record, va, RIGHTS_WRITE_FAULT)) {
        return "is not refused with error code 3 when written";
    }
    if (!can_execute && cpu_has_nx() && !rights_refuses_execute(handoff, va)) {
        return "is not refused with error code 11 when executed";
    }
    return NULL;
}

/* First and last byte of everything in the list. */
static void rights_check_each_mapping(const struct hoist_handoff *handoff)
{
    for (uint64_t i = 0; i < handoff->mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &handoff->mappings[i];
        uint64_t va = mapping->virtual_base;
        const char *fault = rights_byte_fault(handoff, mapping, va);

        if (fault == NULL) {
            va += mapping->size_bytes - 1;
            fault = rights_byte_fault(handoff, mapping, va);
        }
        if (fault != NULL) {
            check_fail("both ends of each mapping have the rights that are told: expected %s, got "
                       "\"%s\" that %s at %lx",
                       lookup_rights_name(mapping->rights), mapping->name, fault, va);
            return;
        }
    }
    check_pass("both ends of each mapping have the rights that are told (%lu mappings)",
               handoff->mapping_count);
}

void check_rights(const struct hoist_handoff *handoff)
{
    rights_check_writing(handoff);
    rights_check_executing(handoff);
    rights_check_trampoline(handoff);
    rights_check_each_mapping(handoff);
}
