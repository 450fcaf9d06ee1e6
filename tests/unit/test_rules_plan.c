/* SPDX-License-Identifier: BSD-2-Clause */
/* The rule that plan and tables are equal both ways; and rules that are set aside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules_fixture.h"

/* Bits of one entry turned round: so many pages are not as planned. Put right again. */
static void assert_damage(struct fixture *f, uint64_t *damaged, uint64_t bits, uint64_t pages,
                          uint64_t va)
{
    *damaged ^= bits;
    assert_only(f, RULE_PLAN, pages, va);
    *damaged ^= bits;
    assert_all_pass(f);
}

static void a_hole_is_found_wherever_it_is(void **state)
{
    struct fixture *f = *state;
    const uint64_t stack = f->places.stack_va;

    assert_damage(f, entry(f, KERNEL, 1), PRESENT, 1, KERNEL);
    assert_damage(f, entry(f, KERNEL + 5 * PAGE, 1), PRESENT, 1, KERNEL + 5 * PAGE);
    assert_damage(f, entry(f, stack + 7 * PAGE, 1), PRESENT, 1, stack + 7 * PAGE);
    assert_damage(f, entry(f, DIRECT + 8 * MIB, 2), PRESENT, 512, DIRECT + 8 * MIB);
    assert_damage(f, entry(f, DIRECT + HIGH_PA + GIB, 3), PRESENT, GIB / PAGE,
                  DIRECT + HIGH_PA + GIB);
    *entry(f, LANDING, 1) = 0;
    assert_only(f, RULE_PLAN, 1, LANDING);
    assert_int_equal(judged.findings[RULE_PLAN].range, MAPPING_NO_PLAN);
    assert_string_equal(judged.plan[judged.findings[RULE_PLAN].plan].name, "trampoline");
}

static void a_page_too_many_is_found_wherever_it_is(void **state)
{
    const uint64_t page = 0x5000000 | PRESENT | NX;
    struct fixture *f = *state;

    assert_damage(f, entry(f, KERNEL + 6 * PAGE, 1), page, 1, KERNEL + 6 * PAGE);
    assert_damage(f, entry(f, LANDING + PAGE, 1), page, 1, LANDING + PAGE);
    assert_damage(f, entry(f, DIRECT, 1), page, 1, DIRECT);
    assert_damage(f, entry(f, 2 * MIB, 2), page | LARGE, 512, 2 * MIB);
    assert_damage(f, entry(f, UINT64_MAX, 3), HIGH_PA | PRESENT | NX | LARGE, GIB / PAGE,
                  UINT64_C(0xffffffffc0000000));
}

static void a_leaf_that_is_not_as_planned_is_found(void **state)
{
    struct fixture *f = *state;
    const uint64_t stack = f->places.stack_va;

    assert_damage(f, entry(f, stack + PAGE, 1), BIT(20), 1, stack + PAGE);
    assert_damage(f, entry(f, stack + 2 * PAGE, 1), WRITABLE, 1, stack + 2 * PAGE);
    assert_damage(f, entry(f, stack, 1), BIT(8), 1, stack);
    assert_damage(f, entry(f, stack, 1), BIT(9), 1, stack);
    assert_damage(f, entry(f, stack, 1), BIT(59), 1, stack);
    assert_damage(f, entry(f, KERNEL, 1), BIT(58), 1, KERNEL);
    assert_damage(f, entry(f, f->places.framebuffer_va, 2), BIT(21), 512, f->places.framebuffer_va);
    *entry(f, stack, 4) ^= WRITABLE; /* the way, for all that can be written by it */
    judge(f);
    assert_int_equal(judged.findings[RULE_PLAN].verdict, VERDICT_FAIL);
    assert_int_equal(judged.findings[RULE_PLAN].va, stack);
}

/* Writable by itself, although a link forbids it: a kernel that widens the link would get it. */
static void a_leaf_that_allows_what_a_link_forbids_is_found(void **state)
{
    struct fixture *f = *state;

    *entry(f, KERNEL, 1) |= WRITABLE;
    *entry(f, KERNEL, 2) ^= WRITABLE;
    judge(f);
    assert_int_equal(judged.findings[RULE_WRITE_EXECUTE].verdict, VERDICT_PASS);
    assert_int_equal(judged.findings[RULE_PLAN].verdict, VERDICT_FAIL);
    assert_int_equal(judged.findings[RULE_PLAN].va, KERNEL);
}

static void a_leaf_larger_than_planned_is_found(void **state)
{
    struct fixture *f = *state;

    planned(DIRECT + HIGH_PA)->largest = HOIST_LEAF_2M;
    assert_only(f, RULE_PLAN, 3 * GIB / PAGE, DIRECT + HIGH_PA);
    planned(DIRECT + HIGH_PA)->largest = HOIST_LEAF_1G;
    assert_all_pass(f);
}

