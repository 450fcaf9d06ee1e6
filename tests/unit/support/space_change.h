/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each operation does to the model of an address space (space_model.h), and how it ends. The
 * model is changed at once; where the operation is refused, or is not to be, it can be undone.
 */
#ifndef TEST_SPACE_CHANGE_H
#define TEST_SPACE_CHANGE_H

#include "space_model.h"
#include "space_operation.h"

struct change {
    enum hoist_result result;
    uint64_t frame_count; /* of tables that are made */
    uint64_t of_level[6];
    bool is_too_large; /* more than is worth doing; nothing else of it is right */
};

extern struct change change;

/* Remembers the model, then changes it. After a refusal the model is as it was. */
void change_apply(const struct operation *operation);

/* Whether nothing is mapped in the range and no table stands in the place of a leaf. */
bool change_is_on_empty(const struct operation *operation);

/* Back to the model as it was before change_apply. */
void change_undo(void);

/* The error when the n-th frame is lacking: tables are asked for from the root down. */
enum hoist_result change_lacking(uint64_t n);

#endif
