/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about the rules share: the tables of a plan, read back and judged, and entries to damage.
 * Include cmocka.h first.
 */
#ifndef TEST_RULES_FIXTURE_H
#define TEST_RULES_FIXTURE_H

#include "entry_bits.h"
#include "plan_fixture.h"
#include "rules.h"

#define SCREEN_PA   UINT64_C(0xc0200000)
#define REPORTER_PA (68 * MIB)
#define HIGH_PA     (4 * GIB)

/* IA32_PAT as Hoist programs it: WB WT UC- UC WP WC and two that nothing uses. */
#define HOIST_PAT UINT64_C(0x0006010500070406)

#define RANGE_ROOM 2048u
#define TABLE_ROOM 256u
#define PLAN_ROOM  64u

static struct {
    struct mapping mapping;
    struct mapping_range ranges[RANGE_ROOM];
    struct mapping_table tables[TABLE_ROOM];
    uint32_t order[RANGE_ROOM];
    struct finding findings[RULE_COUNT];
    struct plan_range plan[PLAN_ROOM]; /* the plan, and what tests plan beside */
} judged;

static inline const uint64_t *table_of(void *context, uint64_t pa, unsigned level)
{
    const struct fixture *f = context;

    (void)level;
    if (pa < FRAMES_PA || (pa - FRAMES_PA) / PAGE >= f->frames.count + FRAMES_SPARE) {
        return NULL;
    }
    return frames_at(&f->frames, pa);
}

static inline uint64_t root_of(const struct fixture *f)
{
    struct hoist_frame_4k root = {0};

    assert_int_equal(hoist_space_root(&f->space, &root), HOIST_OK);
    return root.pa;
}

static inline uint64_t *entry(struct fixture *f, uint64_t va, unsigned level)
{
    return frames_entry(&f->frames, root_of(f), va, f->cpu.levels, level);
}

/* All that the loader knows about its own tables. */
static inline void take_facts(struct fixture *f)
{
    assert_true(f->plan.count <= PLAN_ROOM);
    memcpy(judged.plan, f->plan.ranges, f->plan.count * sizeof *judged.plan);
    judged.mapping.facts = (struct mapping_facts){.levels = f->cpu.levels,
                                                  .physical_bits = f->cpu.physical_bits,
                                                  .has_1g_pages = f->cpu.has_1g_pages,
                                                  .has_nx = f->cpu.has_nx,
                                                  .wx_strict = f->input.wx_strict,
                                                  .cr3 = root_of(f),
                                                  .pat = HOIST_PAT,
                                                  .mtrr = f->mtrr.count == 0 ? NULL : &f->mtrr,
                                                  .memory = &f->memory,
                                                  .plan = judged.plan,
                                                  .plan_count = f->plan.count,
                                                  .tables_pa = FRAMES_PA,
                                                  .table_frame_count = f->tables.frame_count};
    judged.mapping.ranges = judged.ranges;
    judged.mapping.range_capacity = RANGE_ROOM;
    judged.mapping.tables = judged.tables;
    judged.mapping.table_capacity = TABLE_ROOM;
}

/* A machine that has everything, and its tables. */
static inline int rules_setup(void **state)
{
    const int result = plan_setup(state);
    struct fixture *f = *state;

    add_memory(f, SCREEN_PA, SCREEN_PA + 4 * MIB, MEMORY_FRAMEBUFFER);
    add_memory(f, HIGH_PA, HIGH_PA + 3 * GIB, MEMORY_FREE);
    f->input.framebuffer = (struct plan_frames){SCREEN_PA, 4 * MIB};
    f->input.reporter = (struct plan_reporter){{REPORTER_PA, 5 * PAGE}, 2 * PAGE, PAGE};
    must_build(f);
    take_facts(f);
    return result;
}

#define test_of_rules(name) cmocka_unit_test_setup_teardown(name, rules_setup, plan_teardown)

static inline void build_again(struct fixture *f)
{
    must_build(f);
    take_facts(f);
}

static inline void judge(struct fixture *f)
{
    const struct mapping_memory memory = {.table = table_of, .context = f};

    mapping_read(&judged.mapping, &memory);
    memset(judged.findings, 0xa5, sizeof judged.findings);
    rules_judge(&judged.mapping, judged.order, judged.findings);
}

/* One letter a rule, in their order: p passes, F fails, - is set aside. */
static inline void assert_verdicts(struct fixture *f, const char *expected)
{
    static const char letters[] = "pF-";
    char verdicts[RULE_COUNT + 1] = "";

    judge(f);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        assert_true(judged.findings[i].verdict <= VERDICT_ASIDE);
        verdicts[i] = letters[judged.findings[i].verdict];
    }
    assert_string_equal(verdicts, expected);
}

static inline void assert_all_pass(struct fixture *f)
{
    assert_verdicts(f, "pppppppppppp");
}

static inline void assert_found(enum rule rule, uint64_t count, uint64_t va)
{
    assert_int_equal(judged.findings[rule].verdict, VERDICT_FAIL);
    assert_int_equal(judged.findings[rule].found, count);
    assert_int_equal(judged.findings[rule].va, va);
}

/* That rule fails, and no other; the first place is at `va`. */
static inline void assert_only(struct fixture *f, enum rule rule, uint64_t count, uint64_t va)
{
    char expected[] = "pppppppppppp";
    enum rule first = RULE_COUNT;

    expected[rule] = 'F';
    assert_verdicts(f, expected);
    assert_found(rule, count, va);
    assert_int_equal(rules_failed(judged.findings, &first), 1);
    assert_int_equal(first, rule);
}

/* The planned range around an address, as the rules see it. */
static inline struct plan_range *planned(uint64_t va)
{
    for (size_t i = 0; i < judged.mapping.facts.plan_count; i++) {
        if (va - judged.plan[i].va < judged.plan[i].size_bytes) {
            return &judged.plan[i];
        }
    }
    fail_msg("nothing is planned at %llx", (unsigned long long)va);
    return NULL;
}

/* A range more in the plan, of no part that has a rule of its own. */
static inline void plan_beside(uint64_t va, uint64_t pa, uint64_t size_bytes, uint8_t rights)
{
    size_t at = judged.mapping.facts.plan_count++;

    assert_true(at < PLAN_ROOM);
    for (; at != 0 && judged.plan[at - 1].va > va; at--) {
        judged.plan[at] = judged.plan[at - 1];
    }
    judged.plan[at] = (struct plan_range){.name = "beside",
                                          .part = PLAN_PART_DIRECT_MAP,
                                          .va = va,
                                          .pa = pa,
                                          .size_bytes = size_bytes,
                                          .access = {.rights = rights},
                                          .largest = HOIST_LEAF_2M};
}

#endif
