/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys that a configuration may have, as a table: what each is called, what its value may be,
 * and where it is kept. For config.c only.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "config.h"
#include "config_text.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A `key: value` line in its parts. */
struct config_line {
    struct text whole;
    struct text key;
    struct text value;
};

struct config_key {
    const char *name;
    const char *alias; /* another name for the same key, or NULL */
    const char *words; /* of a choice, as the file would have it: "name: this|that"; else NULL */
    uint64_t least;    /* of a number or a size */
    uint64_t most;
    uint16_t place; /* of the value: its offset in struct config, or in struct config_entry */
    uint8_t kind;   /* enum config_key_kind */
    bool is_global;
};

/* Takes the line apart at its first colon, if it has one. */
bool config_split_line(struct text whole, struct config_line *line);

/*
 * The place of a key in the table, below CONFIG_KEY_LIMIT; a negative number: there is no such key.
 */
#define CONFIG_KEY_LIMIT 32
int config_find_key(struct text name);

/*
 * A key of limine.conf that says how menu, editor or terminal look, or is for other firmwares and other
 * protocols: nothing here depends on it.
 */
bool config_is_about_looks(struct text name);

/* The key at that place. */
const struct config_key *config_key_at(int place);

/* A key that starts a module, and one that belongs to the module before it. */
bool config_key_is_module_path(const struct config_key *key);
bool config_key_is_module_cmdline(const struct config_key *key);

/*
 * Reads the value of a line with this key into *entry, or into *config for a global key. A module's
 * value is checked and not kept. False sets *fault.
 */
bool config_read_value(const struct config_key *key, const struct config_line *line,
                       struct config *config, struct config_entry *entry,
                       struct config_text_fault *fault);

#endif
