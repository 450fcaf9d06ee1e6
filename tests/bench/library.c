/* SPDX-License-Identifier: BSD-2-Clause */
/* The work, done by the library. Frames come from an arena; a physical address is a pointer. */
#include "workload.h"

/* What a visit has seen. */
struct seen {
    uint64_t leaf_count;
    uint64_t run_count;
};

static bool take(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    if (frames_used == ARENA_FRAMES) {
        return false;
    }
    frame->pa = (uintptr_t)(arena + frames_used * HOIST_SIZE_4K);
    frames_used++;
    return true;
}

static void give_back(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    (void)frame;
}

static const struct hoist_hooks hooks = {.allocate_table = take, .free_table = give_back};
static const struct hoist_cpu cpu = {
    .levels = 4, .physical_bits = 48, .has_1g_pages = true, .has_nx = true};

void library_map_all(const struct workload *workload)
{
    frames_used = 0;
    if (hoist_space_init(&space, &cpu, &hooks, NULL) != HOIST_OK) {
        fail("no space");
    }
    for (size_t i = 0; i < region_count; i++) {
        if (hoist_map(&space, &regions[i], hoist_kernel_data(), workload->largest) != HOIST_OK) {
            fail("hoist_map");
        }
    }
}

void library_map_all_empty(const struct workload *workload)
{
    frames_used = 0;
    if (hoist_space_init(&space, &cpu, &hooks, NULL) != HOIST_OK) {
        fail("no space");
    }
    for (size_t i = 0; i < region_count; i++) {
        if (hoist_map_empty(&space, &regions[i], hoist_kernel_data(), workload->largest) !=
            HOIST_OK) {
            fail("hoist_map_empty");
        }
    }
}

void library_translate_all(const struct workload *workload)
{
    struct hoist_pa found;
    uint64_t sum = 0;

    (void)workload;
    for (size_t i = 0; i < LOOK_UPS; i++) {
        if (hoist_translate(&space, hoist_va_of(addresses[i]), &found) != HOIST_OK) {
            fail("hoist_translate");
        }
        sum += found.value;
    }
    sink = sum;
}

void library_query_all(const struct workload *workload)
{
    struct hoist_translation found;
    uint64_t sum = 0;

    (void)workload;
    for (size_t i = 0; i < LOOK_UPS; i++) {
        if (hoist_query(&space, hoist_va_of(addresses[i]), &found) != HOIST_OK) {
            fail("hoist_query");
        }
        sum += found.pa.value;
    }
    sink = sum;
}

static void unmap_all(enum hoist_tables tables)
{
    for (size_t i = 0; i < region_count; i++) {
        const struct hoist_range range = {regions[i].va, regions[i].size_bytes};

        if (hoist_unmap(&space, &range, tables) != HOIST_OK) {
            fail("hoist_unmap");
        }
    }
}

void library_clear_all(const struct workload *workload)
{
    (void)workload;
    unmap_all(HOIST_KEEP_TABLES);
}

void library_drop_all(const struct workload *workload)
{
    (void)workload;
    unmap_all(HOIST_DROP_TABLES);
}

/* Every second page of what is mapped, read-only. */
void library_protect_all(const struct workload *workload)
{
    (void)workload;
    for (uint64_t i = 0; i < PROTECTS; i++) {
        const struct hoist_page_4k page = {regions[0].va.value + i * 2 * HOIST_SIZE_4K};

        if (hoist_protect_4k(&space, page, hoist_kernel_rodata()) != HOIST_OK) {
            fail("hoist_protect_4k");
        }
    }
}

void library_protect_all_by_cursor(const struct workload *workload)
{
    struct hoist_cursor cursor = hoist_cursor_of(&space);

    (void)workload;
    for (uint64_t i = 0; i < PROTECTS; i++) {
        const struct hoist_page_4k page = {regions[0].va.value + i * 2 * HOIST_SIZE_4K};

        if (hoist_cursor_protect(&cursor, page, hoist_kernel_rodata()) != HOIST_OK) {
            fail("hoist_cursor_protect");
        }
    }
}

static enum hoist_result see_run(void *context, const struct hoist_run *run)
{
    struct seen *seen = context;

    seen->run_count++;
    seen->leaf_count += run->leaf_count[HOIST_LEAF_4K] + run->leaf_count[HOIST_LEAF_2M] +
                        run->leaf_count[HOIST_LEAF_1G];
    return HOIST_OK;
}

void library_visit_all(const struct workload *workload)
{
    struct seen seen = {0};
    const struct hoist_visitor visitor = {.run = see_run, .context = &seen};

    if (hoist_visit(&space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor) != HOIST_OK) {
        fail("hoist_visit");
    }
    if (seen.leaf_count != workload->part_count || seen.run_count != region_count) {
        fail("hoist_visit saw other leaves than were mapped");
    }
}
