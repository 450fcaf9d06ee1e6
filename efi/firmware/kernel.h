/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's file, and its image in memory. */
#ifndef KERNEL_H
#define KERNEL_H

#include "firmware.h"

#include "elf.h"
#include "entry.h"
#include "pages.h"
#include "problem.h"
#include "text.h"

struct kernel {
    struct text configured_path;
    struct text path; /* in its volume */
    struct elf_image image;
    EFI_HANDLE device; /* of its volume */
    uint64_t file_size_bytes;
    uint64_t file_pa;       /* of the file as it is; 0: it was read in parts */
    uint64_t pa;            /* of image.va_base; the image is one run of frames */
    const char *randomness; /* where its place came from; NULL: no kaslr */
    uint64_t relocation_count;
};

/*
 * Opens the file, checks its headers and notes, chooses its place, takes the frames, reads every
 * segment straight to where it stays, clears the rest of the image, and relocates it. On failure
 * the frames, in which the problem's texts may lie, are pages_give_back()'s.
 */
bool kernel_load(struct kernel *kernel, const struct entry *entry, struct pages_map *pages,
                 struct problem *problem);

/*
 * Has the whole file, as it lies on the volume, in pages of its own that are claimed as MEMORY_MODULE; it
 * is read once more where it was not held. The other gives such pages back.
 */
bool kernel_keep_file(struct kernel *kernel, struct pages_map *pages, struct problem *problem);
void kernel_drop_file(struct kernel *kernel, struct pages_map *pages);

#endif
