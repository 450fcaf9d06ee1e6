/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that hold the tables against the plan: guards, and equality both ways. */
#include "rules_parts.h"

/* The range that holds an address, of any kind; MAPPING_NO_PLAN: nothing is there. */
static uint32_t range_at(const struct mapping *mapping, uint64_t va)
{
    size_t low = 0;
    size_t high = mapping->range_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct mapping_range *range = &mapping->ranges[middle];

        if (va >= range->va && va - range->va < range->size_bytes) {
            return (uint32_t)middle;
        }
        if (va < range->va) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return MAPPING_NO_PLAN;
}

static void judge_guard(const struct mapping *mapping, uint64_t va, struct finding *finding)
{
    const uint32_t index = range_at(mapping, va);

    finding->checked++;
    if (index != MAPPING_NO_PLAN) {
        const struct mapping_range *range = &mapping->ranges[index];

        rules_found(
            finding, 1,
            &(struct finding){
                .va = va, .pa = range->pa + (va - range->va), .range = index, .plan = range->plan});
    }
}

static bool has_guards(enum plan_part part)
{
    return part == PLAN_PART_STACK || part == PLAN_PART_HANDOFF || part == PLAN_PART_REPORTER;
}

/* Pieces of one part may lie side by side; the framebuffer has a guard below only. */
void rules_judge_guards(const struct mapping *mapping, struct finding *finding)
{
    const struct plan_range *plan = mapping->facts.plan;
    const size_t count = plan == NULL ? 0 : mapping->facts.plan_count;

    judge_guard(mapping, 0, finding);
    for (size_t i = 0; i < count; i++) {
        const uint64_t end = plan[i].va + plan[i].size_bytes;
        const bool follows = i != 0 && plan[i - 1].part == plan[i].part &&
                             plan[i - 1].va + plan[i - 1].size_bytes == plan[i].va;
        const bool is_followed =
            i + 1 < count && plan[i + 1].part == plan[i].part && plan[i + 1].va == end;

        if (!follows && (has_guards(plan[i].part) || plan[i].part == PLAN_PART_FRAMEBUFFER)) {
            judge_guard(mapping, plan[i].va - MEMORY_PAGE_BYTES, finding);
        }
        if (has_guards(plan[i].part) && !is_followed) {
            judge_guard(mapping, end, finding);
        }
    }
}

/*
 * Whether a range is what the plan asks for at its place. A kernel's rights and what users may do
 * are other rules' as long as it is the links and the leaf together that are wrong.
 */
static bool is_as_planned(const struct mapping *mapping, const struct mapping_range *range,
                          const struct plan_range *plan)
{
    const uint64_t offset_bytes = range->va - plan->va;
    const uint8_t execute = mapping->facts.has_nx ? 0 : HOIST_EXECUTE;
    uint8_t ignored = range->rights & HOIST_USER;

    if (plan->part == PLAN_PART_KERNEL) {
        ignored |= rules_kernel_difference(mapping, plan, range->rights);
    }
    for (unsigned size = plan->largest + 1u; size <= HOIST_LEAF_1G; size++) {
        if (range->leaf_count[size] != 0) {
            return false;
        }
    }
    return range->pa == plan->pa + offset_bytes && range->pat_index == plan->access.cache &&
           range->size_bytes <= plan->size_bytes - offset_bytes &&
           (range->marks & MAPPING_MARK_STRAY) == 0 &&
           (((plan->access.rights | execute) ^ range->leaf_rights) & ~ignored) == 0 &&
           (((plan->access.rights | execute) ^ range->rights) & ~ignored) == 0;
}

/* Counts the part of a planned range, from offset to offset, that is not mapped. */
static void missing(struct finding *finding, const struct mapping *mapping, uint32_t plan,
                    uint64_t from_bytes, uint64_t to_bytes)
{
    const struct plan_range *range = &mapping->facts.plan[plan];

    if (to_bytes > from_bytes) {
        rules_found(finding, (to_bytes - from_bytes) / MEMORY_PAGE_BYTES,
                    &(struct finding){.va = range->va + from_bytes,
                                      .pa = range->pa + from_bytes,
                                      .range = MAPPING_NO_PLAN,
                                      .plan = plan});
    }
}

void rules_judge_plan(const struct mapping *mapping, struct finding *finding)
{
    const struct plan_range *plan = mapping->facts.plan;
    uint64_t seen_bytes = 0; /* of the planned range `next` */
    uint32_t next = 0;

    for (size_t i = 0; i < mapping->range_count; i++) {
        const struct mapping_range *range = &mapping->ranges[i];
        const bool is_planned = range->plan != MAPPING_NO_PLAN && range->plan >= next;

        if (is_planned) {
            for (; next < range->plan; next++) {
                missing(finding, mapping, next, seen_bytes, plan[next].size_bytes);
                seen_bytes = 0;
            }
            missing(finding, mapping, next, seen_bytes, range->va - plan[next].va);
            seen_bytes = range->va - plan[next].va + range->size_bytes;
        }
        if (!is_planned || !is_as_planned(mapping, range, &plan[next])) {
            rules_found(
                finding, rules_pages(range),
                &(struct finding){
                    .va = range->va, .pa = range->pa, .range = (uint32_t)i, .plan = range->plan});
        }
    }
    for (; next < mapping->facts.plan_count; next++) {
        missing(finding, mapping, next, seen_bytes, plan[next].size_bytes);
        seen_bytes = 0;
    }
    for (size_t i = 0; i < mapping->facts.plan_count; i++) {
        finding->checked += plan[i].size_bytes / MEMORY_PAGE_BYTES;
    }
    finding->found += mapping->ranges_left_out;
}
