/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cmocka programs about verifying share: entries to damage, and assertions on what is said about them. Include
 * cmocka.h first.
 */
#ifndef TEST_VERIFY_FIXTURE_H
#define TEST_VERIFY_FIXTURE_H

#include "plan_fixture.h"

#define SCREEN_PA UINT64_C(0xc0200000)

/* Bits of entries, written out once more rather than taken from the library. */
#define BIT(n)    (UINT64_C(1) << (n))
#define PRESENT   BIT(0)
#define WRITABLE  BIT(1)
#define USER      BIT(2)
#define PWT       BIT(3)
#define PCD       BIT(4)
#define STATE     (BIT(5) | BIT(6))
#define LARGE     BIT(7)
#define PAT_SMALL BIT(7)
#define GLOBAL    BIT(8)
#define PAT_LARGE BIT(12)
#define NX        BIT(63)

/* A direct map all writable, so that its leaves are as large as they can be. */
static inline int verify_setup(void **state)
{
    const int result = plan_setup(state);
    struct fixture *f = *state;

    f->input.wx_strict = false;
    return result;
}

#define test_of_verify(name) cmocka_unit_test_setup_teardown(name, verify_setup, plan_teardown)

static inline uint64_t root_of(const struct fixture *f)
{
    struct hoist_frame_4k root = {0};

    assert_int_equal(hoist_space_root(&f->space, &root), HOIST_OK);
    return root.pa;
}

static inline uint64_t *entry(struct fixture *f, uint64_t va, unsigned level)
{
    return frames_entry(&f->frames, root_of(f), va, f->cpu.levels, level);
}

static inline bool verify(struct fixture *f)
{
    memset(&f->problem, 0, sizeof f->problem);
    return verify_space(&f->space, &f->plan, &f->tables, &f->problem);
}

static inline void must_verify(struct fixture *f)
{
    if (!verify(f)) {
        fail_msg("%s", sentence_of(f));
    }
}

static inline void assert_found(struct fixture *f, enum problem_kind kind, const char *sentence)
{
    if (verify(f)) {
        fail_msg("passed, where this was expected: %s", sentence);
    }
    assert_string_equal(sentence_of(f), sentence);
    assert_int_equal(f->problem.kind, kind);
}

/* One bit or more turned round in one entry, found with that sentence, and put right again. */
static inline void assert_bit_found(struct fixture *f, uint64_t *damaged, uint64_t bits,
                                    enum problem_kind kind, const char *sentence)
{
    *damaged ^= bits;
    assert_found(f, kind, sentence);
    *damaged ^= bits;
    must_verify(f);
}

#endif
