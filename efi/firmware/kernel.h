/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's file, and its image in memory. */
#ifndef KERNEL_H
#define KERNEL_H

#include "elf.h"
#include "pages.h"
#include "problem.h"
#include "text.h"

struct kernel {
    struct elf_image image;
    uint64_t file_size_bytes;
    uint64_t pa; /* of image.va_base; the image is one run of frames */
};

/*
 * Opens the file, checks its headers, takes the frames, and reads every segment straight to its
 * place; the rest of the image is cleared. On failure the frames are pages_give_back()'s.
 */
bool kernel_load(struct kernel *kernel, struct text path, struct pages_map *pages,
                 struct problem *problem);

#endif
