/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the rules share. Internal to them. */
#ifndef RULES_PARTS_H
#define RULES_PARTS_H

#include "rules.h"

bool rules_is_leaves(const struct mapping_range *range);
uint64_t rules_pages(const struct mapping_range *range);

/* Counts places that break a rule; `first` says where the first of them is. */
void rules_found(struct finding *finding, uint64_t count, const struct finding *first);

/* What the rule about kernel segments holds against these rights: bits that differ. */
uint8_t rules_kernel_difference(const struct mapping *mapping, const struct plan_range *plan,
                                uint8_t rights);

/* The numbers of all ranges, by physical address. */
void rules_sort_by_frame(const struct mapping *mapping, uint32_t *order);

/* RULE_ALIAS and RULE_CACHE: pages that two mappings have in common. */
void rules_judge_frames(const struct mapping *mapping, const uint32_t *order, enum rule rule,
                        struct finding *finding);

void rules_judge_guards(const struct mapping *mapping, struct finding *finding);
void rules_judge_plan(const struct mapping *mapping, struct finding *finding);

#endif
