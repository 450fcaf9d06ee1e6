/* SPDX-License-Identifier: BSD-2-Clause */
/* A random machine to boot on: its processor, memory, kernel and framebuffer. */
#ifndef TEST_PLAN_MACHINE_H
#define TEST_PLAN_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

#define PAGE   UINT64_C(0x1000)
#define MIB    UINT64_C(0x100000)
#define GIB    UINT64_C(0x40000000)
#define DIRECT UINT64_C(0xffff800000000000)

#define MACHINE_RANGES 32u

struct machine {
    struct hoist_cpu cpu;
    struct elf_image kernel;
    struct memory_range ranges[MACHINE_RANGES];
    struct memory_map memory;
    struct plan_input input;
};

extern struct machine machine;

void machine_begin(void);

/* RAM, and no part of the framebuffer: what the direct map holds. */
bool machine_maps_page(uint64_t pa);

#endif