/* A plan that asks for more, or less, or something else than what was built. */
static void a_plan_that_says_something_else_is_found(void **state)
{
    struct fixture *f = *state;
    struct plan_range *plan = planned(DIRECT + HIGH_PA);
    const struct plan_range before = *plan;

    plan->size_bytes += PAGE;
    assert_only(f, RULE_PLAN, 1, DIRECT + HIGH_PA + 3 * GIB);
    plan->size_bytes = 2 * GIB;
    assert_only(f, RULE_PLAN, GIB / PAGE, DIRECT + HIGH_PA + 2 * GIB);
    plan->size_bytes = 3 * GIB - PAGE; /* the last leaf reaches beyond */
    assert_only(f, RULE_PLAN, 3 * GIB / PAGE, DIRECT + HIGH_PA);
    *plan = before;
    plan->va += GIB;
    plan->pa += GIB;
    plan->size_bytes -= GIB;
    assert_only(f, RULE_PLAN, GIB / PAGE, DIRECT + HIGH_PA);
    *plan = before;
    plan->pa += GIB;
    assert_only(f, RULE_PLAN, 3 * GIB / PAGE, DIRECT + HIGH_PA);
    *plan = before;
    judged.mapping.facts.plan_count--; /* the last kernel segment is forgotten */
    assert_only(f, RULE_PLAN, 3, KERNEL + 3 * PAGE);
    judged.mapping.facts.plan_count++;
    plan_beside(UINT64_C(0xfffffffffffff000), 0, PAGE, HOIST_READ);
    assert_only(f, RULE_PLAN, 1, UINT64_C(0xfffffffffffff000));
}

static void a_slot_that_leads_back_is_not_in_the_plan(void **state)
{
    struct fixture *f = *state;
    uint64_t *slot = frames_at(&f->frames, root_of(f)) + 300;

    *slot = root_of(f) | PRESENT | WRITABLE | NX;
    assert_only(f, RULE_PLAN, BIT(39) / PAGE, UINT64_C(0xffff000000000000) | 300 * BIT(39));
    assert_int_equal(judged.ranges[judged.findings[RULE_PLAN].range].kind, MAPPING_RECURSIVE);
    *slot ^= NX; /* the root itself is a page there now, which can be executed */
    assert_verdicts(f, "FppppppppppF");
    assert_found(RULE_WRITE_EXECUTE, 1, UINT64_C(0xffff000000000000) | 300 * BIT(39));
    *slot ^= NX | USER;
    assert_verdicts(f, "ppppFppppppF");
    assert_found(RULE_USER, 1, UINT64_C(0xffff000000000000) | 300 * BIT(39));
}

static void an_empty_space_lacks_all_of_the_plan(void **state)
{
    struct fixture *f = *state;
    uint64_t pages = 0;

    judged.mapping.facts.cr3 = FRAMES_PA + f->tables.frame_count * PAGE; /* a spare frame */
    judged.mapping.facts.tables_pa = judged.mapping.facts.cr3;
    judged.mapping.facts.table_frame_count = 1;
    for (size_t i = 0; i < f->plan.count; i++) {
        pages += f->plan.ranges[i].size_bytes / PAGE;
    }
    assert_only(f, RULE_PLAN, pages, LANDING);
    assert_int_equal(judged.findings[RULE_PLAN].checked, pages);
    judged.mapping.ranges = NULL; /* where a caller has none yet */
    judged.mapping.range_capacity = 0;
    judged.mapping.facts.plan_count = 0;
    assert_all_pass(f);
}

static void assert_aside(enum rule rule, enum aside aside, const char *reason)
{
    assert_int_equal(judged.findings[rule].verdict, VERDICT_ASIDE);
    assert_int_equal(judged.findings[rule].aside, aside);
    assert_string_equal(aside_reason(aside), reason);
}

static void without_nx_rules_about_execution_are_set_aside(void **state)
{
    struct fixture *f = *state;
    enum rule first;

    f->cpu.has_nx = false;
    build_again(f);
    assert_verdicts(f, "--p-pppppppp");
    assert_aside(RULE_WRITE_EXECUTE, ASIDE_NO_NX, "this CPU has no NX");
    assert_aside(RULE_ALIAS, ASIDE_NO_NX, "this CPU has no NX");
    assert_aside(RULE_KERNEL, ASIDE_NO_NX, "this CPU has no NX");
    assert_int_equal(rules_failed(judged.findings, &first), 0);
    *entry(f, KERNEL, 1) |= WRITABLE; /* but what it can keep is held against the tables */
    assert_verdicts(f, "--pFpppppppp");
    assert_found(RULE_KERNEL, 1, KERNEL);
}

