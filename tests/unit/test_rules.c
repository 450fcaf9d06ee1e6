/* SPDX-License-Identifier: BSD-2-Clause */
/* Bad address spaces made on purpose: each breaks exactly one rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules_fixture.h"

static void what_the_loader_builds_keeps_all_rules(void **state)
{
    static const struct hoist_cpu cpus[] = {{4, 36, false, true, false},
                                            {4, 46, true, true, true},
                                            {5, 52, false, true, true},
                                            {5, 52, true, true, true}};
    struct fixture *f = *state;
    enum rule first;

    assert_all_pass(f);
    for (size_t i = 0; i < LENGTH(cpus); i++) {
        f->cpu = cpus[i];
        f->input.levels = f->cpu.levels;
        build_again(f);
        assert_all_pass(f);
        assert_int_equal(rules_failed(judged.findings, &first), 0);
    }
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        assert_true(judged.findings[rule].checked != 0);
        assert_int_equal(judged.findings[rule].found, 0);
        assert_int_equal(judged.findings[rule].range, MAPPING_NO_PLAN);
        assert_int_equal(judged.findings[rule].plan, MAPPING_NO_PLAN);
    }
}

static void a_segment_that_is_writable_and_executable_by_plan(void **state)
{
    struct fixture *f = *state;

    *entry(f, KERNEL, 1) |= WRITABLE;
    *entry(f, KERNEL + PAGE, 1) |= WRITABLE;
    planned(KERNEL)->access.rights |= HOIST_WRITE;
    assert_only(f, RULE_WRITE_EXECUTE, 2, KERNEL);
    assert_int_equal(judged.findings[RULE_WRITE_EXECUTE].pa, KERNEL_PA);
    assert_string_equal(judged.plan[judged.findings[RULE_WRITE_EXECUTE].plan].name,
                        "kernel segment 0");
    assert_int_equal(judged.ranges[judged.findings[RULE_WRITE_EXECUTE].range].va, KERNEL);
}

static void
a_segment_writable_and_executable_against_the_plan_has_not_its_rights_either(void **state)
{
    struct fixture *f = *state;

    *entry(f, KERNEL + PAGE, 1) |= WRITABLE;
    assert_verdicts(f, "FppFpppppppp");
    assert_found(RULE_WRITE_EXECUTE, 1, KERNEL + PAGE);
    assert_found(RULE_KERNEL, 1, KERNEL + PAGE);
}

static void a_segment_with_other_rights(void **state)
{
    struct fixture *f = *state;

    *entry(f, KERNEL + 2 * PAGE, 1) ^= NX; /* constants that can be executed */
    assert_only(f, RULE_KERNEL, 1, KERNEL + 2 * PAGE);
    assert_int_equal(judged.findings[RULE_KERNEL].checked, 6);
    *entry(f, KERNEL + 2 * PAGE, 1) ^= NX;
    *entry(f, KERNEL + 4 * PAGE, 1) ^= WRITABLE; /* data that cannot be written */
    assert_only(f, RULE_KERNEL, 1, KERNEL + 4 * PAGE);
    *entry(f, KERNEL + 4 * PAGE, 1) ^= WRITABLE;
    *entry(f, KERNEL, 2) ^= NX; /* code that a link forbids to execute, all of it */
    assert_only(f, RULE_KERNEL, 2, KERNEL);
}

static void an_alias_that_is_writable(void **state)
{
    const uint64_t alias = DIRECT + KERNEL_PA;
    struct fixture *f = *state;
    struct plan_range *plan = planned(alias);

    for (uint64_t va = plan->va; va < plan->va + plan->size_bytes; va += PAGE) {
        *entry(f, va, 1) |= WRITABLE;
    }
    plan->access.rights |= HOIST_WRITE;
    assert_verdicts(f, "pFpppppppppp");
    assert_int_equal(judged.findings[RULE_ALIAS].found, 2);
    assert_int_equal(judged.findings[RULE_ALIAS].pa, KERNEL_PA);
}

/* The frame of the code again, at an address that the plan has for something else. */
static void an_alias_by_a_wrong_frame_is_not_as_planned_either(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = f->places.stack_va;

    *entry(f, va, 1) = (*entry(f, va, 1) & ~ADDRESS) | (KERNEL_PA + PAGE);
    assert_verdicts(f, "pFpppppppppF");
    assert_int_equal(judged.findings[RULE_ALIAS].found, 1);
    assert_int_equal(judged.findings[RULE_ALIAS].pa, KERNEL_PA + PAGE);
    assert_found(RULE_PLAN, 1, va);
    *entry(f, va + PAGE, 1) = *entry(f, va, 1); /* one more of them: still one page */
    *entry(f, va + 3 * PAGE, 1) = *entry(f, va, 1);
    assert_verdicts(f, "pFpppppppppF");
    assert_int_equal(judged.findings[RULE_ALIAS].found, 1);
}

