/* SPDX-License-Identifier: BSD-2-Clause */
/* Damage to built tables and to their plan. */
#include "plan_damage.h"

#include <string.h>

#include "plan_tables.h"
#include "property.h"

#define BIT(n)  (UINT64_C(1) << (n))
#define ADDRESS UINT64_C(0x000ffffffffff000)

#define RULE(rule) (UINT32_C(1) << RULE_##rule)
/* Rules about what lies behind a leaf: a leaf of another frame or cache type may break them all. */
#define PLACES \
    (RULE(ALIAS) | RULE(DEVICE) | RULE(CACHE) | RULE(ACROSS) | RULE(RESERVED) | RULE(IDENTITY))

const char *const damage_names[DAMAGE_KINDS] = {
    "frame",       "rights",     "cache",       "global",        "stray",
    "missing",     "extra",      "link rights", "missing table", "table outside",
    "frame count", "plan range", "plan order"};

static const struct raw_leaf *random_leaf(void)
{
    return &built.leaves[random_below(built.leaf_count)];
}

static uint64_t *entry_of(const struct raw_leaf *leaf)
{
    return frames_entry(&built.frames, built.root_pa, leaf->va, machine.cpu.levels, leaf->level);
}

/* That rule fails, at `va` first, `pages` of it; besides it those in `also` may. */
static void expect(enum rule rule, uint64_t va, uint64_t pages, uint32_t also)
{
    const uint32_t failed = built_judge();
    const struct finding *finding = &built.findings[rule];

    CHECK((failed >> rule & 1) != 0);
    CHECK((failed & ~(built.faults | also | UINT32_C(1) << rule)) == 0);
    CHECK((built.faults >> rule & 1) != 0 || (finding->va == va && finding->found == pages));
}

static uint64_t pages_of(const struct raw_leaf *leaf)
{
    return leaf->size_bytes / PAGE;
}

static bool is_kernel(const struct raw_leaf *leaf)
{
    for (size_t i = 0; i < built.plan.count; i++) {
        const struct plan_range *range = &built.plan.ranges[i];

        if (leaf->va - range->va < range->size_bytes) {
            return range->part == PLAN_PART_KERNEL;
        }
    }
    return false;
}

static void flip_leaf(uint64_t bits, enum rule rule, uint32_t also)
{
    const struct raw_leaf *leaf = random_leaf();
    uint64_t *entry = entry_of(leaf);

    *entry ^= bits;
    expect(rule, leaf->va, rule == RULE_RESERVED ? 1 : pages_of(leaf), also);
    *entry ^= bits;
}

static void damage_frame(void)
{
    const struct raw_leaf *leaf = random_leaf();
    uint64_t *entry = entry_of(leaf);
    const unsigned lowest = 12 + 9 * (leaf->level - 1);
    const uint64_t bit = BIT(lowest + random_below(52 - lowest));

    *entry ^= bit;
    expect(RULE_PLAN, leaf->va, pages_of(leaf), PLACES);
    CHECK(built.findings[RULE_PLAN].pa == (leaf->pa ^ bit));
    *entry ^= bit;
}

/* A kernel's leaves have a rule of their own for what can be written and executed. */
static void damage_rights(void)
{
    static const uint64_t bits[] = {BIT(1), BIT(2), BIT(63), BIT(1) | BIT(63)};
    const uint64_t flipped = bits[random_below(4)];
    const struct raw_leaf *leaf = random_leaf();
    const uint32_t also = RULE(WRITE_EXECUTE) | RULE(ALIAS);
    uint64_t *entry = entry_of(leaf);

    *entry ^= flipped;
    if (!machine.cpu.has_nx && (flipped & BIT(63)) != 0) {
        expect(RULE_RESERVED, leaf->va, 1, RULE(KERNEL) | RULE(PLAN));
    } else if (flipped == BIT(2) || !is_kernel(leaf)) {
        expect(RULE_PLAN, leaf->va, pages_of(leaf), also);
    } else {
        expect(RULE_KERNEL, leaf->va, pages_of(leaf), also);
    }
    *entry ^= flipped;
}

