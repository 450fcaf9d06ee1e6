/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU's own look-up, for every entry of a tree. */
#include "asked.h"

#include "check.h"
#include "tree_walk.h"

struct asking {
    const struct asked *asked;
    unsigned count;
};

static enum hoist_result ask_of_leaf(void *context, const struct hoist_tree_entry *leaf)
{
    static const uint8_t rights[] = {HOIST_KERNEL_READ, HOIST_KERNEL_WRITE, HOIST_USER_READ,
                                     HOIST_USER_WRITE};
    struct asking *asking = context;
    const uint64_t mask = asking->asked->address_mask;
    const uint64_t end = leaf->target.value + (leaf->last.value - leaf->first.value);

    for (unsigned i = 0; i < 4; i++) {
        const uint64_t first = asking->asked->ask(leaf->first.value, i >= 2, i % 2 != 0);
        const uint64_t last = asking->asked->ask(leaf->last.value, i >= 2, i % 2 != 0);
        const bool is_allowed = (leaf->rights & rights[i]) != 0;

        check_quietly("whether it allows", (first & 1) == 0, is_allowed);
        check_quietly("and at the end", (last & 1) == 0, is_allowed);
        if (is_allowed) {
            check_quietly("where it finds it", first & mask, leaf->target.value);
            check_quietly("and its end", last & mask, end & mask);
        }
    }
    asking->count++;
    return HOIST_OK;
}

static enum hoist_result ask_of_hole(void *context, const struct hoist_tree_entry *hole)
{
    const struct asking *asking = context;

    check_quietly("a hole", asking->asked->ask(hole->first.value, false, false) & 1, 1);
    check_quietly("its end", asking->asked->ask(hole->last.value, false, false) & 1, 1);
    return HOIST_OK;
}

void asked_of_all(const struct asked *asked, const struct hoist_tree *tree)
{
    struct asking asking = {asked, 0};
    const struct hoist_tree_visitor visitor = {
        .context = &asking, .leaf = ask_of_leaf, .hole = ask_of_hole};

    about("the CPU's own look-up");
    check_equal("a walk", hoist_tree_walk(tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor),
                HOIST_OK);
    check_true("many leaves", asking.count > 50);
}
