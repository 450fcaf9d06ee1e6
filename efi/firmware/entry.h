/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be booted, as the configuration or its absence says. */
#ifndef ENTRY_H
#define ENTRY_H

#include "config.h"
#include "problem.h"
#include "text.h"

#include <stdbool.h>

/* What is done with an entry. */
enum entry_protocol {
    ENTRY_HOIST,
    ENTRY_DUMP, /* shown, not booted; it may lack a path */
    ENTRY_LIMINE,
    ENTRY_EFI /* a program of the firmware's is started */
};

struct entry {
    struct text title;
    struct text path;
    struct text cmdline;
    bool verbose;
    enum entry_protocol protocol;
    const struct config_entry *options; /* never NULL; lives as long as the loader */
};

/*
 * Reads /hoist.conf, lets the user choose, and checks that the entry is one we can boot. Without a
 * configuration the entry is /kernel.elf. The texts lie in memory that pages_give_back() returns.
 * Where an entry has come back the user must choose, and no keys are PROBLEM_ENTRY_NO_KEYS.
 */
bool entry_find(struct entry *entry, bool has_come_back, struct problem *problem);

#endif
