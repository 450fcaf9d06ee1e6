/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads tables back that nobody has made: memory from the input, in which tables point at
 * themselves, at each other and at frames that there are not. Reading ends within a bounded number
 * of tables, writes nothing beyond its lists, and finds what a reader finds that shares no code
 * with it, wherever that one comes to an end. The rules, the text and the JSON take whatever comes.
 *
 * The input: flags and facts, the plan, the memory map, the MTRRs, eight bytes each; then the
 * frames (hostile_frames.h).
 */
#define _GNU_SOURCE
#include <setjmp.h>

#include "hostile_frames.h"
#include "mapping_json.h"
#include "mapping_text.h"
#include "raw_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LEAVES_MOST 3000u
#define TABLES_MOST (FRAMES * 8u * 5u) /* by sets of rights and levels */
#define PAGE        UINT64_C(4096)
#define HEAD_BYTES  32u
#define PARTS       4u

enum {
    FIVE_LEVELS = 1,
    HAS_1G = 2,
    HAS_NX = 4,
    LITTLE_ROOM = 8,
    HAS_PLAN = 16,
    HAS_MEMORY = 32,
    HAS_MTRR = 64
};

static struct mapping mapping;
static struct finding findings[RULE_COUNT];
static struct plan_range plan[PARTS];
static struct memory_range pieces[PARTS];
static struct memory_map map;
static struct mtrr mtrr;

static uint64_t asked;
static struct raw_leaf leaves[LEAVES_MOST];
static unsigned leaf_count;
static unsigned raw_tables;
static jmp_buf enough;

static const uint64_t *table_of(void *context, uint64_t pa, unsigned level)
{
    const uint64_t number = (pa - FIRST_PA) / FRAME_BYTES;

    (void)context;
    REQUIRE(pa % PAGE == 0 && pa >> 52 == 0 && level >= 1 && level <= mapping.facts.levels);
    REQUIRE(++asked <= (uint64_t)TABLES_MOST * 512 + 1);
    return number < FRAMES ? (const uint64_t *)(void *)frame((unsigned)number) : NULL;
}

/* What is not there is empty. */
static const uint64_t *raw_at(void *context, uint64_t pa)
{
    const uint64_t number = (pa - FIRST_PA) / FRAME_BYTES;

    (void)context;
    return (const uint64_t *)(void *)frame(number < FRAMES ? (unsigned)number : FRAMES);
}

/* Ascending and apart from each other, as far as sixteen bits a piece say. */
static void make_facts(const uint64_t *words)
{
    const unsigned flags = words[0] & 0xff;
    uint64_t va = 0;
    uint64_t pa = 0;

    mapping.facts = (struct mapping_facts){.levels = (flags & FIVE_LEVELS) != 0 ? 5 : 4,
                                           .physical_bits = 32 + (words[0] >> 8) % 21,
                                           .has_1g_pages = (flags & HAS_1G) != 0,
                                           .has_nx = (flags & HAS_NX) != 0,
                                           .wx_strict = (words[0] >> 30 & 1) != 0,
                                           .cr3 = FIRST_PA,
                                           .pat = MAPPING_PAT_AFTER_RESET ^ words[0] >> 40,
                                           .tables_pa = FIRST_PA,
                                           .table_frame_count = words[0] >> 32 & 15};
    for (unsigned i = 0; i < PARTS; i++) {
        const uint64_t about = words[1] >> 16 * i & 0xffff;
        const uint64_t kind = words[2] >> 16 * i & 0xffff;

        va += (about & 15) * PAGE;
        plan[i] = (struct plan_range){.name = "part",
                                      .part = (about >> 8) % PLAN_PART_COUNT,
                                      .va = va,
                                      .pa = FIRST_PA + (about >> 4 & 15) * PAGE,
                                      .size_bytes = (1 + (about >> 4 & 15)) * PAGE,
                                      .access = {.rights = about >> 8 & 15, .cache = about & 7},
                                      .largest = 1 + about % 3};
        va += plan[i].size_bytes;
        pa += (kind >> 12) * PAGE;
        pieces[i] = (struct memory_range){pa, (UINT64_C(1) << 12) << (kind >> 4 & 31),
                                          (enum memory_kind)((kind & 15) % 14)};
        pa += pieces[i].size_bytes;
        mtrr.registers[i] =
            (struct mtrr_register){(words[3] >> 16 * i & 0xff) << 20 | (words[3] >> 16 * i & 7),
                                   (words[3] >> (16 * i + 8) & 0xff) << 20 | 0x800};
    }
    map = (struct memory_map){pieces, PARTS, PARTS, 0};
    mtrr.default_type = 0x806;
    mtrr.physical_bits = mapping.facts.physical_bits;
    mtrr.count = PARTS;
    mapping.facts.plan = (flags & HAS_PLAN) != 0 ? plan : NULL;
    mapping.facts.plan_count = (flags & HAS_PLAN) != 0 ? PARTS : 0;
    mapping.facts.memory = (flags & HAS_MEMORY) != 0 ? &map : NULL;
    mapping.facts.mtrr = (flags & HAS_MTRR) != 0 ? &mtrr : NULL;
}

