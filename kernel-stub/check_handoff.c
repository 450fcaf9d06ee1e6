/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-off structure itself: who wrote it, whether all it points to can be read, what it tells
 * of time.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "entry_state.h"
#include "lookup.h"

/* Far more than any machine has; beyond it a count is taken as garbage and the list is not read. */
#define HANDOFF_LIST_MAX UINT64_C(65536)
#define HANDOFF_TEXT_MAX UINT64_C(65536)

#define HANDOFF_RSDP_BYTES_1 \
    20 /* ACPI 1.0, checked by the first checksum: ACPI specification, 5.2.5.3 */
#define HANDOFF_RSDP_REVISION 15
#define HANDOFF_RSDP_LENGTH   20

static bool handoff_check_header(const struct hoist_handoff *handoff)
{
    if (!probe_is_readable(handoff, sizeof(*handoff))) {
        check_fail("the hand-off at %lx can be read: expected no fault, got one at %lx",
                   (uint64_t)handoff, fault_record.cr2);
        return false;
    }
    check_equal("the hand-off bears its magic number", HOIST_MAGIC, handoff->magic);
    if (handoff->magic != HOIST_MAGIC) {
        return false;
    }
    if (handoff->version < HOIST_VERSION) {
        check_fail("the hand-off's version: expected %u or higher, got %u", HOIST_VERSION,
                   handoff->version);
        return false;
    }
    check_pass("the hand-off's version is one that the stub knows (%u)", handoff->version);
    if (handoff->size_bytes < sizeof(*handoff) ||
        (handoff->version == HOIST_VERSION && handoff->size_bytes != sizeof(*handoff))) {
        check_fail("the hand-off's size fits its version: expected %lu, got %u", sizeof(*handoff),
                   handoff->size_bytes);
        return false;
    }
    check_pass("the hand-off's size fits its version (%u bytes)", handoff->size_bytes);
    return true;
}

static bool handoff_check_text(const char *name, const char *text)
{
    for (uint64_t i = 0; i < HANDOFF_TEXT_MAX; i++) {
        if ((i == 0 || (uint64_t)(text + i) % CPU_PAGE_BYTES == 0) &&
            !probe_is_readable(text + i, 1)) {
            check_fail("%s at %lx can be read: expected no fault, got one at %lx", name,
                       (uint64_t)text, fault_record.cr2);
            return false;
        }
        if (text[i] == '\0') {
            check_pass("%s can be read and ends (%lu bytes at %lx)", name, i, (uint64_t)text);
            return true;
        }
    }
    check_fail("%s ends: expected a zero byte within %lu, got none", name, HANDOFF_TEXT_MAX);
    return false;
}

static bool handoff_check_list(const char *name, const void *list, uint64_t count,
                               uint64_t entry_bytes)
{
    if (count == 0 || count > HANDOFF_LIST_MAX) {
        check_fail("%s has a sane length: expected 1 to %lu, got %lu", name, HANDOFF_LIST_MAX,
                   count);
        return false;
    }
    if ((uint64_t)list % _Alignof(uint64_t) != 0 || !probe_is_readable(list, count * entry_bytes)) {
        check_fail("%s at %lx can be read: expected no fault, got one at %lx", name, (uint64_t)list,
                   fault_record.cr2);
        return false;
    }
    check_pass("%s can be read (%lu entries at %lx)", name, count, (uint64_t)list);
    return true;
}

bool check_handoff(const struct hoist_handoff *handoff)
{
    return handoff_check_header(handoff) &&
           handoff_check_text("the loader's name", handoff->loader_name) &&
           handoff_check_text("the loader's version", handoff->loader_version) &&
           handoff_check_text("the command line", handoff->command_line) &&
           handoff_check_list("the memory map", handoff->memory_map, handoff->memory_map_count,
                              sizeof(*handoff->memory_map)) &&
           handoff_check_list("the list of mappings", handoff->mappings, handoff->mapping_count,
                              sizeof(*handoff->mappings)) &&
           handoff_check_list("the list of details", handoff->mapping_details,
                              handoff->mapping_count, sizeof(*handoff->mapping_details));
}

