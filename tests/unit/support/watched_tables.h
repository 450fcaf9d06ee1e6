/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A space whose stores are watched (store_watch.h), and assertions on what was seen. Include
 * cmocka.h first.
 */
#ifndef TEST_WATCHED_TABLES_H
#define TEST_WATCHED_TABLES_H

#include "range_calls.h"
#include "store_watch.h"

static inline int watched_setup(void **state)
{
    watch_open();
    return fixture_setup(state);
}

static inline int watched_teardown(void **state)
{
    watch_close();
    return fixture_teardown(state);
}

#define watched(name) cmocka_unit_test_setup_teardown(name, watched_setup, watched_teardown)

static inline void begin_watch(struct fixture *f)
{
    remember(f);
    watch_begin(&f->arena, &f->reader, &f->space);
}

/* The CPU saw nothing that it must not see. */
static inline void end_watch(struct fixture *f)
{
    watch_end(&f->space);
    if (watch.complaint != NULL) {
        fail_msg("%s", watch.complaint);
    }
    take_census(f);
}

/* So many stores, all of them into the entry of this level on the way to va. */
static inline void assert_stores(struct fixture *f, unsigned count, uint64_t va, unsigned level)
{
    assert_int_equal(watch.store_count, count);
    for (unsigned i = 0; i < count; i++) {
        assert_ptr_equal(watch.stores[i].entry, entry_at(f, va, level));
    }
    assert_int_equal(watch.stores[count - 1].after, *entry_at(f, va, level));
}

/* Each probe meant the same all the time; only its leaf size may have changed. */
static inline void assert_one_meaning(struct fixture *f)
{
    (void)f;
    for (unsigned i = 0; i < watch.probe_count; i++) {
        const struct watch_probe *probe = &watch.probes[i];

        for (unsigned k = 1; k < probe->seen_count; k++) {
            assert_int_equal(probe->seen[k].pa, probe->seen[0].pa);
            assert_int_equal(probe->seen[k].flags, probe->seen[0].flags);
            assert_int_equal(probe->seen[k].size_bytes == 0, probe->seen[0].size_bytes == 0);
        }
    }
}

/* Each probe meant what it did at first and does at last, nothing else, and was never absent. */
static inline void assert_two_meanings(struct fixture *f)
{
    (void)f;
    for (unsigned i = 0; i < watch.probe_count; i++) {
        assert_true(watch_saw_two(&watch.probes[i]));
        assert_false(watch_was_absent(&watch.probes[i]));
    }
}

#endif
