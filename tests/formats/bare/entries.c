/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of all kinds. */
#include "entries.h"

#include "agree.h"
#include "check.h"
#include "table_entry.h"
#include "tree_walk.h"

#define STORED 0x600du

static uint64_t value_of(const struct entries *entries, uint64_t number)
{
    uint64_t value = entries->value;

    for (unsigned i = 0; i < entries->bit_count; i++) {
        value |= (number >> i & 1) << entries->bits[i];
    }
    return value;
}

static void forget(const struct entries *entries)
{
    const struct hoist_range range = {{entries->va},
                                      hoist_format_span(machine_format, entries->level)};

    machine_hooks.flush(NULL, range);
    machine_use(entries->tree);
}

/* Which of the rights (HOIST_KERNEL_READ ...) the CPU grants. */
static uint8_t granted(uint64_t va)
{
    uint32_t value;
    uint8_t rights = 0;

    for (unsigned user = 0; user < 2; user++) {
        const uint8_t all = (uint8_t)(1u << 3 * user);

        rights |= machine_load(user != 0, va, &value) == ALLOWED ? all : 0;
        rights |= machine_store(user != 0, va + 8, STORED) == ALLOWED ? (uint8_t)(all << 1) : 0;
        rights |= machine_execute(user != 0, va + AGREE_CODE) == ALLOWED ? (uint8_t)(all << 2) : 0;
    }
    return rights;
}

static bool is_agreed(const struct entries *entries, uint64_t *mapped_count)
{
    struct hoist_tree_entry entry = {{0}, {0}, {0}, 0, 0, {0}, 0, 0};
    const enum hoist_result result =
        hoist_tree_look_up(entries->tree, hoist_va_of(entries->va), &entry);
    const uint8_t expected = result == HOIST_OK ? entry.rights : 0;
    uint32_t value;

    if (granted(entries->va) != expected) {
        return false;
    }
    *mapped_count += expected != 0;
    return (expected & HOIST_KERNEL_READ) == 0 ||
           (machine_load(false, entries->va, &value) == ALLOWED &&
            value == agree_read(entry.target.value));
}

uint64_t check_entries(const char *what, const struct entries *entries)
{
    const struct hoist_va va = {entries->va};
    uint64_t disagreed = 0;
    uint64_t mapped_count = 0;

    for (uint64_t number = 0; number >> entries->bit_count == 0; number++) {
        const uint64_t value = value_of(entries, number);

        check_quietly("set", hoist_tree_set_entry(entries->tree, va, entries->level, value),
                      HOIST_OK);
        forget(entries);
        /* A few are enough to see what is wrong. */
        if (!is_agreed(entries, &mapped_count) && disagreed++ < 8) {
            check_equal("an entry that is read otherwise", value, 0);
        }
    }
    check_quietly("back", hoist_tree_set_entry(entries->tree, va, entries->level, 0), HOIST_OK);
    forget(entries);
    check_equal(what, disagreed, 0);
    return mapped_count;
}
