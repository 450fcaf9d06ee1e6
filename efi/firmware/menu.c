/* SPDX-License-Identifier: BSD-2-Clause */
/* A list, and what the keys make of it. */
#include "firmware.h"

#include "menu.h"

#include "choice.h"
#include "console.h"
#include "keys.h"

#define TITLE_CAPACITY 200

static void print_entry(const struct config *config, size_t number, bool is_marked)
{
    char title[TITLE_CAPACITY];

    config_entry_title(&config->entries[number - 1], title, sizeof(title));
    console_print(" %c %u  %s\n", is_marked ? '*' : ' ', (unsigned)number, title);
}

static void print_entries(const struct config *config, unsigned seconds)
{
    for (size_t number = 1; number <= config->entry_count; number++) {
        print_entry(config, number, number == config->default_entry);
    }
    console_print(
        "hoist: a number picks an entry, arrows move the mark *, any other key boots it\n");
    if (seconds != 0) {
        console_print("hoist: it boots by itself in %u seconds\n", seconds);
    }
}

const struct config_entry *menu_choose(const struct config *config, bool has_come_back)
{
    struct choice choice = {.entry_count = config->entry_count,
                            .marked = (size_t)config->default_entry};
    const bool waits_forever = has_come_back || config->timeout_forever;
    unsigned seconds = waits_forever ? 0 : (unsigned)config->timeout_seconds;
    enum choice_step step = CHOICE_WAIT;

    /* A key is needed to see the menu. */
    if (config->quiet && !has_come_back && !waits_forever) {
        if (seconds == 0 || keys_wait(seconds) == 0) {
            return &config->entries[choice.marked - 1];
        }
        seconds = 0;
        step = CHOICE_MOVED;
    }
    console_be_quiet(config->quiet && !waits_forever && step != CHOICE_MOVED);
    if (has_come_back || step == CHOICE_MOVED ||
        (config->entry_count > 1 && (waits_forever || seconds != 0))) {
        print_entries(config, seconds);
        while (step != CHOICE_DONE) {
            const unsigned key = keys_wait(seconds);

            if (key == 0 && has_come_back) {
                return NULL;
            }
            step = key == 0 ? CHOICE_DONE : choice_take(&choice, key);
            if (step == CHOICE_MOVED) {
                print_entry(config, choice.marked, true);
            }
            seconds = 0; /* somebody is there */
        }
    }
    return &config->entries[choice.marked - 1];
}
