/* SPDX-License-Identifier: BSD-2-Clause */
/* The book, and the stops. tests/boot/support/live.py reads what is laid out here. */
#include "book.h"

#include <stddef.h>

#include "expect.h"
#include "kernel-stub/cpu.h"
#include "kernel-stub/print.h"
#include "live.h"
#include "paging/visit.h"

#define BOOK_ENTRIES 192u
#define BOOK_LEAVES  12288u

#define BOOK_SERIAL_DATA   0x3f8
#define BOOK_SERIAL_STATUS 0x3fd
#define BOOK_SERIAL_READY  0x01

struct book_entry {
    uint64_t va;
    uint64_t pa;
    uint64_t size_bytes;
    uint64_t largest_bytes;
    uint64_t access; /* rights, cache << 8, software << 16 */
};

struct book_leaf {
    uint64_t va;
    uint64_t pa;
    uint64_t entry;
    uint64_t meaning; /* level, leaf rights << 8, cache << 16, effective rights << 24 */
};

_Static_assert(sizeof(struct book_entry) == 40, "live.py relies on it");
_Static_assert(sizeof(struct book_leaf) == 32, "live.py relies on it");

static struct book_entry entries[BOOK_ENTRIES];
static unsigned entry_count;
static unsigned kept_count;

static struct book_leaf leaves[BOOK_LEAVES];
static uint64_t leaf_count;
static uint64_t table_count;

void book_begin(void)
{
    entry_count = kept_count;
}

void book_keep(void)
{
    kept_count = entry_count;
}

static void book_write(struct book_entry *entry, const struct hoist_extent *extent,
                       struct hoist_access access, enum hoist_leaf_size largest)
{
    *entry = (struct book_entry){
        .va = extent->va.value,
        .pa = extent->pa.value,
        .size_bytes = extent->size_bytes,
        .largest_bytes = hoist_leaf_bytes(largest),
        .access = access.rights | (uint64_t)access.cache << 8 | (uint64_t)access.software << 16,
    };
}

void book_add(const struct hoist_extent *extent, struct hoist_access access,
              enum hoist_leaf_size largest)
{
    if (entry_count == BOOK_ENTRIES) {
        expect(false, "the book has room");
        return;
    }
    book_write(&entries[entry_count++], extent, access, largest);
}

/* NULL, and a failed check: it is not in the book. */
static struct book_entry *book_find(const struct hoist_extent *extent)
{
    for (unsigned i = 0; i < entry_count; i++) {
        if (entries[i].va == extent->va.value && entries[i].size_bytes == extent->size_bytes) {
            return &entries[i];
        }
    }
    expect(false, "%lx is in the book", extent->va.value);
    return NULL;
}

void book_change(const struct hoist_extent *extent, struct hoist_access access,
                 enum hoist_leaf_size largest)
{
    struct book_entry *entry = book_find(extent);

    if (entry != NULL) {
        book_write(entry, extent, access, largest);
    }
}

void book_remove(const struct hoist_extent *extent)
{
    struct book_entry *entry = book_find(extent);

    if (entry == NULL) {
        return;
    }
    if (entry < entries + kept_count) {
        kept_count--;
    }
    for (entry_count--; entry < entries + entry_count; entry++) {
        *entry = entry[1];
    }
}

static enum hoist_result book_see_leaf(void *context, const struct hoist_leaf *leaf)
{
    (void)context;
    if (leaf_count == BOOK_LEAVES) {
        return HOIST_STOPPED;
    }
    leaves[leaf_count++] = (struct book_leaf){
        .va = leaf->va.value,
        .pa = leaf->pa.value,
        .entry = leaf->entry,
        .meaning = (uint64_t)leaf->size | (uint64_t)leaf->leaf.rights << 8 |
                   (uint64_t)leaf->leaf.cache << 16 | (uint64_t)leaf->effective.rights << 24,
    };
    return HOIST_OK;
}

static enum hoist_result book_see_table(void *context, struct hoist_frame_4k frame, unsigned level)
{
    (void)context;
    (void)frame;
    (void)level;
    table_count++;
    return HOIST_OK;
}

static void book_wait(void)
{
    while ((cpu_port_read(BOOK_SERIAL_STATUS) & BOOK_SERIAL_READY) == 0) {
        cpu_pause();
    }
    (void)cpu_port_read(BOOK_SERIAL_DATA);
}

void book_stop(const char *name, const struct hoist_space *space)
{
    static const struct hoist_visitor visitor = {.leaf = book_see_leaf, .table = book_see_table};
    struct hoist_frame_4k root = {0};

    leaf_count = 0;
    table_count = 0;
    expect_ok("all that is mapped can be visited",
              hoist_visit(space, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor));
    expect_ok("the space has a root table", hoist_space_root(space, &root));
    print("live: stop %s: root %lx, %u levels, %lu tables, book %lx %u, leaves %lx %lu\n", name,
          root.pa, (uint32_t)space->cpu.levels, table_count, live_image_pa(entries), entry_count,
          live_image_pa(leaves), leaf_count);
    print("live: ready %s\n", name);
    book_wait();
}
