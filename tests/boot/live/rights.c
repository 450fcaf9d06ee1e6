/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The eight combinations of rights that have reading in them, by real accesses of ring 0 and ring
 * 3, with SMEP and SMAP off and on: which go through, and the error codes of those that do not
 * (SDM volume 3, sections 4.6 and 4.7).
 */
#include "rights.h"

#include "book.h"
#include "expect.h"
#include "frames.h"
#include "kernel-stub/cpu.h"
#include "kernel-stub/print.h"
#include "paging/query.h"
#include "touch.h"

#define RIGHTS_CODE_VA (LIVE_RIGHTS_VA + 0x10000)
#define RIGHTS_OFFSET  UINT64_C(0x100) /* of what is read and written, behind the code */

#define RIGHTS_CR4_SMEP (UINT64_C(1) << 20)
#define RIGHTS_CR4_SMAP (UINT64_C(1) << 21)

/* P, RW, US and NX in an entry, and what the CPU writes there by itself: A, D; and the address. */
#define RIGHTS_ENTRY_P     UINT64_C(0x1)
#define RIGHTS_ENTRY_RW    UINT64_C(0x2)
#define RIGHTS_ENTRY_US    UINT64_C(0x4)
#define RIGHTS_ENTRY_NX    (UINT64_C(1) << 63)
#define RIGHTS_ENTRY_OTHER UINT64_C(0x000ffffffffff060)

/* Who accesses, how, and whether EFLAGS.AC is set. */
struct rights_case {
    const char *name;
    enum touch_kind kind;
    bool is_user;
    bool has_ac;
};

static const struct rights_case cases[] = {
    {"kernel reads", TOUCH_READ, false, false}, {"writes", TOUCH_WRITE, false, false},
    {"executes", TOUCH_EXECUTE, false, false},  {"with AC reads", TOUCH_READ, false, true},
    {"writes", TOUCH_WRITE, false, true},       {"user reads", TOUCH_READ, true, false},
    {"writes", TOUCH_WRITE, true, false},       {"executes", TOUCH_EXECUTE, true, false},
};

#define RIGHTS_CASES (sizeof(cases) / sizeof(cases[0]))

struct hoist_access rights_of(unsigned combination)
{
    return live_access((uint8_t)(((combination & RIGHTS_WRITE) != 0 ? HOIST_WRITE : 0) |
                                 ((combination & RIGHTS_EXECUTE) != 0 ? HOIST_EXECUTE : 0) |
                                 ((combination & RIGHTS_USER) != 0 ? HOIST_USER : 0)));
}

static uint64_t rights_va(unsigned combination)
{
    return LIVE_RIGHTS_VA + combination * LIVE_PAGE_BYTES;
}

/* The manual's rules, for a page that is present. */
static uint64_t rights_expected(const struct rights_case *one, unsigned combination)
{
    const uint64_t cr4 = cpu_read_cr4();
    const bool smep = (cr4 & RIGHTS_CR4_SMEP) != 0;
    const bool smap = (cr4 & RIGHTS_CR4_SMAP) != 0;
    const bool writable = (combination & RIGHTS_WRITE) != 0;
    const bool executable = (combination & RIGHTS_EXECUTE) != 0 || !live.cpu.has_nx;
    const bool users = (combination & RIGHTS_USER) != 0;
    uint64_t code = TOUCH_PRESENT | (one->is_user ? TOUCH_USER : 0);
    bool allowed = one->is_user ? users : true;

    if (one->kind == TOUCH_EXECUTE) {
        code |= live.cpu.has_nx || smep ? TOUCH_FETCH : 0;
        allowed = allowed && executable && (one->is_user || !users || !smep);
        return allowed ? TOUCH_FINE : code;
    }
    code |= one->kind == TOUCH_WRITE ? TOUCH_WROTE : 0;
    allowed = allowed && (one->kind == TOUCH_READ || writable);
    allowed = allowed && (one->is_user || !users || !smap || one->has_ac);
    return allowed ? TOUCH_FINE : code;
}

static uint64_t rights_try(const struct rights_case *one, uint64_t va)
{
    uint64_t value = 0x123;

    if (one->is_user) {
        return touch_as_user(
            one->kind, RIGHTS_CODE_VA,
            one->kind == TOUCH_EXECUTE ? va + TOUCH_USER_OFFSET : va + RIGHTS_OFFSET, &value);
    }
    if (one->kind == TOUCH_EXECUTE) {
        return touch_execute(va);
    }
    if (one->has_ac) {
        return touch_with_ac(one->kind, va + RIGHTS_OFFSET, &value);
    }
    return one->kind == TOUCH_READ ? touch_read(va + RIGHTS_OFFSET, &value)
                                   : touch_write(va + RIGHTS_OFFSET, value);
}

static void rights_print(uint64_t outcome)
{
    if (outcome == TOUCH_FINE) {
        print(" fine");
    } else {
        print(" %lx", outcome);
    }
}

