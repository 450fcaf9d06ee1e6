/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be asked about an entry once the configuration was read. */
#include "config.h"

#include "config_keys.h"
#include "print.h"

/* The key of a line that has one; NULL otherwise, and for a comment. */
static const struct config_key *key_of(struct text line, struct config_line *parts)
{
    const int place = config_split_line(text_trim(line), parts) ? config_find_key(parts->key) : -1;

    return place < 0 ? NULL : config_key_at(place);
}

bool config_next_module(struct text *rest, struct config_module *module)
{
    bool is_found = false;

    *module = (struct config_module){0};
    while (rest->length > 0) {
        struct text after = *rest;
        struct config_line parts;
        const struct config_key *key = key_of(config_next_line(&after), &parts);

        if (key != NULL && config_key_is_module_path(key)) {
            if (is_found) {
                return true;
            }
            module->path = parts.value;
            is_found = true;
        } else if (key != NULL && config_key_is_module_cmdline(key) && is_found &&
                   module->cmdline.start == NULL) {
            module->cmdline = parts.value;
        }
        *rest = after;
    }
    return is_found;
}

size_t config_entry_title(const struct config_entry *entry, char *buffer, size_t capacity)
{
    size_t length = 0;

    for (size_t i = 0; i < entry->parent_count; i++) {
        length += print_to(buffer + length, capacity - length, "%.*s > ",
                           TEXT_ARGUMENTS(entry->parents[i]));
    }
    return length +
           print_to(buffer + length, capacity - length, "%.*s", TEXT_ARGUMENTS(entry->title));
}
