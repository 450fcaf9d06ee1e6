/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that takes over from the loader: descriptor tables, stack, frame allocator and page
 * tables of its own; then it unmaps what the loader left, gives that memory another use, and shows
 * that nothing of it was still needed.
 */
#include "console.h"
#include "cpu.h" /* of paging/: CR3 and the flusher */
#include "frames.h"
#include "hoist.h"
#include "hoist_paging.h"
#include "traps.h"

#define RANGES_MAX 512
#define USER_VA    UINT64_C(0x400000)
#define PAGE_BYTES UINT64_C(4096)
#define CPUID_NX   (UINT32_C(1) << 20)
#define CPUID_1G   (UINT32_C(1) << 26)

/* The hand-off lies in the loader's memory, so what is needed of it is copied. */
static struct hoist_memory_range memory[RANGES_MAX];
static struct hoist_mapped_range mappings[RANGES_MAX];
static uint64_t memory_count, mapping_count;

static bool allocate(void *context, struct hoist_frame_4k *frame)
{
    (void)context;
    return frames_allocate(&frame->pa);
}

static void give_back(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    frames_free(frame.pa);
}

static void *reach(void *context, struct hoist_frame_4k frame)
{
    (void)context;
    return frames_at(frame.pa);
}

static const struct hoist_hooks hooks = {.allocate_table = allocate,
                                         .free_table = give_back,
                                         .table_at = reach,
                                         .flush = hoist_flush_this_cpu,
                                         .is_root_in_use = hoist_is_root_of_this_cpu};

bool page_fault(uint64_t va, uint64_t error_code)
{
    (void)va;
    (void)error_code;
    return false; /* nothing is mapped on demand here */
}

static uint32_t cpuid(uint32_t leaf, uint32_t *edx)
{
    uint32_t eax = leaf, ebx, ecx = 0;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(*edx));
    return eax;
}

static struct hoist_cpu this_cpu(const struct hoist_handoff *handoff)
{
    uint32_t edx;
    struct hoist_cpu cpu = {.levels = (uint8_t)handoff->paging_levels, .accept_missing_nx = true};

    cpu.physical_bits = (uint8_t)cpuid(0x80000008, &edx);
    (void)cpuid(0x80000001, &edx);
    cpu.has_nx = (edx & CPUID_NX) != 0;
    cpu.has_1g_pages = (edx & CPUID_1G) != 0;
    return cpu;
}

static bool starts_with(const char *text, const char *start)
{
    while (*start != '\0' && *text == *start) {
        text++;
        start++;
    }
    return *start == '\0';
}

/* Whether the kernel goes on using what the loader mapped there. */
static bool is_kept(const struct hoist_mapped_range *mapping)
{
    return starts_with(mapping->name, "kernel") || starts_with(mapping->name, "direct map") ||
           starts_with(mapping->name, "framebuffer");
}

static struct hoist_access access_of(const struct hoist_mapped_range *mapping)
{
    uint8_t rights = HOIST_READ;
    uint8_t cache = HOIST_WRITE_BACK;

    rights |= (mapping->rights & HOIST_MAPPING_WRITE) != 0 ? HOIST_WRITE : 0;
    rights |= (mapping->rights & HOIST_MAPPING_EXECUTE) != 0 ? HOIST_EXECUTE : 0;
    if (mapping->cache != HOIST_MAPPING_WRITE_BACK) {
        cache = mapping->cache == HOIST_MAPPING_WRITE_COMBINING ? HOIST_WRITE_COMBINING
                                                                : HOIST_UNCACHED;
    }
    return hoist_access_of(rights, cache);
}

static void copy_lists(const struct hoist_handoff *handoff)
{
    memory_count = handoff->memory_map_count;
    mapping_count = handoff->mapping_count;
    expect(memory_count <= RANGES_MAX && mapping_count <= RANGES_MAX, "the lists can be copied");
    for (uint64_t i = 0; i < memory_count; i++) {
        memory[i] = handoff->memory_map[i];
    }
    for (uint64_t i = 0; i < mapping_count; i++) {
        mappings[i] = handoff->mappings[i];
    }
}

