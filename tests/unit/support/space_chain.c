/* SPDX-License-Identifier: BSD-2-Clause */
/* One page through ensure_chain and set_leaf, whatever its size. */
#include "space_chain.h"

#include "property.h"
#include "space_model.h"

enum hoist_result chain_ensure(struct hoist_space *space, const struct chain_leaf *leaf,
                               union chain_handle *handle)
{
    const struct hoist_va va = hoist_va_of(leaf->va);
    struct hoist_page_4k small;
    struct hoist_page_2m middle;
    struct hoist_page_1g large;

    if (leaf->level == 1) {
        CHECK(hoist_page_4k_at(space, va, &small) == HOIST_OK);
        CHECK(hoist_count_chain_4k(space, small) == forecast.new_count);
        return hoist_ensure_chain_4k(space, small, leaf->access, &handle->pt);
    }
    if (leaf->level == 2) {
        CHECK(hoist_page_2m_at(space, va, &middle) == HOIST_OK);
        CHECK(hoist_count_chain_2m(space, middle) == forecast.new_count);
        return hoist_ensure_chain_2m(space, middle, leaf->access, &handle->pd);
    }
    CHECK(hoist_page_1g_at(space, va, &large) == HOIST_OK);
    CHECK(hoist_count_chain_1g(space, large) == forecast.new_count);
    return hoist_ensure_chain_1g(space, large, leaf->access, &handle->pdpt);
}

enum hoist_result chain_set_leaf(struct hoist_space *space, const struct chain_leaf *leaf,
                                 const union chain_handle *handle)
{
    const struct hoist_pa pa = hoist_pa_of(leaf->pa);
    const struct hoist_page_4k small = {leaf->va};
    const struct hoist_page_2m middle = {leaf->va};
    const struct hoist_page_1g large = {leaf->va};
    struct hoist_frame_4k small_frame;
    struct hoist_frame_2m middle_frame;
    struct hoist_frame_1g large_frame;

    if (leaf->level == 1) {
        CHECK(hoist_frame_4k_at(space, pa, &small_frame) == HOIST_OK);
        return hoist_set_leaf_4k(space, handle->pt, small, small_frame, leaf->access);
    }
    if (leaf->level == 2) {
        CHECK(hoist_frame_2m_at(space, pa, &middle_frame) == HOIST_OK);
        return hoist_set_leaf_2m(space, handle->pd, middle, middle_frame, leaf->access);
    }
    CHECK(hoist_frame_1g_at(space, pa, &large_frame) == HOIST_OK);
    return hoist_set_leaf_1g(space, handle->pdpt, large, large_frame, leaf->access);
}