static void damage_cache(void)
{
    const struct raw_leaf *leaf = random_leaf();
    uint64_t *entry = entry_of(leaf);
    const uint64_t pat = leaf->level == 1 ? BIT(7) : BIT(12);
    const uint64_t choice = 1 + random_below(7);
    const uint64_t bits = (choice & 1) * BIT(3) | (choice >> 1 & 1) * BIT(4) | (choice >> 2) * pat;

    *entry ^= bits;
    expect(RULE_PLAN, leaf->va, pages_of(leaf), PLACES);
    *entry ^= bits;
}

/* A protection key, software bits, and in a large leaf the reserved bits below the address. */
static void damage_stray(void)
{
    const struct raw_leaf *leaf = random_leaf();
    uint64_t *entry = entry_of(leaf);
    unsigned bit = 9 + (unsigned)random_below(3);
    bool is_reserved = false;

    if (one_in(2)) {
        bit = 52 + (unsigned)random_below(11);
    } else if (leaf->level > 1) {
        bit = 13 + (unsigned)random_below(9 * leaf->level - 10);
        is_reserved = true;
    }
    *entry ^= BIT(bit);
    expect(is_reserved ? RULE_RESERVED : RULE_PLAN, leaf->va, is_reserved ? 1 : pages_of(leaf), 0);
    *entry ^= BIT(bit);
}

static void damage_missing(void)
{
    const struct raw_leaf *leaf = random_leaf();
    uint64_t *entry = entry_of(leaf);

    *entry ^= BIT(0);
    expect(RULE_PLAN, leaf->va, pages_of(leaf), 0);
    CHECK(built.findings[RULE_PLAN].pa == leaf->pa);
    *entry ^= BIT(0);
}

/* A leaf where there is none, of the size of its table. */
static void damage_extra(void)
{
    const struct raw_table *table = &built.list[random_below(built.table_count)];
    uint64_t *entries = frames_at(&built.frames, table->pa);
    const unsigned first = (unsigned)random_below(512);

    if (table->level > 3) {
        return;
    }
    for (unsigned i = 0; i < 512; i++) {
        const unsigned slot = (first + i) % 512;
        const uint64_t before = entries[slot];

        if ((before & BIT(0)) == 0) {
            entries[slot] = BIT(0) | random_below(1000) << (12 + 9 * (table->level - 1)) |
                            (table->level > 1 ? BIT(7) : 0) | (one_in(2) ? BIT(1) : 0);
            expect(RULE_PLAN, table->va + ((uint64_t)slot << (12 + 9 * (table->level - 1))),
                   BIT(9 * (table->level - 1)), PLACES | RULE(WRITE_EXECUTE) | RULE(GUARDS));
            entries[slot] = before;
            return;
        }
    }
}

/* The first leaf below a table that has the right which its link loses; NULL: nobody is the worse for it. */
static const struct raw_leaf *first_victim(const struct raw_table *table, bool of_write)
{
    const uint64_t span = BIT(12 + 9 * table->level);

    for (size_t i = 0; i < built.leaf_count; i++) {
        const struct raw_leaf *leaf = &built.leaves[i];

        if (leaf->va - table->va < span && (of_write ? leaf->writable : leaf->executable)) {
            return leaf;
        }
    }
    return NULL;
}

static const struct raw_table *random_linked_table(uint64_t **link)
{
    const struct raw_table *table = &built.list[1 + random_below(built.table_count - 1)];

    *link =
        frames_entry(&built.frames, built.root_pa, table->va, machine.cpu.levels, table->level + 1);
    CHECK((**link & ADDRESS) == table->pa);
    return table;
}

/* Rights that a link takes away are missed by the kernel, or by what is planned besides. */
static void expect_less(const struct raw_leaf *victim)
{
    const uint32_t both = RULE(KERNEL) | RULE(PLAN);
    const uint32_t failed = built_judge();
    uint64_t first = UINT64_MAX;

    CHECK((failed & both) != 0 && (failed & ~(built.faults | both)) == 0);
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        if ((failed & both) >> rule & 1 && built.findings[rule].va < first) {
            first = built.findings[rule].va;
        }
    }
    CHECK(first == victim->va);
}

