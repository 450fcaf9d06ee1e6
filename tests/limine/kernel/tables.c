/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the page tables in CR3, level by level, and keeps what they map as runs (SDM volume 3A, 4.5). */
#include "kernel.h"

#define ENTRY_PRESENT  UINT64_C(1)
#define ENTRY_WRITE    UINT64_C(2)
#define ENTRY_USER     UINT64_C(4)
#define ENTRY_PWT      UINT64_C(8)
#define ENTRY_PCD      UINT64_C(0x10)
#define ENTRY_LARGE    UINT64_C(0x80)
#define ENTRY_PAT_4K   UINT64_C(0x80)
#define ENTRY_PAT      UINT64_C(0x1000)
#define ENTRY_NX       (UINT64_C(1) << 63)
#define ENTRY_ADDRESS  UINT64_C(0x000ffffffffff000)
#define TABLE_ENTRIES  512u
#define CR4_LA57       UINT64_C(0x1000)
#define LEVELS_LIMIT   5
#define LARGE_BYTES    (UINT64_C(2) << 20)
#define WINDOW_ENTRIES 2u /* any 2 MiB from any address lie in two large pages */

struct run runs[RUNS_LIMIT];
unsigned run_count;

static bool is_too_much;
static unsigned levels;
static uint64_t root_pa;

static uint64_t *table_at(uint64_t pa)
{
    return (uint64_t *)(memory.offset + pa);
}

static void keep(const struct run *leaf)
{
    struct run *last = run_count > 0 ? &runs[run_count - 1] : NULL;

    if (last != NULL && last->va + last->size_bytes == leaf->va &&
        last->pa + last->size_bytes == leaf->pa && last->rights == leaf->rights &&
        last->pat == leaf->pat) {
        last->size_bytes += leaf->size_bytes;
    } else if (run_count < RUNS_LIMIT) {
        runs[run_count++] = *leaf;
    } else {
        is_too_much = true;
    }
}

static void keep_leaf(uint64_t entry, uint64_t va, unsigned shift, unsigned rights)
{
    uint64_t size = UINT64_C(1) << shift;
    uint64_t pat = shift == 12 ? ENTRY_PAT_4K : ENTRY_PAT;
    struct run leaf = {va, size, entry & ENTRY_ADDRESS & -size, rights, 0};

    leaf.pat = ((entry & ENTRY_PWT) != 0 ? 1u : 0) | ((entry & ENTRY_PCD) != 0 ? 2u : 0) |
               ((entry & pat) != 0 ? 4u : 0);
    keep(&leaf);
}

static unsigned rights_of(uint64_t entry, unsigned rights)
{
    rights &= (entry & ENTRY_WRITE) != 0 ? ~0u : ~RIGHT_WRITE;
    rights &= (entry & ENTRY_NX) == 0 ? ~0u : ~RIGHT_EXECUTE;
    return rights & ((entry & ENTRY_USER) != 0 ? ~0u : ~RIGHT_USER);
}

/* The tables of one path down, with the place in each. */
static void read_all(void)
{
    const uint64_t *table[LEVELS_LIMIT];
    unsigned rights[LEVELS_LIMIT + 1] = {RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_USER};
    unsigned number[LEVELS_LIMIT] = {0};
    unsigned depth = 0;

    table[0] = table_at(root_pa);
    for (;;) {
        unsigned shift = 12 + 9 * (levels - 1 - depth);
        uint64_t va = 0;
        uint64_t entry;

        if (number[depth] == TABLE_ENTRIES) {
            if (depth == 0) {
                return;
            }
            number[--depth]++;
            continue;
        }
        entry = table[depth][number[depth]];
        for (unsigned i = 0; i <= depth; i++) {
            va = va << 9 | number[i];
        }
        /* Addresses are extended by their highest bit. */
        va <<= shift + 64 - 12 - 9 * levels;
        va = (uint64_t)((int64_t)va >> (64 - 12 - 9 * levels));
        rights[depth + 1] = rights_of(entry, rights[depth]);
        if ((entry & ENTRY_PRESENT) == 0) {
            number[depth]++;
        } else if (shift == 12 || (depth > 0 && (entry & ENTRY_LARGE) != 0 && shift <= 30)) {
            keep_leaf(entry, va, shift, rights[depth + 1]);
            number[depth]++;
        } else {
            hold("table", lies_in(entry & ENTRY_ADDRESS, PAGE_BYTES, TYPE(BOOTLOADER_RECLAIMABLE)),
                 entry);
            table[++depth] = table_at(entry & ENTRY_ADDRESS);
            number[depth] = 0;
        }
    }
}