static void rights_try_all(unsigned combination, const char *when)
{
    unsigned wrong = 0;

    print("live: r%c%c%c %s:", (combination & RIGHTS_WRITE) != 0 ? 'w' : '-',
          (combination & RIGHTS_EXECUTE) != 0 ? 'x' : '-',
          (combination & RIGHTS_USER) != 0 ? 'u' : '-', when);
    for (unsigned i = 0; i < RIGHTS_CASES; i++) {
        const uint64_t expected = rights_expected(&cases[i], combination);
        const uint64_t got = rights_try(&cases[i], rights_va(combination));

        print("%s %s", i == 0 ? "" : ",", cases[i].name);
        rights_print(got);
        if (got != expected) {
            print(" (not:");
            rights_print(expected);
            print(")");
            wrong++;
        }
    }
    print("\n");
    expect(wrong == 0, "these %u accesses end as they should", (uint32_t)RIGHTS_CASES);
}

void rights_fill(uint64_t pa)
{
    *frames_word(pa) = TOUCH_OPCODES;
    *frames_word(pa + TOUCH_USER_OFFSET) = TOUCH_USER_OPCODE;
}

uint64_t rights_count_wrong(uint64_t va, unsigned combination)
{
    uint64_t wrong = 0;

    for (unsigned i = 0; i < RIGHTS_CASES; i++) {
        wrong += rights_try(&cases[i], va) != rights_expected(&cases[i], combination);
    }
    return wrong;
}

static void rights_map(unsigned combination)
{
    const uint64_t pa = frames_block(0) + combination * LIVE_PAGE_BYTES;
    const struct hoist_extent extent = live_extent(rights_va(combination), pa, LIVE_PAGE_BYTES);
    struct hoist_translation found = {0};
    uint64_t bits = RIGHTS_ENTRY_P;

    rights_fill(pa);
    expect_ok("a page with these rights is mapped",
              hoist_map(&live.space, &extent, rights_of(combination), HOIST_LEAF_4K));
    book_add(&extent, rights_of(combination), HOIST_LEAF_4K);

    bits |= (combination & RIGHTS_WRITE) != 0 ? RIGHTS_ENTRY_RW : 0;
    bits |= (combination & RIGHTS_EXECUTE) == 0 && live.cpu.has_nx ? RIGHTS_ENTRY_NX : 0;
    bits |= (combination & RIGHTS_USER) != 0 ? RIGHTS_ENTRY_US : 0;
    expect_ok("it can be looked up",
              hoist_query(&live.space, hoist_va_of(rights_va(combination)), &found));
    expect_equal("its entry has the bits of these rights and no other", bits,
                 found.entry & ~RIGHTS_ENTRY_OTHER);
}

static void rights_set_cr4(uint64_t bits)
{
    __asm__ volatile("movq %0, %%cr4" : : "r"(cpu_read_cr4() | bits) : "memory");
}

/* Each combination made of each other by hoist_protect, with nothing in between. */
static void rights_change(void)
{
    const struct hoist_range page = live_range(rights_va(0), LIVE_PAGE_BYTES);
    uint64_t wrong = 0;

    for (unsigned i = 0; i < RIGHTS_COMBINATIONS * RIGHTS_COMBINATIONS; i++) {
        const unsigned from = i / RIGHTS_COMBINATIONS;
        const unsigned to = i % RIGHTS_COMBINATIONS;

        wrong += hoist_protect(&live.space, &page, rights_of(from)) != HOIST_OK;
        wrong += rights_count_wrong(page.va.value, from);
        wrong += hoist_protect(&live.space, &page, rights_of(to)) != HOIST_OK;
        wrong += rights_count_wrong(page.va.value, to);
    }
    wrong += hoist_protect(&live.space, &page, rights_of(0)) != HOIST_OK;
    expect(wrong == 0, "a page whose rights change from each to each obeys the latest");
}

void rights_run(void)
{
    const struct hoist_extent code =
        live_extent(RIGHTS_CODE_VA, live_image_pa(image_user), LIVE_PAGE_BYTES);
    const struct hoist_range whole = live_range(LIVE_RIGHTS_VA, 0x20000);
    const struct hoist_access code_access = live_access(HOIST_USER | HOIST_EXECUTE);
    const uint64_t base_frames = frames_out();

    expect_ok("user code is mapped", hoist_map(&live.space, &code, code_access, HOIST_LEAF_4K));
    book_add(&code, code_access, HOIST_LEAF_4K);
    for (unsigned i = 0; i < RIGHTS_COMBINATIONS; i++) {
        rights_map(i);
        rights_try_all(i, "without SMEP and SMAP");
    }
    rights_set_cr4((live.has_smep ? RIGHTS_CR4_SMEP : 0) | (live.has_smap ? RIGHTS_CR4_SMAP : 0));
    for (unsigned i = 0; i < RIGHTS_COMBINATIONS && (live.has_smep || live.has_smap); i++) {
        rights_try_all(i, "with SMEP and SMAP");
    }
    rights_change();
    links_run();
    book_stop("rights", &live.space);
    expect_ok("all of it is unmapped", hoist_unmap(&live.space, &whole, HOIST_DROP_TABLES));
    expect_ok("empty tables are freed", hoist_collapse(&live.space, &whole));
    expect_equal("as many table frames are in use as before", base_frames, frames_out());
    book_begin();
}
