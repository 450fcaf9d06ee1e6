/* SPDX-License-Identifier: BSD-2-Clause */
/* One address looked up, and one entry found and changed. */
#include "any.h"

void prove_look_up(void);
void prove_entries(void);

static void look_up(uint8_t levels, const struct hoist_hooks *hooks)
{
    const struct hoist_space space = any_space(levels, hooks);
    struct hoist_translation translation;
    struct hoist_pa pa;

    (void)!hoist_query(&space, hoist_va_of(any), &translation);
    (void)!hoist_translate(&space, hoist_va_of(any), &pa);
}

void prove_look_up(void)
{
    look_up(4, &any_hooks);
    look_up(5, &any_hooks);
    look_up(4, &any_reading_hooks);
    look_up(5, &any_reading_hooks);
}

static void edit(uint8_t levels, unsigned level)
{
    struct hoist_space space = any_space(levels, &any_hooks);
    struct hoist_entry_mut found;
    struct hoist_entry entry;

    (void)!hoist_entry_at(&space, hoist_va_of(any), level, &entry);
    if (hoist_entry_mut_at(&space, hoist_va_of(any), level, &found) == HOIST_OK) {
        if (any_bool()) {
            (void)!hoist_entry_set(&space, &found, hoist_pa_of(any), any_access());
        } else {
            (void)!hoist_entry_clear(&space, &found);
        }
    }
}

void prove_entries(void)
{
    for (unsigned level = 0; level <= 6; level++) {
        edit(4, level);
        edit(5, level);
    }
}
