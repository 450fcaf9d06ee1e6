/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory and the first CPU of a running guest, through QEMU's monitor. */
#ifndef LIVE_GUEST_H
#define LIVE_GUEST_H

#include "cpu_state.h"
#include "physical_memory.h"
#include "qmp.h"

/* Some 200 KiB: keep it out of the stack. */
struct live_guest {
    struct qmp qmp;
    bool was_running;
    bool has_failed; /* the connection, while tables were read: `complaint` says how */
    struct complaint complaint;
    char text[65536]; /* what the monitor has printed */
    uint64_t entries[PHYSICAL_MEMORY_LEVELS + 1][PHYSICAL_MEMORY_ENTRIES];
};

/* Connects, stops the guest and reads the CPU. On success the caller closes. */
bool live_guest_open(struct live_guest *guest, const char *path, struct cpu_state *state,
                     struct complaint *complaint);

/*
 * mapping_memory.table, with a struct live_guest as its context. Each table is one command of the
 * monitor: QEMU writes no file, so it may run as anybody.
 */
const uint64_t *live_guest_table(void *context, uint64_t pa, unsigned level);

/* Lets the guest run again, if it ran before; false where that fails. */
bool live_guest_close(struct live_guest *guest, struct complaint *complaint);

#endif
