/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that an entry names beside its kernel, each read to pages of its own. */
#ifndef MODULES_H
#define MODULES_H

#include "firmware.h"

#include "config.h"
#include "files.h"
#include "pages.h"
#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A module that the kernel itself asks for, and comes before the entry's. */
struct modules_wish {
    struct text path; /* relative to the folder */
    struct text cmdline;
    bool is_required; /* else it may be missing */
};

struct modules_wanted {
    const struct modules_wish *list;
    size_t count;
    struct text folder; /* the kernel's, as the configuration has it, with the slash */
};

struct module {
    uint64_t pa; /* 0 for an empty file, which has no page */
    uint64_t size_bytes;
    struct text path;
    struct text file_path; /* in its volume */
    EFI_HANDLE device;     /* of that */
    struct text cmdline;
};

struct modules {
    struct module *list; /* NULL: there are none */
    size_t count;
    size_t text_bytes; /* of all paths and command lines */
};

/* Reads an open file to pages of its own. */
bool modules_read_file(struct module *module, struct file *file, struct pages_map *pages,
                       struct problem *problem);

/* Reads one module, whose path is set. Fails like modules_load(). */
bool modules_load_one(struct module *module, struct pages_map *pages, struct problem *problem);

/*
 * Reads what the kernel wants, then all modules of the entry, in their order. What is left of a module's last page is zero, and
 * its pages are claimed as MEMORY_MODULE: the pages must have room for as many claims. Fails with
 * the kinds of files.h, path.h and pages_take().
 */
bool modules_load(struct modules *modules, const struct config_entry *entry,
                  const struct modules_wanted *wanted, struct pages_map *pages,
                  struct problem *problem);

#endif
