/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine to boot on: its processor, memory, MTRRs, kernel and framebuffer. */
#ifndef TEST_PLAN_MACHINE_H
#define TEST_PLAN_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

#define PAGE   UINT64_C(0x1000)
#define MIB    UINT64_C(0x100000)
#define GIB    UINT64_C(0x40000000)
#define DIRECT UINT64_C(0xffff800000000000)

#define MACHINE_RANGES 256u

struct machine {
    struct hoist_cpu cpu;
    struct elf_image kernel;
    struct memory_range ranges[MACHINE_RANGES];
    struct memory_map memory;
    struct mtrr mtrr;
    struct plan_input input;
    bool is_orderly;       /* what is planned beside the framebuffer lies in RAM, each to itself */
    bool is_screen_listed; /* the memory map has the framebuffer as one, or there is none */
};

extern struct machine machine;

/* Whether all of it is RAM: what the direct map holds. */
bool machine_is_ram(uint64_t pa, uint64_t size_bytes);

/* The end of the highest RAM. */
uint64_t machine_ram_end(void);

#endif
