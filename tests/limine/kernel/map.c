/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map that the loader hands over, and the memory that it says is there. */
#include "kernel.h"

#define EFI_TYPE_RUNTIME_CODE 5u

struct memory memory;

bool memory_open(void)
{
    const struct number_response *hhdm = response_to(HHDM);
    const struct list_response *map = response_to(MEMMAP);

    if (!check("there is a direct map and a memory map", hhdm != NULL && map != NULL)) {
        return false;
    }
    memory.offset = hhdm->number;
    memory.count = map->count;
    memory.entries = (const struct memmap_entry *const *)map->list;
    return true;
}

bool lies_in(uint64_t pa, uint64_t size_bytes, unsigned types)
{
    uint64_t end = pa + size_bytes;

    for (bool goes_on = true; pa < end && goes_on;) {
        goes_on = false;
        for (uint64_t i = 0; i < memory.count; i++) {
            const struct memmap_entry *one = memory.entries[i];
            uint64_t first = one->base & -PAGE_BYTES;
            uint64_t behind = (one->base + one->length + PAGE_BYTES - 1) & -PAGE_BYTES;

            if (one->type < MEMORY_TYPE_COUNT && (types & TYPE(one->type)) != 0 && first <= pa &&
                pa < behind) {
                pa = behind;
                goes_on = true;
            }
        }
    }
    return pa >= end;
}

bool is_handed_over(uint64_t va, uint64_t size_bytes)
{
    uint64_t pa = va - memory.offset;

    return va >= memory.offset && size_bytes > 0 && pa + size_bytes >= pa &&
           lies_in(pa, size_bytes, TYPE(BOOTLOADER_RECLAIMABLE));
}

static bool is_exclusive(uint64_t type)
{
    return type == USABLE || type == BOOTLOADER_RECLAIMABLE;
}

static void check_overlaps(void)
{
    for (uint64_t i = 0; i < memory.count; i++) {
        const struct memmap_entry *one = memory.entries[i];

        for (uint64_t j = 0; is_exclusive(one->type) && j < memory.count; j++) {
            const struct memmap_entry *other = memory.entries[j];

            hold("entry",
                 i == j || one->base + one->length <= other->base ||
                     other->base + other->length <= one->base,
                 one->base);
        }
    }
    conclude("usable and reclaimable entries overlap nothing");
}

void check_memory_map(void)
{
    unsigned highest = base_revision >= 4 ? RESERVED_MAPPED : FRAMEBUFFER_MEMORY;
    uint64_t usable = 0;
    uint64_t before = 0;

    check("the direct map is in the upper half and aligned",
          memory.offset >> 47 == 0x1ffff ||
              (memory.offset >> 56 == 0xff && number_word("levels", 4) == 5));
    check_equal("the direct map's offset is at a whole page", memory.offset % PAGE_BYTES, 0);
    check("the memory map lies in reclaimable memory",
          is_handed_over((uint64_t)response_to(MEMMAP), sizeof(struct list_response)) &&
              is_handed_over((uint64_t)memory.entries, memory.count * sizeof(uint64_t)));
    for (uint64_t i = 0; i < memory.count; i++) {
        const struct memmap_entry *one = memory.entries[i];

        hold("not in reclaimable memory",
             is_handed_over((uint64_t)one, sizeof(struct memmap_entry)), (uint64_t)one);
        hold("out of order", one->base >= before, one->base);
        hold("unknown type", one->type <= highest, one->type);
        hold("empty", one->length > 0, one->base);
        hold("not aligned", !is_exclusive(one->type) || (one->base | one->length) % PAGE_BYTES == 0,
             one->base);
        usable += one->type == USABLE ? one->length : 0;
        before = one->base;
    }
    conclude("the memory map's entries are sorted, aligned, of known types");
    check_overlaps();
    if (base_revision <= 2) {
        check("the first page is not usable", !lies_in(0, 1, TYPE(USABLE)));
    }
    print("memory:");
    print_value("entries", memory.count);
    print_value("usable", usable);
    print_value("offset", memory.offset);
    print("\n");
    check("most of the memory is usable", usable >= number_word("usable", 64) << 20);
}

static void touch(uint64_t pa)
{
    volatile uint64_t *at = (volatile uint64_t *)(memory.offset + pa);
    uint64_t before = *at;

    *at = ~pa;
    hold("word", *at == ~pa, pa);
    *at = before;
    hold("word", *at == before, pa);
}

/* The first and the last word of each usable entry, and one in each of its gigabytes. */
void touch_memory(void)
{
    for (uint64_t i = 0; i < memory.count; i++) {
        uint64_t first = memory.entries[i]->base;
        uint64_t behind = first + memory.entries[i]->length;

        if (memory.entries[i]->type == USABLE) {
            touch(first);
            touch(behind - 8);
            for (uint64_t pa = (first | (GIB - 1)) + 1; pa < behind; pa += GIB) {
                touch(pa);
            }
        }
    }
    conclude("usable memory can be written in every gigabyte and keeps what is written");
}

/* Whatever the loader has left in memory that it calls usable is gone after this. */
void fill_usable(void)
{
    for (uint64_t i = 0; i < memory.count; i++) {
        uint64_t at = memory.offset + memory.entries[i]->base;
        uint64_t count = memory.entries[i]->length / 8;

        if (memory.entries[i]->type == USABLE) {
            __asm__ volatile("rep stosq"
                             : "+D"(at), "+c"(count)
                             : "a"(UINT64_C(0xfafafafafafafafa))
                             : "memory");
        }
    }
    check("all usable memory is overwritten", true);
}
