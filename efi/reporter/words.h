/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fault in words: which exception it is, what its error code says, and which mapping an address
 * belongs to. Pure: nothing but its arguments is looked at.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "line.h"

/* The first ones in the order in which entry.S saves them. */
enum words_register {
    WORDS_RAX,
    WORDS_RBX,
    WORDS_RCX,
    WORDS_RDX,
    WORDS_RSI,
    WORDS_RDI,
    WORDS_RBP,
    WORDS_R8,
    WORDS_R15 = WORDS_R8 + 7,
    WORDS_SAVED_COUNT,
    WORDS_RSP = WORDS_SAVED_COUNT,
    WORDS_GENERAL_COUNT,
    WORDS_RFLAGS = WORDS_GENERAL_COUNT,
    WORDS_CR0,
    WORDS_CR3,
    WORDS_CR4,
    WORDS_EFER,
    WORDS_REGISTER_COUNT,
};

/* Everything a report can tell of the processor. */
struct words_fault {
    uint64_t registers[WORDS_REGISTER_COUNT];
    uint64_t rip;
    uint64_t cr2;
    uint64_t error_code; /* 0 where the processor gave none */
    uint32_t vector;
    bool has_error_code;
};

/* "R8" and so on. */
const char *words_register_name(unsigned number);

/* The mapping that holds the address; NULL: none. */
const struct hoist_mapped_range *words_find(const struct reporter_config *config, uint64_t address);

/* "page fault (#PF)". */
void words_add_exception(struct line *line, uint32_t vector);

/* The whole finding: "page fault (#PF): write to read-only page of kernel segment 0 (r-x)". */
void words_add_finding(struct line *line, const struct words_fault *fault,
                       const struct reporter_config *config);

/* "3: page present, write, supervisor". */
void words_add_error_code(struct line *line, const struct words_fault *fault);

/* "kernel segment 0 (r-x) + 123", or why the address is in no mapping. */
void words_add_place(struct line *line, uint64_t address, const struct words_fault *fault,
                     const struct reporter_config *config);

/* Whether the fault, or the one that it began with, has left an address in CR2. */
bool words_has_address(const struct words_fault *fault);

#endif
