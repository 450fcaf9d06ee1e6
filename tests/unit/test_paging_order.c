/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the CPU could see in between: tables that are in use get write-protected, so that the first store to one of
 * them traps. At that moment every new table must already hold what it holds in the end. The processor then steps
 * over that one instruction, and the entry must be whole after it.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cmocka.h>

#include "paging_fixture.h"

#define FRAME_BYTES 4096u
#define TRAP_FLAG   0x100 /* of RFLAGS: trap after the next instruction */

/* What the trap saw; filled by the signal handler. */
static struct {
    struct fixture *f;
    struct hoist_space *space;      /* in a page of its own, which is write-protected too */
    uint8_t *seen;                  /* all of the arena at the first store into a live table */
    uint64_t *store;                /* where that store went */
    uint64_t after_one_instruction; /* what that store left there */
    unsigned trap_count;
} watch;

static void open_up(void)
{
    mprotect(watch.f->arena.memory, ARENA_FRAME_COUNT * FRAME_BYTES, PROT_READ | PROT_WRITE);
    mprotect(watch.space, FRAME_BYTES, PROT_READ | PROT_WRITE);
}

static void on_store(int signal_number, siginfo_t *info, void *machine)
{
    (void)signal_number;
    watch.trap_count++;
    watch.store = info->si_addr;
    open_up();
    if (watch.trap_count > 1) {
        abort();
    }
    memcpy(watch.seen, watch.f->arena.memory, ARENA_FRAME_COUNT * FRAME_BYTES);
    ((ucontext_t *)machine)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void on_step(int signal_number, siginfo_t *info, void *machine)
{
    (void)signal_number;
    (void)info;
    memcpy(&watch.after_one_instruction, watch.store, sizeof watch.after_one_instruction);
    ((ucontext_t *)machine)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

static void begin_watch(struct fixture *f)
{
    const struct sigaction store = {.sa_sigaction = on_store, .sa_flags = SA_SIGINFO};
    const struct sigaction step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};

    watch.f = f;
    watch.trap_count = 0;
    remember(f);
    *watch.space = f->space;
    for (unsigned i = 0; i < ARENA_FRAME_COUNT; i++) {
        if (f->arena.state[i] != ARENA_FREE) {
            mprotect(f->arena.memory + (size_t)i * FRAME_BYTES, FRAME_BYTES, PROT_READ);
        }
    }
    mprotect(watch.space, FRAME_BYTES, PROT_READ);
    assert_int_equal(sigaction(SIGTRAP, &step, NULL), 0);
    assert_int_equal(sigaction(SIGSEGV, &store, NULL), 0);
}

/* Exactly one entry of all live tables changed, it is where the trap came from, and all else was ready. */
static void end_watch(struct fixture *f, const uint64_t *link)
{
    signal(SIGSEGV, SIG_DFL);
    open_up();
    f->space = *watch.space;
    assert_int_equal(watch.trap_count, 1);
    assert_ptr_equal(watch.store, link);
    assert_int_equal(watch.after_one_instruction, *link);
    for (size_t i = 0; i < ARENA_FRAME_COUNT; i++) {
        const uint8_t *now = f->arena.memory + i * FRAME_BYTES;

        if (f->arena.state[i] == ARENA_FREE) {
            continue;
        }
        if (f->before.state[i] == ARENA_FREE) {
            assert_memory_equal(now, watch.seen + i * FRAME_BYTES, FRAME_BYTES);
            continue;
        }
        for (size_t at = 0; at < FRAME_BYTES; at += 8) {
            if ((const void *)(now + at) != (const void *)link) {
                assert_memory_equal(now + at, f->before.memory + i * FRAME_BYTES + at, 8);
            }
        }
    }
    take_census(f);
}

static int watch_setup(void **state)
{
    watch.seen = malloc(ARENA_FRAME_COUNT * FRAME_BYTES);
    watch.space =
        mmap(NULL, FRAME_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return fixture_setup(state);
}

static int watch_teardown(void **state)
{
    free(watch.seen);
    munmap(watch.space, FRAME_BYTES);
    return fixture_teardown(state);
}

static void the_first_tables_are_complete_before_the_root_is_set(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 0x5000);
    struct hoist_pt pt;

    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_4k(watch.space, page, hoist_kernel_data(), &pt), HOIST_OK);
    end_watch(f, &watch.space->root);
    assert_int_equal(f->table_count[1], 1);
}

static void a_new_chain_is_complete_before_its_one_link(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 3 * GIB);
    struct hoist_pt pt;

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_4k(watch.space, page, hoist_kernel_data(), &pt), HOIST_OK);
    end_watch(f, entry_at(f, HALF + 3 * GIB, 3));
    assert_int_equal(f->table_count[1], 2);
}

static void the_pieces_of_a_large_leaf_are_complete_before_they_replace_it(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_4k page = page_4k(f, HALF + 40 * MIB);
    const struct hoist_page_2m middle = page_2m(f, HALF + GIB);
    struct hoist_pt pt;
    struct hoist_pd pd;

    assert_int_equal(put_1g(f, HALF, GIB, hoist_kernel_data()), HOIST_OK);
    assert_int_equal(put_1g(f, HALF + GIB, GIB, hoist_kernel_data()), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_4k(watch.space, page, hoist_kernel_data(), &pt), HOIST_OK);
    end_watch(f, entry_at(f, HALF, 3));
    assert_leaves(f, 512, 511, 1);
    begin_watch(f);
    assert_int_equal(hoist_ensure_chain_2m(watch.space, middle, hoist_kernel_data(), &pd),
                     HOIST_OK);
    end_watch(f, entry_at(f, HALF + GIB, 3));
    assert_leaves(f, 512, 1023, 0);
}

static void a_range_in_new_tables_is_complete_before_its_link(void **state)
{
    struct fixture *f = *state;
    const struct hoist_extent extent =
        hoist_extent_of(hoist_va_of(HALF + 3 * GIB + 0x7000), hoist_pa_of(0x7000), 0x9000);

    assert_int_equal(put_4k(f, HALF, 0, hoist_kernel_data()), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_map(watch.space, &extent, hoist_kernel_data(), HOIST_LEAF_1G), HOIST_OK);
    end_watch(f, entry_at(f, HALF + 3 * GIB, 3));
    assert_leaves(f, 10, 0, 0);
}

static void a_leaf_is_one_store_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    const struct hoist_page_2m page = page_2m(f, HALF + 4 * MIB);
    const struct hoist_frame_2m frame = frame_2m(f, 8 * MIB);
    struct hoist_pd pd;

    assert_int_equal(hoist_ensure_chain_2m(&f->space, page, hoist_kernel_data(), &pd), HOIST_OK);
    begin_watch(f);
    assert_int_equal(hoist_set_leaf_2m(watch.space, pd, page, frame, hoist_kernel_data()),
                     HOIST_OK);
    end_watch(f, entry_at(f, HALF + 4 * MIB, 2));
}

#define watched(name) cmocka_unit_test_setup_teardown(name, watch_setup, watch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        watched(the_first_tables_are_complete_before_the_root_is_set),
        watched(a_new_chain_is_complete_before_its_one_link),
        watched(the_pieces_of_a_large_leaf_are_complete_before_they_replace_it),
        watched(a_range_in_new_tables_is_complete_before_its_link),
        watched(a_leaf_is_one_store_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
