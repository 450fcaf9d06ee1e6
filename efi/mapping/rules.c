/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules about one range at a time, and about what the reader has counted. */
#include "rules.h"

#include "places.h"
#include "rules_parts.h"

bool rules_is_leaves(const struct mapping_range *range)
{
    return range->kind == MAPPING_LEAVES;
}

uint64_t rules_pages(const struct mapping_range *range)
{
    return range->size_bytes / MEMORY_PAGE_BYTES;
}

void rules_found(struct finding *finding, uint64_t count, const struct finding *first)
{
    if (finding->found == 0) {
        finding->va = first->va;
        finding->pa = first->pa;
        finding->range = first->range;
        finding->plan = first->plan;
    }
    finding->found += count;
}

static const struct plan_range *planned(const struct mapping *mapping,
                                        const struct mapping_range *range)
{
    return range->plan == MAPPING_NO_PLAN ? NULL : &mapping->facts.plan[range->plan];
}

/*
 * A rule about each range by itself. An entry that leads back makes at least one table a page as
 * well, with the rights of that entry: what the rights alone decide counts that page.
 */
struct range_rule {
    bool (*breaks)(const struct mapping *mapping, const struct mapping_range *range);
    bool (*concerns)(const struct mapping *mapping,
                     const struct mapping_range *range); /* or NULL */
    bool is_about_rights;
    bool is_always; /* also for what the plan has for another protocol's sake */
};

static bool is_write_execute(const struct mapping *mapping, const struct mapping_range *range)
{
    const uint8_t both = HOIST_WRITE | HOIST_EXECUTE;

    (void)mapping;
    return (range->rights & both) == both;
}

static bool is_user(const struct mapping *mapping, const struct mapping_range *range)
{
    (void)mapping;
    return (range->rights & HOIST_USER) != 0;
}

/* A leaf over both is another rule's. */
static bool is_cached_device(const struct mapping *mapping, const struct mapping_range *range)
{
    (void)mapping;
    return (places_classes(range->memory) & PLACES_OTHER) != 0 &&
           (range->marks & MAPPING_MARK_CLASSES) == 0 && range->cache == MTRR_WRITE_BACK;
}

static bool is_identity(const struct mapping *mapping, const struct mapping_range *range)
{
    const struct plan_range *plan = planned(mapping, range);

    return range->va == range->pa && (plan == NULL || plan->part != PLAN_PART_TRAMPOLINE);
}

/* What a CPU without NX cannot keep is not held against the tables. */
uint8_t rules_kernel_difference(const struct mapping *mapping, const struct plan_range *plan,
                                uint8_t rights)
{
    const uint8_t judged = HOIST_WRITE | (mapping->facts.has_nx ? HOIST_EXECUTE : 0);

    return (rights ^ plan->access.rights) & judged;
}

static bool is_kernel(const struct mapping *mapping, const struct mapping_range *range)
{
    const struct plan_range *plan = planned(mapping, range);

    return plan != NULL && plan->part == PLAN_PART_KERNEL;
}

static bool has_other_rights(const struct mapping *mapping, const struct mapping_range *range)
{
    return rules_kernel_difference(mapping, planned(mapping, range), range->rights) != 0;
}

static uint64_t judged_pages(const struct mapping *mapping, const struct mapping_range *range,
                             const struct range_rule *rule)
{
    if (range->kind == MAPPING_RECURSIVE) {
        return rule->is_about_rights ? 1 : 0;
    }
    if (!rules_is_leaves(range) || (rule->concerns != NULL && !rule->concerns(mapping, range))) {
        return 0;
    }
    return rules_pages(range);
}

/* A kernel of the Limine protocol may have segments that are both writable and executable. */
static bool is_foreign_segment(const struct plan_range *range)
{
    const uint8_t both = HOIST_WRITE | HOIST_EXECUTE;

    return range->part == PLAN_PART_KERNEL && (range->access.rights & both) == both;
}

static bool has_foreign_segment(const struct mapping_facts *facts)
{
    bool has_segment = false;
    bool has_hhdm = false;

    for (size_t i = 0; facts->plan != NULL && i < facts->plan_count; i++) {
        has_segment |= is_foreign_segment(&facts->plan[i]);
        has_hhdm |= facts->plan[i].part == PLAN_PART_HHDM;
    }
    return has_segment && has_hhdm;
}

/* What the plan has because another boot protocol asks for it is set aside, not broken. */
static bool is_asked_for(const struct mapping *mapping, const struct mapping_range *range)
{
    return mapping_is_hhdm(mapping, range) ||
           (range->plan != MAPPING_NO_PLAN &&
            is_foreign_segment(&mapping->facts.plan[range->plan]) &&
            has_foreign_segment(&mapping->facts));
}

static void judge_ranges(const struct mapping *mapping, struct finding *finding,
                         const struct range_rule *rule)
{
    for (size_t i = 0; i < mapping->range_count; i++) {
        const struct mapping_range *range = &mapping->ranges[i];
        const uint64_t pages = judged_pages(mapping, range, rule);

        finding->checked += pages;
        if (pages != 0 && rule->breaks(mapping, range) && !rule->is_always &&
            is_asked_for(mapping, range)) {
            finding->aside = ASIDE_ASKED_FOR;
        } else if (pages != 0 && rule->breaks(mapping, range)) {
            rules_found(
                finding, pages,
                &(struct finding){
                    .va = range->va, .pa = range->pa, .range = (uint32_t)i, .plan = range->plan});
        }
    }
}