static void page_0_and_guards_that_are_mapped(void **state)
{
    struct fixture *f = *state;
    const struct plan_places *places = &f->places;
    const uint64_t guards[] = {
        places->stack_va - PAGE,        places->stack_va + 64 * KIB,
        places->handoff_va - PAGE,      places->handoff_va + 2 * PAGE,
        places->reporter_va - PAGE,     places->reporter_va + 3 * PAGE,
        places->reporter_va + 6 * PAGE, places->framebuffer_va - PAGE,
    };

    for (size_t i = 0; i < LENGTH(guards); i++) {
        const uint64_t pa = 8 * MIB + i * PAGE;

        build_again(f);
        assert_all_pass(f);
        *entry(f, guards[i], 1) = pa | PRESENT | NX;
        plan_beside(guards[i], pa, PAGE, HOIST_READ);
        judge(f); /* a page between two parts guards both */
        assert_in_range(judged.findings[RULE_GUARDS].found, 1, 2);
        assert_only(f, RULE_GUARDS, judged.findings[RULE_GUARDS].found, guards[i]);
    }
    build_again(f);
    *entry(f, 0, 2) = 8 * MIB | PRESENT | LARGE | NX;
    plan_beside(0, 8 * MIB, 2 * MIB, HOIST_READ);
    assert_only(f, RULE_GUARDS, 1, 0);
}

/* MTRRs cut its plan in two, side by side: the second piece needs no guard. */
static void a_framebuffer_of_two_pieces_keeps_all_rules(void **state)
{
    struct fixture *f = *state;

    f->mtrr = (struct mtrr){.default_type = BIT(11) | MTRR_WRITE_BACK,
                            .physical_bits = 52,
                            .count = 1,
                            .registers = {{SCREEN_PA + MIB, (BIT(52) - MIB) | BIT(11)}}};
    build_again(f);
    assert_int_not_equal(planned(f->places.framebuffer_va)->size_bytes, 4 * MIB);
    assert_all_pass(f);
}

static void a_page_for_users(void **state)
{
    const uint64_t va = KERNEL + 3 * PAGE;
    struct fixture *f = *state;

    for (unsigned level = 1; level <= 4; level++) {
        *entry(f, va, level) |= USER;
    }
    assert_only(f, RULE_USER, 1, va);
    *entry(f, va, 2) &= ~USER; /* a link forbids it: the leaf is not as planned all the same */
    assert_only(f, RULE_PLAN, 1, va);
}

static void a_framebuffer_that_is_write_back(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = f->places.framebuffer_va;

    for (unsigned i = 0; i < 2; i++) {
        *entry(f, va + i * 2 * MIB, 2) &= ~(PWT | PCD | BIT(12));
    }
    planned(va)->access.cache = HOIST_WRITE_BACK;
    assert_only(f, RULE_DEVICE, 1024, va);
    planned(va)->access.cache = HOIST_WRITE_COMBINING;
    assert_verdicts(f, "pppppFpppppF");
    planned(va)->access.cache = HOIST_WRITE_BACK;
    f->mtrr = (struct mtrr){.default_type = BIT(11) | MTRR_WRITE_BACK,
                            .physical_bits = 52,
                            .count = 1,
                            .registers = {{SCREEN_PA & ~(GIB - 1), (BIT(52) - GIB) | BIT(11)}}};
    judged.mapping.facts.mtrr = &f->mtrr; /* which has it uncached after all */
    assert_all_pass(f);
}

static void reserved_memory_that_is_write_back(void **state)
{
    static const enum memory_kind kinds[] = {MEMORY_BAD, MEMORY_DEVICE, MEMORY_RESERVED};
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(kinds); i++) {
        f->ranges[f->memory.count - 1].kind = kinds[i];
        assert_only(f, RULE_DEVICE, 3 * GIB / PAGE, DIRECT + HIGH_PA);
    }
    f->memory.count--; /* in no map */
    assert_only(f, RULE_DEVICE, 3 * GIB / PAGE, DIRECT + HIGH_PA);
}

static void two_cache_types(void **state)
{
    struct fixture *f = *state;
    const uint64_t va = f->places.stack_va;

    for (unsigned i = 0; i < 16; i++) {
        *entry(f, va + i * PAGE, 1) |= PWT;
    }
    planned(va)->access.cache = HOIST_WRITE_THROUGH;
    assert_verdicts(f, "ppppppFppppp");
    assert_int_equal(judged.findings[RULE_CACHE].found, 16);
    assert_int_equal(judged.findings[RULE_CACHE].pa, STACK_PA);
    judged.mapping.facts.pat = UINT64_C(0x0006010500070606); /* index 1 is write-back as well */
    assert_all_pass(f);
}