bool tables_read(void)
{
    uint64_t cr3;
    uint64_t cr4;

    __asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    root_pa = cr3 & ENTRY_ADDRESS;
    levels = (cr4 & CR4_LA57) != 0 ? 5 : 4;
    hold("root", lies_in(root_pa, PAGE_BYTES, TYPE(BOOTLOADER_RECLAIMABLE)), root_pa);
    read_all();
    print("tables:");
    print_value("levels", levels);
    print_value("runs", run_count);
    print("\n");
    conclude("the page tables lie in reclaimable memory");
    return check("the page tables can be read whole", !is_too_much);
}

const struct run *run_at(uint64_t va)
{
    for (unsigned i = 0; i < run_count; i++) {
        if (va - runs[i].va < runs[i].size_bytes) {
            return &runs[i];
        }
    }
    return NULL;
}

bool is_mapped(const struct run *expected)
{
    uint64_t end = expected->va + expected->size_bytes;

    for (uint64_t va = expected->va; va != end;) {
        const struct run *one = run_at(va);

        if (one == NULL || one->pa + (va - one->va) != expected->pa + (va - expected->va) ||
            one->rights != expected->rights || one->pat != expected->pat) {
            return false;
        }
        va = end - va <= one->va + one->size_bytes - va ? end : one->va + one->size_bytes;
    }
    return true;
}

/* The kernel's own tables for the window, linked into a free place of the root. */
static uint64_t window_tables[3][TABLE_ENTRIES] __attribute__((aligned(4096)));
static uint64_t window_va;

static uint64_t physical(const void *object)
{
    return image_physical + ((uint64_t)object - (uint64_t)image_start);
}

static void open_window(void)
{
    uint64_t *root = table_at(root_pa);
    unsigned place = TABLE_ENTRIES - 2;

    while ((root[place] & ENTRY_PRESENT) != 0) {
        place--;
    }
    for (unsigned i = 0; i < levels - 2; i++) {
        uint64_t *entry = i == 0 ? &root[place] : &window_tables[i - 1][0];

        *entry = physical(window_tables[i]) | ENTRY_PRESENT | ENTRY_WRITE;
    }
    window_va = (uint64_t)place << (12 + 9 * (levels - 1));
    window_va |= levels == 4 ? UINT64_C(0xffff) << 48 : UINT64_C(0xfe) << 56;
}

volatile void *reach(uint64_t pa, bool is_uncached)
{
    static unsigned used;
    uint64_t *leaves;
    uint64_t va;

    if (window_va == 0) {
        open_window();
    }
    leaves = window_tables[levels - 3];
    va = window_va + used * LARGE_BYTES;
    for (unsigned i = 0; i < WINDOW_ENTRIES; i++) {
        leaves[used + i] = ((pa & -LARGE_BYTES) + i * LARGE_BYTES) | ENTRY_PRESENT | ENTRY_WRITE |
                           ENTRY_LARGE | ENTRY_NX | (is_uncached ? ENTRY_PWT | ENTRY_PCD : 0);
        __asm__ volatile("invlpg (%0)" : : "r"(va + i * LARGE_BYTES) : "memory");
    }
    used = (used + WINDOW_ENTRIES) % TABLE_ENTRIES;
    return (volatile void *)(va + pa % LARGE_BYTES);
}
