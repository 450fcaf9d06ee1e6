/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the checks need of a machine; each architecture's folder has it. Physical memory is where it
 * is for the program: translated accesses are those that are asked for here.
 */
#ifndef BARE_MACHINE_H
#define BARE_MACHINE_H

#include "tree.h"

/* What came of an access. */
enum outcome {
    ALLOWED,
    ABSENT, /* faulted: nothing is mapped */
    DENIED, /* faulted: what is mapped does not allow it */
    OTHER,  /* something else went wrong */
};

/* The format of the program's tables. */
extern const struct hoist_table_format *const machine_format;

/* Whether a fault tells ABSENT from DENIED; otherwise it is always ABSENT. */
extern const bool machine_tells_denied;

/* Accesses of four bytes, by the kernel or by a user program. */
enum outcome machine_load(bool as_user, uint64_t va, uint32_t *value);
enum outcome machine_store(bool as_user, uint64_t va, uint32_t value);

/* Executes what machine_write_code has put there. */
enum outcome machine_execute(bool as_user, uint64_t va);
void machine_write_code(uint64_t pa);

/* The address that the last fault was about. */
uint64_t machine_fault_address(void);

/* From now on the CPU translates by this tree. */
void machine_use(const struct hoist_tree *tree);

/* Hooks whose flush is the CPU's. */
extern const struct hoist_tree_hooks machine_hooks;

#endif
