/* SPDX-License-Identifier: BSD-2-Clause */
/* A line for each leaf. */
#include "leaves.h"

#include "check.h"
#include "machine.h"
#include "table_entry.h"
#include "tree_walk.h"

void say_field(uint64_t number)
{
    say(" ");
    say_number(number);
}

static enum hoist_result say_leaf(void *context, const struct hoist_tree_entry *leaf)
{
    struct hoist_access access = {0, 0, 0, 0};

    (void)context;
    check_quietly("an access stands for it",
                  hoist_access_of_leaf(machine_format, leaf->value, leaf->level, &access),
                  HOIST_OK);
    say("LEAF");
    say_field(leaf->first.value);
    say_field(leaf->last.value);
    say_field(leaf->target.value);
    say_field(leaf->leaf_rights);
    say_field(leaf->rights);
    say_field(access.rights);
    say_field(access.cache);
    say("\n");
    return HOIST_OK;
}

void say_leaves(const struct hoist_tree *tree)
{
    const struct hoist_tree_visitor visitor = {.leaf = say_leaf};

    check_equal("all leaves",
                hoist_tree_walk(tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor), HOIST_OK);
}
