/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input of fuzz_plan.c: a struct header, then pair_count % 16 of struct pair, segment_count % 8 + 1 of struct
 * segment, and descriptors of the firmware's map, stride % 64 + 33 bytes each. What is not there is zero.
 */
#ifndef FUZZ_PLAN_INPUT_H
#define FUZZ_PLAN_INPUT_H

#include <stdint.h>

#define FIVE_LEVELS   0x01u
#define HAS_1G_PAGES  0x02u
#define HAS_NX        0x04u
#define STRICT        0x08u
#define NO_PAT        0x10u
#define HAS_SCREEN    0x20u
#define LOW_KERNEL    0x40u /* with five levels: in the part of the upper half that four do not have */
#define HAS_LOW_START 0x80u /* the trampoline may lie in the first MiB */

struct header {
    uint8_t flags;
    uint8_t width;  /* of physical addresses: 36 and so many bits */
    uint8_t stride; /* of descriptors: 33 and so many bytes */
    uint8_t pair_count;
    uint8_t segment_count;
    uint8_t stack_pages;
    uint8_t handoff_pages;
    uint8_t reporter_pages;
    uint64_t default_type;
    uint64_t kernel_va;
    uint64_t screen_base;
    uint64_t screen_bytes;
    uint32_t relro_first;
    uint32_t relro_pages;
};

struct pair {
    uint8_t size; /* 12 and so many bits */
    uint8_t type;
    uint8_t is_off;
    uint8_t reserved;
    uint32_t gap; /* bits to be taken from the mask, from bit 12 on */
    uint64_t base;
};

struct segment {
    uint32_t size_bytes;
    uint16_t pages_before;
    uint8_t rights;
    uint8_t is_on_page;
};

_Static_assert(sizeof(struct header) == 48, "make_seeds.py");
_Static_assert(sizeof(struct pair) == 16 && sizeof(struct segment) == 8, "make_seeds.py");

#endif
