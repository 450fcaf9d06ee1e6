/* SPDX-License-Identifier: BSD-2-Clause */
/* The section headers of a kernel's file (gABI, chapter 4): base revision 0 may keep requests in one. */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "elf.h"

#include <stdbool.h>
#include <stdint.h>

/* How the file is read: false where it cannot be. */
struct sections_file {
    bool (*read)(void *context, uint64_t offset_bytes, void *target, uint64_t size_bytes);
    void *context;
    uint64_t size_bytes;
};

/*
 * The place of the section .limine_reqs as the file states it, before any slide; a size of 0 where there
 * is none, or the headers are of no use.
 */
struct elf_range sections_find_requests(const struct sections_file *file);

#endif
