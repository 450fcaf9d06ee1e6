/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree in use, and single checks. */
#include "judge.h"

#include "arena.h"
#include "check.h"

extern char image_text[];
extern char image_user[];
extern char image_data[];
extern char image_end[];

struct hoist_tree tree;
struct hoist_range flushed_last;
uint32_t flushed_count;

/* Page by page, and no page more: what the library does not name stays in the TLB. */
static void flush(void *context, struct hoist_range range)
{
    (void)context;
    flushed_last = range;
    flushed_count++;
    if (range.size_bytes > large_bytes()) {
        reload_cr3();
        return;
    }
    for (uint32_t done = 0; done < (uint32_t)range.size_bytes; done += PAGE_BYTES) {
        flush_page((uint32_t)range.va.value + done);
    }
}

static void free_nothing(void *context, uint64_t size_bytes, struct hoist_pa pa)
{
    (void)context;
    (void)size_bytes;
    (void)pa;
}

const struct hoist_tree_hooks machine_hooks = {.allocate_table = arena_allocate,
                                               .free_table = free_nothing,
                                               .allocate_page = arena_allocate,
                                               .free_page = free_nothing,
                                               .flush = flush};

void after_map(void)
{
    if (is_pae()) {
        reload_cr3();
    }
}

enum hoist_result map_as(uint32_t va, uint64_t pa, uint32_t size_bytes, struct hoist_access access)
{
    const struct hoist_extent extent = {{va}, {pa}, size_bytes};
    const enum hoist_result result = hoist_tree_map(&tree, &extent, access, 0);

    after_map();
    return result;
}

void map(uint32_t va, uint64_t pa, uint32_t size_bytes, uint8_t rights)
{
    check_quietly("mapping", map_as(va, pa, size_bytes, hoist_access_of(rights, HOIST_WRITE_BACK)),
                  HOIST_OK);
}

static void map_part(struct hoist_tree *of, char *first, char *end, uint8_t rights)
{
    const struct hoist_extent extent = {
        {(uint32_t)first}, {(uint32_t)first}, (uint32_t)(end - first)};

    check_quietly("the program",
                  hoist_tree_map(of, &extent, hoist_access_of(rights, HOIST_WRITE_BACK), 0),
                  HOIST_OK);
}

static bool has_no_execute(const struct hoist_tree *of)
{
    return is_pae() && !of->cpu.has_no_no_execute;
}

void map_itself(struct hoist_tree *of)
{
    map_part(of, image_text, image_user, HOIST_READ | HOIST_EXECUTE);
    map_part(of, image_user, image_data, HOIST_READ | HOIST_EXECUTE | HOIST_USER);
    map_part(of, image_data, image_end,
             HOIST_READ | HOIST_WRITE | (has_no_execute(of) ? 0 : HOIST_EXECUTE));
}

void begin(const struct hoist_tree_cpu *cpu)
{
    arena_begin();
    check_quietly("a tree", hoist_tree_init(&tree, &HOIST_TREE_FORMAT, cpu, &machine_hooks, NULL),
                  HOIST_OK);
    map_itself(&tree);
    paging_on((uint32_t)tree.root.value,
              CR4_PGE | (is_pae() ? CR4_PAE : 0) | (cpu->large_levels == 2 ? 0 : CR4_PSE),
              has_no_execute(&tree));
}

void fill_frames(void)
{
    for (uint32_t pa = FRAMES; pa < FRAMES + FRAMES_BYTES; pa += PAGE_BYTES) {
        *(volatile uint32_t *)pa = mark_of(pa);
        *(volatile uint32_t *)(pa + PLACE_CODE) = INT_80;
        *(volatile uint32_t *)(pa + PLACE_LAST) = ~mark_of(pa);
    }
}

uint32_t load(uint32_t va)
{
    const struct ending ending = try_access(KERNEL, READS, va, 0);

    check_quietly("a load is allowed", ending.vector, CAME_THROUGH);
    return ending.value;
}

void check_frame(const char *what, uint32_t va, uint64_t pa)
{
    struct hoist_tree_entry entry = {0};

    check_quietly(what, load(va), mark_of(pa));
    check_quietly(what, load(va + PLACE_LAST), ~mark_of(pa));
    check_quietly("looking up", hoist_tree_look_up(&tree, hoist_va_of(va), &entry), HOIST_OK);
    check_quietly("what the library finds there", entry.target.value, pa);
}

void check_through(const char *what, enum who who, enum deed deed, uint32_t va)
{
    check_quietly(what, try_access(who, deed, va, 0).vector, CAME_THROUGH);
}

void check_fault(const char *what, enum who who, enum deed deed, uint32_t va, uint32_t error)
{
    const struct ending ending = try_access(who, deed, va, 0);

    check_equal(what, ending.vector, PAGE_FAULT);
    check_quietly("the error code", ending.error, error);
    check_quietly("the address that faulted", ending.address, va);
}

/* By hand, from CR3 on: what stands in memory is what counts. */
uint64_t raw(uint32_t va, unsigned level)
{
    const uint32_t entry_bytes = is_pae() ? 8 : 4;
    const uint32_t index_bits = is_pae() ? 9 : 10;
    uint32_t table = (uint32_t)tree.root.value;
    uint64_t value = 0;

    for (unsigned at = is_pae() ? 3 : 2; at >= level; at--) {
        const uint32_t index = va >> (12 + index_bits * (at - 1)) & ((1u << index_bits) - 1);
        const volatile uint32_t *words = (const volatile uint32_t *)(table + index * entry_bytes);

        value = words[0] | (is_pae() ? (uint64_t)words[1] << 32 : 0);
        table = (uint32_t)value & ~(PAGE_BYTES - 1);
    }
    return value;
}
