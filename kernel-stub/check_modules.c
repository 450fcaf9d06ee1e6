/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modules: each in pages of its own, byte by byte what the file has. A module whose command line has
 * the word sum=N (hexadecimal) says what its bytes add up to.
 */
#include <stddef.h>

#include "check.h"
#include "cpu.h"
#include "lookup.h"

/* FNV-1a, 64 bits: a byte that is wrong or in another place gives another number. */
#define MODULES_SUM_START  UINT64_C(0xcbf29ce484222325)
#define MODULES_SUM_FACTOR UINT64_C(0x100000001b3)

static uint64_t modules_sum(const uint8_t *bytes, uint64_t count)
{
    uint64_t sum = MODULES_SUM_START;

    for (uint64_t i = 0; i < count; i++) {
        sum = (sum ^ bytes[i]) * MODULES_SUM_FACTOR;
    }
    return sum;
}

/* The number behind sum= in a command line; false: there is none. */
static bool modules_read_sum(const char *line, uint64_t *sum)
{
    static const char word[] = "sum=";
    const char *at;
    uint64_t i;

    for (at = line;; at++) {
        for (i = 0; word[i] != '\0' && at[i] == word[i]; i++) {
        }
        if (word[i] == '\0' || *at == '\0') {
            break;
        }
    }
    *sum = 0;
    for (at += i; *at != '\0' && *at != ' '; at++) {
        *sum = *sum << 4 | (uint64_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
    }
    return word[i] == '\0';
}

static uint64_t modules_end(const struct hoist_module *module)
{
    return (module->physical_base + module->size_bytes + CPU_PAGE_BYTES - 1) &
           ~(CPU_PAGE_BYTES - 1);
}

/* What is wrong with where the module lies, or NULL. */
static const char *modules_place_fault(const struct hoist_handoff *handoff, uint64_t index)
{
    const struct hoist_module *module = &handoff->modules[index];
    const uint64_t base = module->physical_base;
    const uint64_t size_bytes = modules_end(module) - base;
    const uint64_t va = base + handoff->direct_map_offset;

    if (module->size_bytes == 0) {
        return base == 0 && module->address == NULL ? NULL : "has no place, for it is empty";
    }
    if (base % CPU_PAGE_BYTES != 0 || (uint64_t)module->address != va) {
        return "lies at a page of the direct map";
    }
    if (!lookup_has_type(handoff, base, size_bytes, HOIST_MEMORY_MODULE)) {
        return "lies in memory of type MODULE";
    }
    if (!lookup_has_rights(handoff, va, size_bytes, HOIST_MAPPING_WRITE)) {
        return "can be read and written";
    }
    for (uint64_t i = 0; i < index; i++) {
        const struct hoist_module *other = &handoff->modules[i];

        if (other->size_bytes != 0 && other->physical_base < base + size_bytes &&
            base < modules_end(other)) {
            return "shares no page with another";
        }
    }
    return NULL;
}

static void modules_check_content(const struct hoist_module *module, uint64_t index)
{
    const uint8_t *bytes = module->address;
    const uint64_t end_bytes = modules_end(module) - module->physical_base;
    uint64_t expected;
    uint64_t got;

    for (uint64_t i = module->size_bytes; i < end_bytes && module->size_bytes != 0; i++) {
        if (bytes[i] != 0) {
            check_fail("module %lu is zero behind its end: expected so, got %x at byte %lu", index,
                       (uint32_t)bytes[i], i);
            return;
        }
    }
    if (!modules_read_sum(module->command_line, &expected)) {
        return;
    }
    got = modules_sum(bytes, module->size_bytes);
    if (got != expected) {
        check_fail("module %lu is what the file has: expected the sum %lx, got %lx", index,
                   expected, got);
    } else {
        check_pass("module %lu is what the file has (%lu bytes, sum %lx)", index,
                   module->size_bytes, got);
    }
}

void check_modules(const struct hoist_handoff *handoff)
{
    for (uint64_t i = 0; i < handoff->module_count; i++) {
        const struct hoist_module *module = &handoff->modules[i];
        const char *fault;

        if (!probe_is_readable(module, sizeof(*module)) || !probe_is_readable(module->path, 1) ||
            !probe_is_readable(module->command_line, 1)) {
            check_fail("module %lu of %lu can be read: expected no fault, got one at %lx", i,
                       handoff->module_count, fault_record.cr2);
            return;
        }
        check_note("module %s, %lu bytes at %lx: %s", module->path, module->size_bytes,
                   module->physical_base, module->command_line);
        fault = modules_place_fault(handoff, i);
        if (fault != NULL) {
            check_fail("module %lu %s: expected so, got %lu bytes at %lx, %lx", i, fault,
                       module->size_bytes, module->physical_base, (uint64_t)module->address);
            return;
        }
        modules_check_content(module, i);
    }
    check_pass("each module has its pages to itself (%lu modules)", handoff->module_count);
}