static void a_leaf_over_two_classes_of_memory(void **state)
{
    const uint64_t edge = HIGH_PA + 2 * GIB + GIB / 2;
    struct fixture *f = *state;

    f->ranges[f->memory.count - 1].size_bytes = edge - HIGH_PA;
    add_memory(f, edge, HIGH_PA + 3 * GIB, MEMORY_RUNTIME_DATA);
    assert_only(f, RULE_ACROSS, 1, DIRECT + HIGH_PA + 2 * GIB);
    f->ranges[f->memory.count - 1].kind = MEMORY_DEVICE;
    assert_only(f, RULE_ACROSS, 1, DIRECT + HIGH_PA + 2 * GIB);
    f->ranges[f->memory.count - 1].kind = MEMORY_ACPI_NVS;
    assert_all_pass(f);
}

static void a_leaf_over_two_mtrr_types(void **state)
{
    struct fixture *f = *state;

    f->mtrr = (struct mtrr){.default_type = BIT(11) | MTRR_WRITE_BACK,
                            .physical_bits = 52,
                            .count = 1,
                            .registers = {{HIGH_PA + GIB + MIB, (BIT(52) - MIB) | BIT(11)}}};
    judged.mapping.facts.mtrr = &f->mtrr;
    assert_only(f, RULE_ACROSS, 1, DIRECT + HIGH_PA + GIB);
}

static void reserved_bits(void **state)
{
    struct fixture *f = *state;

    for (unsigned bit = 13; bit <= 20; bit++) {
        *entry(f, DIRECT + 4 * MIB, 2) ^= BIT(bit);
        assert_only(f, RULE_RESERVED, 1, DIRECT + 4 * MIB);
        *entry(f, DIRECT + 4 * MIB, 2) ^= BIT(bit);
    }
    *entry(f, KERNEL, 4) |= LARGE;
    judge(f);
    assert_only(f, RULE_RESERVED, 1, UINT64_C(0xffffff8000000000));
    *entry(f, KERNEL, 4) ^= LARGE;
    judged.mapping.facts.physical_bits = 32;
    assert_only(f, RULE_RESERVED, 3, DIRECT + HIGH_PA);
}

static void tables_elsewhere_and_in_another_number(void **state)
{
    struct fixture *f = *state;
    const uint64_t spare = FRAMES_PA + f->tables.frame_count * PAGE;
    uint64_t *link = entry(f, KERNEL, 2);
    const uint64_t before = *link;

    memcpy(frames_at(&f->frames, spare), frames_at(&f->frames, before & ADDRESS), PAGE);
    *link = (before & ~ADDRESS) | spare;
    assert_only(f, RULE_TABLES, 1, KERNEL);
    assert_int_equal(judged.findings[RULE_TABLES].pa, spare);
    *link = before;
    judged.mapping.facts.table_frame_count++;
    assert_only(f, RULE_TABLES, 1, 0);
    judged.mapping.facts.table_frame_count -= 2; /* the last lies outside, and one is too many */
    judge(f);
    assert_only(f, RULE_TABLES, 2, judged.findings[RULE_TABLES].va);
    judged.mapping.facts.table_frame_count++;
    judged.mapping.facts.tables_pa += PAGE;
    judge(f);
    assert_only(f, RULE_TABLES, 1, judged.findings[RULE_TABLES].va);
    assert_int_equal(judged.findings[RULE_TABLES].pa, FRAMES_PA);
}

static void a_page_at_its_physical_address(void **state)
{
    struct fixture *f = *state;

    *entry(f, LANDING + PAGE, 1) = (LANDING + PAGE) | PRESENT | NX;
    plan_beside(LANDING + PAGE, LANDING + PAGE, PAGE, HOIST_READ);
    assert_only(f, RULE_IDENTITY, 1, LANDING + PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of_rules(what_the_loader_builds_keeps_all_rules),
        test_of_rules(a_segment_that_is_writable_and_executable_by_plan),
        test_of_rules(a_segment_writable_and_executable_against_the_plan_has_not_its_rights_either),
        test_of_rules(a_segment_with_other_rights),
        test_of_rules(an_alias_that_is_writable),
        test_of_rules(an_alias_by_a_wrong_frame_is_not_as_planned_either),
        test_of_rules(page_0_and_guards_that_are_mapped),
        test_of_rules(a_framebuffer_of_two_pieces_keeps_all_rules),
        test_of_rules(a_page_for_users),
        test_of_rules(a_framebuffer_that_is_write_back),
        test_of_rules(reserved_memory_that_is_write_back),
        test_of_rules(two_cache_types),
        test_of_rules(a_leaf_over_two_classes_of_memory),
        test_of_rules(a_leaf_over_two_mtrr_types),
        test_of_rules(reserved_bits),
        test_of_rules(tables_elsewhere_and_in_another_number),
        test_of_rules(a_page_at_its_physical_address),
    };

    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
