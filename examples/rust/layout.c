/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For hoist_paging.rs: the layout that it relies on, held against the headers, and functions for
 * what is `static inline` in them. Of those a kernel needs the ones of cpu.h; a program of the host
 * cannot run them.
 */
#include "cpu.h"
#include "hoist_paging.h"

_Static_assert(sizeof(struct hoist_extent) == 24 && sizeof(struct hoist_range) == 16, "address.h");
_Static_assert(sizeof(struct hoist_access) == 8 && sizeof(struct hoist_cpu) == 5, "access.h");
_Static_assert(sizeof(struct hoist_hooks) == 48 && sizeof(struct hoist_space) == 80, "space.h");
_Static_assert(sizeof(struct hoist_cursor) == 56, "cursor.h");
_Static_assert(sizeof(struct hoist_translation) == 40, "query.h");
_Static_assert(sizeof(struct hoist_run) == 72 && sizeof(struct hoist_visitor) == 40, "visit.h");
_Static_assert(sizeof(enum hoist_result) == 4 && sizeof(enum hoist_leaf_size) == 4, "as u32");
_Static_assert(HOIST_OK == 0 && HOIST_NOT_CANONICAL == 0x13 && HOIST_NOT_MAPPED == 0x33,
               "result.h");

/* Members of the same size could change places unseen: main.rs asks for these, in its order. */
static const size_t places[] = {
    offsetof(struct hoist_hooks, allocate_table), offsetof(struct hoist_hooks, free_table),
    offsetof(struct hoist_hooks, table_at),       offsetof(struct hoist_hooks, flush),
    offsetof(struct hoist_hooks, read_entry),     offsetof(struct hoist_hooks, is_root_in_use),
    offsetof(struct hoist_cpu, has_1g_pages),     offsetof(struct hoist_cpu, has_nx),
    offsetof(struct hoist_space, hooks),          offsetof(struct hoist_space, context),
    offsetof(struct hoist_space, flush),          offsetof(struct hoist_space, frames),
    offsetof(struct hoist_space, keep_links),     offsetof(struct hoist_space, upper_half),
    offsetof(struct hoist_translation, leaf),     offsetof(struct hoist_translation, effective),
    offsetof(struct hoist_run, effective),        offsetof(struct hoist_run, leaf_count),
    offsetof(struct hoist_visitor, context),      offsetof(struct hoist_visitor, run),
};

/* The place of a member, in bytes from the start of its struct; SIZE_MAX behind the last. */
size_t layout_place(size_t number);
size_t layout_place(size_t number)
{
    return number < sizeof places / sizeof places[0] ? places[number] : SIZE_MAX;
}

struct hoist_cursor layout_cursor_of(struct hoist_space *space);
struct hoist_cursor layout_cursor_of(struct hoist_space *space)
{
    return hoist_cursor_of(space);
}

bool layout_is_canonical(const struct hoist_space *space, uint64_t va);
bool layout_is_canonical(const struct hoist_space *space, uint64_t va)
{
    return hoist_is_canonical(space, va);
}

/* For hoist_hooks.flush of a kernel with one CPU. */
void layout_flush_this_cpu(void *context, const struct hoist_flush *what);
void layout_flush_this_cpu(void *context, const struct hoist_flush *what)
{
    hoist_flush_this_cpu(context, what);
}

/* For hoist_hooks.is_root_in_use. */
bool layout_is_root_of_this_cpu(void *context, struct hoist_frame_4k root);
bool layout_is_root_of_this_cpu(void *context, struct hoist_frame_4k root)
{
    return hoist_is_root_of_this_cpu(context, root);
}

HOIST_MUST_CHECK enum hoist_result layout_activate(const struct hoist_space *space);
enum hoist_result layout_activate(const struct hoist_space *space)
{
    return hoist_activate(space);
}
