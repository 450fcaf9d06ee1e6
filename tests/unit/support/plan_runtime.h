/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's runtime services: random ones, and what each of their pages has to be. */
#ifndef TEST_PLAN_RUNTIME_H
#define TEST_PLAN_RUNTIME_H

#include "plan_machine.h"

#define RUNTIME_PIECES      256u
#define RUNTIME_RANGE_PAGES 300u /* small leaves are many */

/* As the firmware lays them out: descriptors of the attributes table, and those of runtime devices. */
struct runtime_pieces {
    struct memory_descriptor list[RUNTIME_PIECES];
    size_t count;
};

extern struct machine_runtime {
    struct runtime_pieces attributes;
    struct runtime_pieces devices;
    struct runtime_source source;
} machine_runtime;

struct runtime_page {
    bool writable;
    bool executable;
    uint8_t cache;
};

/* Asks for the runtime services of the machine's memory map, with attributes and devices by chance; or does not. */
void machine_begin_runtime(void);

/* Whether this page has to be mapped for them, and how. */
bool machine_is_runtime(uint64_t pa, struct runtime_page *page);

/* The end of the highest such page; 0: there is none. */
uint64_t machine_runtime_end(void);

#endif