static uint8_t handoff_sum(const uint8_t *bytes, uint32_t count)
{
    uint8_t sum = 0;

    for (uint32_t i = 0; i < count; i++) {
        sum = (uint8_t)(sum + bytes[i]);
    }
    return sum;
}

static void handoff_check_rsdp(const struct hoist_handoff *handoff)
{
    const uint8_t *rsdp = (const uint8_t *)(handoff->rsdp_physical + handoff->direct_map_offset);
    const char *signature = "RSD PTR ";
    uint32_t length;

    if (handoff->rsdp_physical == 0) {
        check_note("no RSDP");
        return;
    }
    if (lookup_mapping(handoff, (uint64_t)rsdp) == NULL) {
        check_note("RSDP at %lx, outside RAM", handoff->rsdp_physical);
        return;
    }
    for (uint32_t i = 0; signature[i] != '\0'; i++) {
        if (rsdp[i] != (uint8_t)signature[i]) {
            check_fail("the RSDP at %lx bears its signature: expected %x as byte %u, got %x",
                       handoff->rsdp_physical, (uint32_t)signature[i], i, (uint32_t)rsdp[i]);
            return;
        }
    }
    length = rsdp[HANDOFF_RSDP_REVISION] >= 2 ? rsdp[HANDOFF_RSDP_LENGTH] : HANDOFF_RSDP_BYTES_1;
    if (handoff_sum(rsdp, HANDOFF_RSDP_BYTES_1) != 0 || handoff_sum(rsdp, length) != 0) {
        check_fail("the RSDP at %lx has a right checksum: expected 0, got %x",
                   handoff->rsdp_physical, (uint32_t)handoff_sum(rsdp, length));
        return;
    }
    check_pass("the RSDP bears its signature and checksum (revision %u at %lx)",
               (uint32_t)rsdp[HANDOFF_RSDP_REVISION], handoff->rsdp_physical);
}

void check_handoff_firmware(const struct hoist_handoff *handoff)
{
    uint64_t table = handoff->efi_system_table_physical;
    const struct hoist_memory_range *range = lookup_memory(handoff, table);

    handoff_check_rsdp(handoff);
    if (table == 0) {
        check_note("no EFI system table");
    } else if (range == NULL || range->type != HOIST_MEMORY_RUNTIME_DATA) {
        check_fail("the EFI system table lies in runtime data: expected type %u at %lx, got %u",
                   (uint32_t)HOIST_MEMORY_RUNTIME_DATA, table, range == NULL ? 0 : range->type);
    } else {
        check_pass("the EFI system table lies in runtime data (%lx)", table);
    }
}

/* Keeps the product in 64 bits for every time below five hours at 1 GHz, and rounds beyond. */
static uint64_t handoff_microseconds(uint64_t ticks, uint64_t hz)
{
    if (ticks < UINT64_MAX / 1000000) {
        return ticks * 1000000 / hz;
    }
    return hz < 1000000 ? ticks : ticks / (hz / 1000000);
}

void check_handoff_times(const struct hoist_handoff *handoff)
{
    static const char *const names[HOIST_PHASE_COUNT] = {"config", "kernel", "plan", "build",
                                                         "verify", "dump",   "leave"};
    uint64_t until_entry = entry_state.tsc - handoff->loader_start_tsc;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < HOIST_PHASE_COUNT; i++) {
        sum += handoff->phase_ticks[i];
        if (handoff->tsc_hz != 0) {
            check_note("%-6s %9lu us", names[i],
                       handoff_microseconds(handoff->phase_ticks[i], handoff->tsc_hz));
        }
    }
    if (entry_state.tsc < handoff->loader_start_tsc || sum > until_entry || sum == 0) {
        check_fail("the phases fit between the loader's start and the kernel's: expected 1 to %lu "
                   "ticks, got %lu",
                   until_entry, sum);
        return;
    }
    if (handoff->tsc_hz != 0) {
        check_note("%-6s %9lu us from the loader's start to the kernel's", "all",
                   handoff_microseconds(until_entry, handoff->tsc_hz));
    }
    check_pass("the phases fit between the loader's start and the kernel's (%lu of %lu ticks)", sum,
               until_entry);
}