static void make_room(const uint64_t *words)
{
    const bool is_little = (words[0] & LITTLE_ROOM) != 0;

    mapping.range_capacity = is_little ? words[0] >> 16 & 15 : (size_t)TABLES_MOST * 512 + 1;
    mapping.table_capacity = is_little ? words[0] >> 20 & 15 : TABLES_MOST;
    mapping.ranges = malloc(mapping.range_capacity * sizeof *mapping.ranges + 1);
    mapping.tables = malloc(mapping.table_capacity * sizeof *mapping.tables + 1);
    REQUIRE(mapping.ranges != NULL && mapping.tables != NULL);
}

static void add_leaf(void *context, const struct raw_leaf *leaf)
{
    (void)context;
    if (leaf_count == LEAVES_MOST) {
        longjmp(enough, 1);
    }
    leaves[leaf_count++] = *leaf;
}

static void count_table(void *context, const struct raw_table *table)
{
    (void)context;
    (void)table;
    if (++raw_tables == 200) {
        longjmp(enough, 1);
    }
}

static const struct mapping_range *range_around(uint64_t va)
{
    for (size_t i = 0; i < mapping.range_count; i++) {
        if (va - mapping.ranges[i].va < mapping.ranges[i].size_bytes) {
            return &mapping.ranges[i];
        }
    }
    return NULL;
}

static void require_range(const struct mapping_range *range, uint64_t *last, bool is_first)
{
    uint64_t bytes = 0;

    REQUIRE(range->size_bytes != 0 && range->size_bytes % PAGE == 0 && range->va % PAGE == 0);
    REQUIRE(is_first || range->va > *last);
    *last = range->va + (range->size_bytes - 1);
    REQUIRE(*last >= range->va);
    for (unsigned size = 1; size <= HOIST_LEAF_1G; size++) {
        bytes += range->leaf_count[size] << (12 + 9 * (size - 1));
    }
    REQUIRE(bytes == (range->kind == MAPPING_LEAVES ? range->size_bytes : 0));
    REQUIRE((range->rights & ~range->leaf_rights) == 0);
    if (range->plan != MAPPING_NO_PLAN) {
        REQUIRE(range->plan < mapping.facts.plan_count);
        REQUIRE(range->va - plan[range->plan].va < plan[range->plan].size_bytes);
    }
}

/* A leaf of the other reader; those below shared and recursive entries it alone has seen. */
static void require_leaf(const struct raw_leaf *leaf, uint64_t *own_leaves)
{
    const struct mapping_range *range = range_around(leaf->va);

    REQUIRE(range != NULL && range->kind != MAPPING_UNREADABLE);
    if (range->kind != MAPPING_LEAVES) {
        return;
    }
    *own_leaves += 1;
    REQUIRE(leaf->va - range->va + leaf->size_bytes <= range->size_bytes);
    REQUIRE(leaf->pa == range->pa + (leaf->va - range->va));
    REQUIRE(leaf->pat_index == range->pat_index);
    REQUIRE(leaf->may_be_written == ((range->rights & HOIST_WRITE) != 0));
    REQUIRE(leaf->may_be_used_by_user == ((range->rights & HOIST_USER) != 0));
    REQUIRE((leaf->may_be_executed || !mapping.facts.has_nx) ==
            ((range->rights & HOIST_EXECUTE) != 0));
    REQUIRE(leaf->writable == ((range->leaf_rights & HOIST_WRITE) != 0));
    REQUIRE(leaf->global == ((range->rights & HOIST_GLOBAL) != 0));
    REQUIRE((leaf->software != 0 || leaf->protection_key != 0) ==
            ((range->marks & MAPPING_MARK_STRAY) != 0));
}