static void wx_protocol_sets_aliases_aside(void **state)
{
    struct fixture *f = *state;

    f->input.wx_strict = false;
    build_again(f);
    assert_verdicts(f, "p-pppppppppp");
    assert_aside(RULE_ALIAS, ASIDE_WX_PROTOCOL, "wx: protocol");
}

static void without_a_plan_only_what_needs_none_is_judged(void **state)
{
    struct fixture *f = *state;

    judged.mapping.facts.plan = NULL;
    judged.mapping.facts.plan_count = 0;
    assert_verdicts(f, "ppp-pppppp--");
    assert_aside(RULE_KERNEL, ASIDE_NO_PLAN, "no plan is known for these tables");
    assert_int_equal(judged.findings[RULE_GUARDS].checked, 1); /* page 0 */
    judged.mapping.facts.memory = NULL;
    assert_verdicts(f, "ppp-p-p-pp--");
    assert_aside(RULE_DEVICE, ASIDE_NO_MEMORY_MAP, "no memory map is known");
    judged.mapping.facts.table_frame_count = 0;
    assert_verdicts(f, "ppp-p-p-p---");
    assert_aside(RULE_TABLES, ASIDE_NO_TABLES, "nobody reports which frames hold tables");
    judged.mapping.facts.mtrr = NULL;
    assert_verdicts(f, "ppp-p-p-p---");
}

/* Nobody can say that a rule is kept where not all was seen; what is broken is broken. */
static void without_room_nothing_passes(void **state)
{
    struct fixture *f = *state;

    judged.mapping.range_capacity = 5;
    assert_verdicts(f, "-----------F");
    assert_aside(RULE_USER, ASIDE_NO_ROOM, "there was no room to read all tables");
    judged.mapping.range_capacity = RANGE_ROOM;
    judged.mapping.table_capacity = 3;
    judge(f);
    assert_int_equal(judged.findings[RULE_WRITE_EXECUTE].verdict, VERDICT_ASIDE);
    assert_int_equal(judged.findings[RULE_TABLES].verdict, VERDICT_FAIL);
    assert_int_equal(judged.findings[RULE_PLAN].verdict, VERDICT_FAIL);
}

static void with_a_table_that_cannot_be_read_nothing_passes(void **state)
{
    struct fixture *f = *state;

    frames_at(&f->frames, root_of(f))[300] = 0x1000 | PRESENT | WRITABLE;
    judged.mapping.facts.plan = NULL;
    judged.mapping.facts.plan_count = 0;
    judged.mapping.facts.table_frame_count = 0;
    assert_verdicts(f, "------------");
    assert_aside(RULE_USER, ASIDE_UNREADABLE, "some page tables cannot be read");
    *entry(f, KERNEL, 1) |= WRITABLE;
    assert_verdicts(f, "F-----------");
}

static void each_rule_has_words_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        assert_true(rule_name(i)[0] != '\0' && rule_sentence(i)[0] != '\0');
        assert_true(rule_unit(i)[0] != '\0');
        for (unsigned j = 0; j < i; j++) {
            assert_string_not_equal(rule_name(i), rule_name(j));
            assert_string_not_equal(rule_sentence(i), rule_sentence(j));
        }
    }
    for (unsigned i = 1; i < ASIDE_COUNT; i++) {
        assert_true(aside_reason(i)[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of_rules(a_hole_is_found_wherever_it_is),
        test_of_rules(a_page_too_many_is_found_wherever_it_is),
        test_of_rules(a_leaf_that_is_not_as_planned_is_found),
        test_of_rules(a_leaf_that_allows_what_a_link_forbids_is_found),
        test_of_rules(a_leaf_larger_than_planned_is_found),
        test_of_rules(a_plan_that_says_something_else_is_found),
        test_of_rules(a_slot_that_leads_back_is_not_in_the_plan),
        test_of_rules(an_empty_space_lacks_all_of_the_plan),
        test_of_rules(without_nx_rules_about_execution_are_set_aside),
        test_of_rules(wx_protocol_sets_aliases_aside),
        test_of_rules(without_a_plan_only_what_needs_none_is_judged),
        test_of_rules(without_room_nothing_passes),
        test_of_rules(with_a_table_that_cannot_be_read_nothing_passes),
        cmocka_unit_test(each_rule_has_words_of_its_own),
    };

    return cmocka_run_group_tests_name("rules: plan, and set aside", tests, NULL, NULL);
}
