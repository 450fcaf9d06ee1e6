/* SPDX-License-Identifier: BSD-2-Clause */
/* A list and a key; a machine without keys boots the default at once. */
#include "firmware.h"

#include "menu.h"

#include "console.h"

#define TITLE_CAPACITY 200

static void print_entries(const struct config *config)
{
    char title[TITLE_CAPACITY];

    for (size_t i = 0; i < config->entry_count; i++) {
        config_entry_title(&config->entries[i], title, sizeof(title));
        console_print(" %c %u  %s\n", i + 1 == config->default_entry ? '*' : ' ', (unsigned)(i + 1),
                      title);
    }
    if (config->timeout_forever) {
        console_print("hoist: a digit picks an entry, any other key the one marked *\n");
    } else {
        console_print(
            "hoist: a digit picks an entry, any other key or %u seconds the one marked *\n",
            (unsigned)config->timeout_seconds);
    }
}

const struct config_entry *menu_choose(const struct config *config)
{
    size_t chosen = (size_t)config->default_entry - 1;
    char key;

    if (config->entry_count == 1 || (!config->timeout_forever && config->timeout_seconds == 0)) {
        return &config->entries[chosen];
    }
    print_entries(config);
    key = console_wait_key(config->timeout_forever ? 0 : (unsigned)config->timeout_seconds);
    if (key >= '1' && key <= '9' && (size_t)(key - '1') < config->entry_count) {
        chosen = (size_t)(key - '1');
    }
    return &config->entries[chosen];
}