/* Both readers have seen all: leaf by leaf, and in number. */
static void require_same(void)
{
    struct raw_reader reader = {.at = raw_at,
                                .leaf = add_leaf,
                                .table = count_table,
                                .levels = mapping.facts.levels,
                                .physical_bits = mapping.facts.physical_bits,
                                .has_nx = mapping.facts.has_nx,
                                .has_1g_pages = mapping.facts.has_1g_pages};
    uint64_t own_leaves = 0;
    bool is_tree = true;

    leaf_count = 0;
    raw_tables = 0;
    if (setjmp(enough) != 0) {
        return;
    }
    raw_read_all(&reader, FIRST_PA);
    for (unsigned i = 0; i < leaf_count; i++) {
        require_leaf(&leaves[i], &own_leaves);
    }
    REQUIRE(own_leaves == mapping.leaf_count[1] + mapping.leaf_count[2] + mapping.leaf_count[3]);
    for (size_t i = 0; i < mapping.range_count; i++) {
        is_tree &= mapping.ranges[i].kind == MAPPING_LEAVES;
    }
    REQUIRE(!is_tree || raw_tables == mapping.table_count);
    REQUIRE(!is_tree || reader.reserved_count == mapping.reserved.count);
    REQUIRE((reader.reserved_count == 0) == (mapping.reserved.count == 0));
}

static void see_line(void *context, const struct mapping_line *line)
{
    (void)context;
    REQUIRE(strlen(line->text) < MAPPING_LINE_CAPACITY);
}

static void see_piece(void *context, const char *text, size_t length)
{
    (void)context;
    REQUIRE(memchr(text, '\0', length) == NULL);
}

static void require_judged(void)
{
    const struct mapping_document document = {"fuzzer", "memory"};
    uint32_t *order = malloc(mapping.range_count * sizeof *order + 1);

    REQUIRE(order != NULL);
    rules_judge(&mapping, order, findings);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        REQUIRE((findings[i].verdict == VERDICT_FAIL) == (findings[i].found != 0));
        REQUIRE((findings[i].verdict == VERDICT_ASIDE) == (findings[i].aside != ASIDE_NOT));
        REQUIRE(findings[i].range == MAPPING_NO_PLAN || findings[i].range < mapping.range_count);
        REQUIRE(findings[i].plan == MAPPING_NO_PLAN || findings[i].plan < mapping.facts.plan_count);
    }
    free(order);
    if (mapping.range_count < 300) {
        mapping_text(&mapping, findings, see_line, NULL);
        mapping_json(&mapping, findings, &document, see_piece, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mapping_memory readable = {.table = table_of};
    uint64_t words[HEAD_BYTES / 8];
    uint64_t last = 0;

    if (size < HEAD_BYTES) {
        return 0;
    }
    memcpy(words, data, sizeof words);
    open_frames();
    protect_frames(PROT_READ | PROT_WRITE);
    fill_frames(data + HEAD_BYTES, size - HEAD_BYTES, true);
    protect_frames(PROT_READ);
    make_facts(words);
    make_room(words);
    asked = 0;
    mapping_read(&mapping, &readable);
    REQUIRE(mapping.table_count <= TABLES_MOST && mapping.table_frames <= FRAMES);
    for (size_t i = 0; i < mapping.range_count; i++) {
        require_range(&mapping.ranges[i], &last, i == 0);
    }
    if ((words[0] & LITTLE_ROOM) == 0) {
        REQUIRE(mapping.ranges_left_out == 0 && !mapping.tables_left_out);
        require_same();
    }
    require_judged();
    free(mapping.ranges);
    free(mapping.tables);
    return 0;
}
