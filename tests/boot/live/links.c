/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links that grant less than the leaf below them, as in tables made by somebody else: what the CPU
 * does then is what the library calls effective, and mapping something that needs more widens them.
 */
#include "rights.h"

#include "expect.h"
#include "frames.h"
#include "paging/cpu.h"
#include "paging/edit.h"
#include "paging/query.h"

#define LINKS_VA (LIVE_RIGHTS_VA + HOIST_SIZE_1G)

/* The link of a table of this level on the way to the page, in memory. */
static volatile uint64_t *links_entry(unsigned level)
{
    struct hoist_entry above = {0};
    const uint64_t shift = 12 + 9 * (level - 1);

    expect_ok("a link can be looked at",
              hoist_entry_at(&live.space, hoist_va_of(LINKS_VA), level + 1, &above));
    return frames_word((above.value & HOIST_CR3_ADDRESS) + (LINKS_VA >> shift & 0x1ff) * 8);
}

/* Takes rights away, by two links of two levels. */
static void links_narrow(unsigned missing)
{
    volatile uint64_t *pd_entry = links_entry(HOIST_LEVEL_PD);
    volatile uint64_t *pdpt_entry = links_entry(HOIST_LEVEL_PDPT);

    *pd_entry &= (missing & RIGHTS_WRITE) != 0 ? ~UINT64_C(2) : UINT64_MAX;
    *pd_entry |= (missing & RIGHTS_EXECUTE) != 0 ? UINT64_C(1) << 63 : 0;
    *pdpt_entry &= (missing & RIGHTS_USER) != 0 ? ~UINT64_C(4) : UINT64_MAX;
    hoist_write_cr3(hoist_read_cr3());
}

static unsigned links_combination(struct hoist_access access)
{
    return ((access.rights & HOIST_WRITE) != 0 ? RIGHTS_WRITE : 0) |
           ((access.rights & HOIST_EXECUTE) != 0 ? RIGHTS_EXECUTE : 0) |
           ((access.rights & HOIST_USER) != 0 ? RIGHTS_USER : 0);
}

static enum hoist_result links_see(void *context, const struct hoist_leaf *leaf)
{
    struct hoist_leaf *seen = context;

    *seen = *leaf;
    return HOIST_OK;
}

static void links_try(unsigned missing)
{
    const unsigned left = RIGHTS_ALL & ~missing;
    const struct hoist_range page = live_range(LINKS_VA, LIVE_PAGE_BYTES);
    const struct hoist_va va = page.va;
    const struct hoist_access all = rights_of(RIGHTS_ALL);
    struct hoist_translation found = {0};
    struct hoist_leaf seen = {0};
    const struct hoist_visitor visitor = {.leaf = links_see, .context = &seen};

    links_narrow(missing);
    expect(hoist_query(&live.space, va, &found) == HOIST_OK &&
               hoist_visit(&live.space, va, va, &visitor) == HOIST_OK &&
               links_combination(found.leaf) == RIGHTS_ALL &&
               links_combination(seen.leaf) == RIGHTS_ALL &&
               links_combination(found.effective) == left &&
               links_combination(seen.effective) == left,
           "of all rights, %x are effective after links that take %x away", (uint32_t)left,
           (uint32_t)missing);
    expect_equal("every access ends as these rights say", 0, rights_count_wrong(LINKS_VA, left));

    live.space.keep_links = true;
    expect_result("where links must stay, all rights are refused",
                  missing == 0 ? HOIST_OK : HOIST_NARROW_LINK,
                  hoist_protect(&live.space, &page, all));
    live.space.keep_links = false;
    expect_ok("where they need not, they are granted", hoist_protect(&live.space, &page, all));
    expect_equal("and every access is fine", 0, rights_count_wrong(LINKS_VA, RIGHTS_ALL));
}

void links_run(void)
{
    const struct hoist_extent page = live_extent(
        LINKS_VA, frames_block(0) + RIGHTS_COMBINATIONS * LIVE_PAGE_BYTES, LIVE_PAGE_BYTES);
    const struct hoist_range range = live_range(LINKS_VA, LIVE_PAGE_BYTES);

    rights_fill(page.pa.value);
    expect_ok("a page with all rights is mapped",
              hoist_map(&live.space, &page, rights_of(RIGHTS_ALL), HOIST_LEAF_4K));
    for (unsigned missing = 0; missing < RIGHTS_COMBINATIONS; missing++) {
        if (live.cpu.has_nx || (missing & RIGHTS_EXECUTE) == 0) {
            links_try(missing);
        }
    }
    expect_ok("it is unmapped", hoist_unmap(&live.space, &range, HOIST_DROP_TABLES));
    expect_ok("its tables are freed", hoist_collapse(&live.space, &range));
}
