/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel asks for by the Limine boot protocol: its base revision and its requests, found in
 * its image.
 */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "elf.h"
#include "limine.h"
#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The requests that are known. What there is no response for is listed in docs/limine.md. */
enum limine_feature {
    LIMINE_BOOTLOADER_INFO,
    LIMINE_EXECUTABLE_CMDLINE,
    LIMINE_FIRMWARE_TYPE,
    LIMINE_STACK_SIZE,
    LIMINE_HHDM,
    LIMINE_FRAMEBUFFER,
    LIMINE_PAGING_MODE,
    LIMINE_MP,
    LIMINE_MEMMAP,
    LIMINE_ENTRY_POINT,
    LIMINE_EXECUTABLE_FILE,
    LIMINE_MODULE,
    LIMINE_RSDP,
    LIMINE_SMBIOS,
    LIMINE_EFI_SYSTEM_TABLE,
    LIMINE_EFI_MEMMAP,
    LIMINE_DATE_AT_BOOT,
    LIMINE_EXECUTABLE_ADDRESS,
    LIMINE_PERFORMANCE,
    LIMINE_KEEP_IOMMU,
    LIMINE_TSC_FREQUENCY,
    LIMINE_ENTROPY,
    LIMINE_FEATURE_COUNT
};

/* An image in memory, loaded and relocated. */
struct limine_image {
    struct text name; /* for messages */
    const struct elf_image *elf;
    unsigned char *memory; /* of elf->va_base; at a multiple of 8 */
    struct elf_range list; /* the section .limine_reqs; a size of 0: there is none */
    bool takes_newer; /* a base revision that is not known yet is booted with the newest known */
};

struct limine_requests {
    unsigned base_revision; /* the one that holds */
    uint64_t *tag;          /* the base revision tag, or NULL */
    /* Each request, or NULL; the members of its own revision lie within the image. */
    struct limine_request *asked[LIMINE_FEATURE_COUNT];
};

/*
 * Finds the base revision tag and the requests in what the file has filled of the image, and answers the
 * tag: its second word becomes the revision that holds, its third 0 where that is the one asked for.
 * Between markers, where the image has them. Base revision 0 may have a list instead. Fails with a
 * PROBLEM_LIMINE_ kind: two requests or tags of one kind, an unknown base revision, a bad list.
 */
bool limine_find_requests(const struct limine_image *image, struct limine_requests *requests,
                          struct problem *problem);

/* "framebuffer": for messages. */
const char *limine_feature_name(enum limine_feature feature);

/*
 * So many bytes of the image at a virtual address; NULL: they do not lie within it, or not at a multiple
 * of 8.
 */
void *limine_at(const struct limine_image *image, uint64_t va, uint64_t size_bytes);

/* A text in the image with its terminator within it; false: there is none. */
bool limine_text_at(const struct limine_image *image, uint64_t va, struct text *text);

#endif
