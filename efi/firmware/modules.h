/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that an entry names beside its kernel, each read to pages of its own. */
#ifndef MODULES_H
#define MODULES_H

#include "config.h"
#include "pages.h"
#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct module {
    uint64_t pa; /* 0 for an empty file, which has no page */
    uint64_t size_bytes;
    struct text path;
    struct text cmdline;
};

struct modules {
    struct module *list; /* NULL: there are none */
    size_t count;
    size_t text_bytes; /* of all paths and command lines */
};

/*
 * Reads all modules of the entry, in their order. What is left of a module's last page is zero, and
 * its pages are claimed as MEMORY_MODULE: the pages must have room for as many claims. Fails with
 * the kinds of files.h, path.h and pages_take().
 */
bool modules_load(struct modules *modules, const struct config_entry *entry,
                  struct pages_map *pages, struct problem *problem);

#endif