static void damage_link_rights(void)
{
    const bool of_write = one_in(2);
    const uint64_t bit = of_write ? BIT(1) : BIT(63);
    uint64_t *link;
    const struct raw_table *table = random_linked_table(&link);
    const struct raw_leaf *victim = first_victim(table, of_write);

    *link ^= bit;
    if (!of_write && !machine.cpu.has_nx) {
        expect(RULE_RESERVED, table->va, 1, 0);
    } else if (victim == NULL) {
        CHECK(built_judge() == built.faults);
    } else {
        expect_less(victim);
    }
    *link ^= bit;
}

static void damage_missing_table(void)
{
    uint64_t *link;
    const struct raw_table *table = random_linked_table(&link);
    size_t i = 0;

    while (built.leaves[i].va - table->va >= BIT(12 + 9 * table->level)) {
        i++;
    }
    *link ^= BIT(0);
    CHECK((built_judge() & ~built.faults) == (RULE(PLAN) | RULE(TABLES)));
    CHECK(built.findings[RULE_PLAN].va == built.leaves[i].va);
    *link ^= BIT(0);
}

/* The same table, but not among the frames that were taken for tables. */
static void damage_table_outside(void)
{
    const uint64_t spare =
        FRAMES_PA + (built.tables.frame_count + random_below(FRAMES_SPARE)) * PAGE;
    uint64_t *link;
    const struct raw_table *table = random_linked_table(&link);
    const uint64_t before = *link;

    memcpy(frames_at(&built.frames, spare), frames_at(&built.frames, table->pa), PAGE);
    *link = (before & ~ADDRESS) | spare;
    expect(RULE_TABLES, table->va, 1, 0);
    CHECK(built.findings[RULE_TABLES].pa == spare);
    *link = before;
}

static void damage_frame_count(void)
{
    const uint64_t change = one_in(2) ? 1 : UINT64_MAX;

    built.tables.frame_count += change;
    CHECK((built_judge() & ~built.faults) == RULE(TABLES));
    /* One is missing; or the last lies outside, and one is too many. */
    CHECK(built.findings[RULE_TABLES].found == (change == 1 ? 1 : 2));
    built.tables.frame_count -= change;
}

/* A plan that says something else than what was built. */
static void expect_any(void)
{
    CHECK((built_judge() & (RULE(PLAN) | RULE(KERNEL))) != 0);
}

static void damage_plan_range(void)
{
    struct plan_range *range = &built.plan.ranges[random_below(built.plan.count)];
    const struct plan_range before = *range;

    switch (random_below(6)) {
    case 0: range->va += PAGE; break;
    case 1: range->pa ^= PAGE; break;
    case 2: range->size_bytes += PAGE; break;
    case 3: range->size_bytes -= range->size_bytes > PAGE ? PAGE : 0; break;
    case 4: range->access.rights ^= HOIST_WRITE; break;
    default: range->access.cache ^= 1; break;
    }
    if (memcmp(&before, range, sizeof before) != 0) {
        expect_any();
    }
    *range = before;
}

static void damage_plan_order(void)
{
    const size_t index = random_below(built.plan.count - 1);
    struct plan_range *range = &built.plan.ranges[index];
    const struct plan_range before = range[0];

    if (one_in(2)) {
        range[0] = range[1];
        range[1] = before;
        expect_any();
        range[1] = range[0];
        range[0] = before;
    } else { /* the last range is forgotten */
        built.plan.count--;
        expect_any();
        built.plan.count++;
    }
}

unsigned damage_once(void)
{
    const unsigned kind = (unsigned)random_below(DAMAGE_KINDS);

    property.step = damage_names[kind];
    switch (kind) {
    case 0: damage_frame(); break;
    case 1: damage_rights(); break;
    case 2: damage_cache(); break;
    case 3: flip_leaf(BIT(8), RULE_PLAN, 0); break;
    case 4: damage_stray(); break;
    case 5: damage_missing(); break;
    case 6: damage_extra(); break;
    case 7: damage_link_rights(); break;
    case 8: damage_missing_table(); break;
    case 9: damage_table_outside(); break;
    case 10: damage_frame_count(); break;
    case 11: damage_plan_range(); break;
    default: damage_plan_order(); break;
    }
    return kind;
}