static void judge_places(const struct mapping_places *places, uint64_t checked,
                         struct finding *finding)
{
    finding->checked = checked;
    finding->found = places->count;
    finding->va = places->va;
    finding->pa = places->pa;
}

/* Leaves over several classes of memory that the plan wants so are not counted as broken. */
static void look_for_mixed(const struct mapping *mapping, struct finding *finding)
{
    for (size_t i = 0; i < mapping->range_count; i++) {
        if ((mapping->ranges[i].marks & MAPPING_MARK_CLASSES) != 0) {
            finding->aside = ASIDE_ASKED_FOR;
        }
    }
}

static void judge_tables(const struct mapping *mapping, struct finding *finding)
{
    const uint64_t reported = mapping->facts.table_frame_count;
    const uint64_t counted = mapping->table_frames;

    judge_places(&mapping->outside, counted, finding);
    finding->found += counted > reported ? counted - reported : reported - counted;
}

static enum aside aside_of(const struct mapping_facts *facts, enum rule rule)
{
    switch (rule) {
    case RULE_WRITE_EXECUTE: return facts->has_nx ? ASIDE_NOT : ASIDE_NO_NX;
    case RULE_ALIAS:
        return !facts->has_nx               ? ASIDE_NO_NX
               : !facts->wx_strict          ? ASIDE_WX_PROTOCOL
               : has_foreign_segment(facts) ? ASIDE_ASKED_FOR
                                            : ASIDE_NOT;
    case RULE_DEVICE:
    case RULE_ACROSS: return facts->memory == NULL ? ASIDE_NO_MEMORY_MAP : ASIDE_NOT;
    case RULE_TABLES: return facts->table_frame_count == 0 ? ASIDE_NO_TABLES : ASIDE_NOT;
    case RULE_KERNEL:
    case RULE_IDENTITY:
    case RULE_PLAN: return facts->plan == NULL ? ASIDE_NO_PLAN : ASIDE_NOT;
    default: return ASIDE_NOT;
    }
}

static void judge(const struct mapping *mapping, uint32_t *order, enum rule rule,
                  struct finding *finding)
{
    static const struct range_rule range_rules[RULE_COUNT] = {
        [RULE_WRITE_EXECUTE] = {is_write_execute, NULL, true, false},
        [RULE_KERNEL] = {has_other_rights, is_kernel, false, true},
        [RULE_USER] = {is_user, NULL, true, true},
        [RULE_DEVICE] = {is_cached_device, NULL, false, false},
        [RULE_IDENTITY] = {is_identity, NULL, false, false},
    };
    const uint64_t leaves = mapping->leaf_count[HOIST_LEAF_4K] +
                            mapping->leaf_count[HOIST_LEAF_2M] + mapping->leaf_count[HOIST_LEAF_1G];

    switch (rule) {
    case RULE_ALIAS:
    case RULE_CACHE: rules_judge_frames(mapping, order, rule, finding); break;
    case RULE_GUARDS: rules_judge_guards(mapping, finding); break;
    case RULE_ACROSS:
        judge_places(&mapping->across, leaves, finding);
        look_for_mixed(mapping, finding);
        break;
    case RULE_RESERVED: judge_places(&mapping->reserved, mapping->entry_count, finding); break;
    case RULE_TABLES: judge_tables(mapping, finding); break;
    case RULE_PLAN: rules_judge_plan(mapping, finding); break;
    default: judge_ranges(mapping, finding, &range_rules[rule]); break;
    }
}

/* Why nobody can say that a rule is kept, although nothing was found that breaks it. */
static enum aside doubt_about(const struct mapping *mapping)
{
    if (mapping->ranges_left_out != 0 || mapping->tables_left_out) {
        return ASIDE_NO_ROOM;
    }
    for (size_t i = 0; i < mapping->range_count; i++) {
        if (mapping->ranges[i].kind == MAPPING_UNREADABLE) {
            return ASIDE_UNREADABLE;
        }
    }
    return ASIDE_NOT;
}

void rules_judge(const struct mapping *mapping, uint32_t *order,
                 struct finding findings[RULE_COUNT])
{
    const enum aside doubt = doubt_about(mapping);

    rules_sort_by_frame(mapping, order);
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        struct finding *finding = &findings[rule];

        *finding = (struct finding){.range = MAPPING_NO_PLAN, .plan = MAPPING_NO_PLAN};
        finding->aside = (uint8_t)aside_of(&mapping->facts, rule);
        if (finding->aside != ASIDE_NOT) {
            finding->verdict = VERDICT_ASIDE;
            continue;
        }
        judge(mapping, order, rule, finding);
        if (finding->found != 0) {
            finding->aside = ASIDE_NOT;
            finding->verdict = VERDICT_FAIL;
        } else if (finding->aside != ASIDE_NOT) {
            finding->verdict = VERDICT_ASIDE;
        } else if (doubt != ASIDE_NOT) {
            finding->verdict = VERDICT_ASIDE;
            finding->aside = (uint8_t)doubt;
        } else if (rule == RULE_KERNEL && !mapping->facts.has_nx) {
            finding->verdict = VERDICT_ASIDE;
            finding->aside = ASIDE_NO_NX;
        }
    }
}

unsigned rules_failed(const struct finding findings[RULE_COUNT], enum rule *first)
{
    unsigned count = 0;

    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        if (findings[rule].verdict == VERDICT_FAIL && count++ == 0) {
            *first = rule;
        }
    }
    return count;
}