/* All of the upper half as the loader has it, in tables of our own. The lower half stays empty. */
static bool map_upper_half(struct hoist_space *space)
{
    for (uint64_t i = 0; i < mapping_count; i++) {
        const struct hoist_mapped_range *mapping = &mappings[i];
        const struct hoist_extent extent = {
            {mapping->virtual_base}, {mapping->physical_base}, mapping->size_bytes};

        if (mapping->virtual_base >> 63 != 0 &&
            hoist_map(space, &extent, access_of(mapping), HOIST_LEAF_2M) != HOIST_OK) {
            return false;
        }
    }
    return true;
}

static bool unmap_leftovers(struct hoist_space *space)
{
    for (uint64_t i = 0; i < mapping_count; i++) {
        const struct hoist_range range = {{mappings[i].virtual_base}, mappings[i].size_bytes};

        if (mappings[i].virtual_base >> 63 != 0 && !is_kept(&mappings[i]) &&
            hoist_unmap(space, &range, HOIST_DROP_TABLES) != HOIST_OK) {
            return false;
        }
    }
    return true;
}

static bool leftovers_fault(void)
{
    bool all = true;

    for (uint64_t i = 0; i < mapping_count; i++) {
        all = all && (is_kept(&mappings[i]) || !probe(mappings[i].virtual_base));
    }
    return all;
}

/* The loader's memory: writable in the direct map again, overwritten, and free. */
static bool reclaim(struct hoist_space *space, uint64_t direct_map_offset)
{
    for (uint64_t i = 0; i < memory_count; i++) {
        const struct hoist_range range = {{direct_map_offset + memory[i].physical_base},
                                          memory[i].size_bytes};
        uint64_t *words = frames_at(memory[i].physical_base);

        if (memory[i].type != HOIST_MEMORY_LOADER) {
            continue;
        }
        if (hoist_protect(space, &range, hoist_kernel_data()) != HOIST_OK) {
            return false;
        }
        for (uint64_t n = 0; n < memory[i].size_bytes / sizeof(*words); n++) {
            words[n] = UINT64_C(0xdeadbeefdeadbeef);
        }
        frames_add(memory[i].physical_base, memory[i].size_bytes);
    }
    return true;
}

static void use_the_lower_half(struct hoist_space *space)
{
    struct hoist_extent extent = {{USER_VA}, {0}, PAGE_BYTES};

    expect(!probe(USER_VA), "the new space's lower half is empty");
    expect(frames_allocate(&extent.pa.value) &&
               hoist_map(space, &extent, hoist_kernel_data(), HOIST_LEAF_4K) == HOIST_OK,
           "a page of the loader's former memory is mapped there");
    *(volatile uint64_t *)USER_VA = 42;
    expect(*(volatile uint64_t *)frames_at(extent.pa.value) == 42, "and is that memory");
}

_Noreturn void kernel_main(const struct hoist_handoff *handoff)
{
    struct hoist_space kernel, process;
    const uint64_t direct_map_offset = handoff->direct_map_offset;
    const struct hoist_cpu cpu = this_cpu(handoff);
    uint64_t before, reclaimed = 0;

    expect(handoff->magic == HOIST_MAGIC && handoff->version >= 2, "the hand-off is known");
    traps_load();
    copy_lists(handoff);
    frames_start(direct_map_offset);
    for (uint64_t i = 0; i < memory_count; i++) {
        if (memory[i].type == HOIST_MEMORY_USABLE) {
            frames_add(memory[i].physical_base, memory[i].size_bytes);
        }
        reclaimed += memory[i].type == HOIST_MEMORY_LOADER ? memory[i].size_bytes : 0;
    }
    expect(hoist_space_init(&kernel, &cpu, &hooks, NULL) == HOIST_OK && map_upper_half(&kernel) &&
               hoist_space_init_sharing(&process, &kernel) == HOIST_OK &&
               hoist_activate(&process) == HOIST_OK,
           "a new space with the kernel half shared is in CR3");
    expect(unmap_leftovers(&kernel) && leftovers_fault(), "what the loader left is unmapped");
    before = frames_count();
    expect(reclaim(&kernel, direct_map_offset), "the loader's memory is overwritten");
    expect(frames_count() == before + reclaimed / PAGE_BYTES, "and free");
    use_the_lower_half(&process);
    print("takeover: ");
    print_number(reclaimed >> 10);
    print(" KiB of the loader's reclaimed\n");
    finish(true);
}
