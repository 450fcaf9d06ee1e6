/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that every plan has to keep, whatever has been put into it. */
#include "plan_parts.h"

static bool pair_problem(struct problem *problem, enum problem_kind kind,
                         const struct plan_range *one, const struct plan_range *other,
                         uint64_t address)
{
    return problem_set_all(problem, &(struct problem){.kind = kind,
                                                      .name = text_of(one->name),
                                                      .other = text_of(other->name),
                                                      .numbers = {address}});
}

/* Two ranges with a physical page in common. */
static bool check_alias(const struct plan_range *one, const struct plan_range *other, bool strict,
                        struct problem *problem)
{
    const uint64_t pa = one->pa > other->pa ? one->pa : other->pa;
    const uint8_t rights = one->access.rights | other->access.rights;
    const uint8_t both = HOIST_WRITE | HOIST_EXECUTE;

    if (one->access.cache != other->access.cache) {
        return pair_problem(problem, PROBLEM_PLAN_TWO_CACHES, one, other, pa);
    }
    if (strict && (rights & both) == both && (one->access.rights & both) != both) {
        return pair_problem(problem, PROBLEM_PLAN_ALIAS, one, other, pa);
    }
    return true;
}

static bool share_frames(const struct plan_range *one, const struct plan_range *other)
{
    return one->pa < other->pa + other->size_bytes && other->pa < one->pa + one->size_bytes;
}

static bool is_direct_map(enum plan_part part)
{
    return part == PLAN_PART_DIRECT_MAP || part == PLAN_PART_HHDM;
}

/* The pieces of the direct map are many, and share nothing among themselves that differs. */
static bool check_aliases(const struct plan *plan, bool strict, struct problem *problem)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];

        for (size_t j = 0; !is_direct_map(range->part) && j < plan->count; j++) {
            const struct plan_range *other = &plan->ranges[j];

            if (j != i && share_frames(range, other) &&
                !check_alias(range, other, strict, problem)) {
                return false;
            }
        }
    }
    return true;
}

/* Where the boot protocol or the kernel's own file asks for it, and was let. */
static bool may_have_both(const struct plan_range *range, const struct plan_input *input)
{
    return range->part == PLAN_PART_HHDM
               ? input->direct_map->is_executable
               : range->part == PLAN_PART_KERNEL && input->kernel->has_write_execute;
}

bool plan_check(const struct plan *plan, const struct plan_input *input, struct problem *problem)
{
    const uint8_t both = HOIST_WRITE | HOIST_EXECUTE;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_range *range = &plan->ranges[i];
        const struct plan_range *next = i + 1 < plan->count ? &plan->ranges[i + 1] : NULL;

        if ((range->access.rights & both) == both && !may_have_both(range, input)) {
            return problem_set(problem, PROBLEM_PLAN_RIGHTS, text_of(range->name), range->va, 0);
        }
        if (next != NULL && next->va - range->va < range->size_bytes) {
            return pair_problem(problem, PROBLEM_PLAN_OVERLAP, range, next, next->va);
        }
    }
    return check_aliases(plan, input->wx_strict, problem);
}
