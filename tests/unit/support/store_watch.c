/* SPDX-License-Identifier: BSD-2-Clause */
/* Every store into a table that a CPU may know. */
#define _GNU_SOURCE
#include "store_watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define FRAME_BYTES 4096u
#define ARENA_BYTES ((size_t)ARENA_FRAME_COUNT * FRAME_BYTES)
#define TRAP_FLAG   0x100 /* of RFLAGS: trap after the next instruction */
#define ADDRESS     UINT64_C(0x000ffffffffff000)

struct store_watch watch;

static bool is_reached[ARENA_FRAME_COUNT]; /* from the root, now */
static bool is_known[ARENA_FRAME_COUNT];   /* reached at any time since the last flush */
static uint64_t *store_entry;
static uint64_t store_before;
static unsigned flush_count;

static void complain(const char *what)
{
    if (watch.complaint == NULL) {
        watch.complaint = what;
    }
}

static const uint64_t *table_at(void *context, uint64_t pa)
{
    (void)context;
    return arena_at(watch.arena, pa);
}

static void mark_table(void *context, const struct raw_table *table)
{
    const uint64_t offset = table->pa - ARENA_FIRST_PA;

    (void)context;
    is_reached[offset / ARENA_STRIDE] = true;
}

static struct watch_state state_of(uint64_t va)
{
    struct watch_state state = {0, 0, 0};
    struct raw_leaf leaf;

    if (watch.space->root != 0 &&
        raw_read_one(&watch.reader, watch.space->root & ADDRESS, va, &leaf)) {
        state.size_bytes = leaf.size_bytes;
        state.pa = leaf.pa + va % leaf.size_bytes;
        state.flags = (uint64_t)leaf.may_be_written | (uint64_t)leaf.may_be_used_by_user << 1 |
                      (uint64_t)leaf.may_be_executed << 2 | (uint64_t)leaf.global << 3 |
                      (uint64_t)leaf.pat_index << 4 | (uint64_t)leaf.protection_key << 8 |
                      (uint64_t)leaf.software << 16;
    }
    return state;
}

static bool is_same_meaning(const struct watch_state *a, const struct watch_state *b)
{
    return a->pa == b->pa && a->flags == b->flags && (a->size_bytes == 0) == (b->size_bytes == 0);
}

/*
 * A new state of a probe. The CPU may use it and any that it still knows; of two sizes with two
 * meanings it may make anything (SDM volume 3, section 4.10.2.4).
 */
static void add_state(struct watch_probe *probe, struct watch_state state)
{
    struct watch_state *last = &probe->seen[probe->seen_count - 1];

    if (last->size_bytes == state.size_bytes && is_same_meaning(last, &state)) {
        return;
    }
    for (unsigned i = probe->known_from; i < probe->seen_count; i++) {
        const struct watch_state *known = &probe->seen[i];

        if (known->size_bytes != 0 && state.size_bytes != 0 &&
            known->size_bytes != state.size_bytes && !is_same_meaning(known, &state)) {
            complain("two sizes with two meanings are known at the same time");
        }
    }
    if (probe->seen_count == WATCH_STATES) {
        complain("a probe had too many states");
        return;
    }
    probe->seen[probe->seen_count++] = state;
}

/* Reads everything: no rubbish anywhere, and what the probes mean now. */
static void look(void)
{
    memset(is_reached, 0, sizeof is_reached);
    watch.reader.reserved_count = 0;
    if (watch.space->root != 0) {
        raw_read_all(&watch.reader, watch.space->root & ADDRESS);
    }
    if (watch.reader.reserved_count != 0) {
        complain("a table with rubbish in it can be reached");
    }
    for (unsigned i = 0; i < ARENA_FRAME_COUNT; i++) {
        is_known[i] = is_known[i] || is_reached[i];
    }
    for (unsigned i = 0; i < watch.probe_count; i++) {
        add_state(&watch.probes[i], state_of(watch.probes[i].va));
    }
}

static void open_up(void)
{
    mprotect(watch.arena->memory, ARENA_BYTES, PROT_READ | PROT_WRITE);
    mprotect(watch.space, FRAME_BYTES, PROT_READ | PROT_WRITE);
}

static void protect(void)
{
    for (unsigned i = 0; i < ARENA_FRAME_COUNT; i++) {
        mprotect(watch.arena->memory + (size_t)i * FRAME_BYTES, FRAME_BYTES,
                 is_known[i] ? PROT_READ : PROT_READ | PROT_WRITE);
    }
    mprotect(watch.space, FRAME_BYTES, PROT_READ);
}

/* Which frame of the arena an address lies in; ARENA_FRAME_COUNT: none. */
static size_t frame_of(const void *address)
{
    const size_t offset = (size_t)((const uint8_t *)address - watch.arena->memory);

    return offset < ARENA_BYTES ? offset / FRAME_BYTES : ARENA_FRAME_COUNT;
}

static void on_store(int signal_number, siginfo_t *info, void *machine)
{
    const uint8_t *space = (const uint8_t *)watch.space;
    const uint8_t *address = info->si_addr;

    (void)signal_number;
    if (frame_of(address) == ARENA_FRAME_COUNT &&
        (address < space || address >= space + FRAME_BYTES)) {
        signal(SIGSEGV, SIG_DFL);
        return;
    }
    open_up();
    store_entry = info->si_addr;
    store_before = *(uint64_t *)((uintptr_t)store_entry & ~(uintptr_t)7);
    ((ucontext_t *)machine)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

/* Notes the store that has just been done. */
static void note(void)
{
    const size_t frame = frame_of(store_entry);
    uint64_t *entry = (uint64_t *)((uintptr_t)store_entry & ~(uintptr_t)7);

    if (frame == ARENA_FRAME_COUNT && entry != &watch.space->root) {
        return;
    }
    if (entry != store_entry) {
        complain("a store is not aligned to an entry");
    }
    if (frame != ARENA_FRAME_COUNT && !is_reached[frame]) {
        if ((*entry & 1) != 0) {
            complain("a table was reused that the CPU may still walk");
        }
        return;
    }
    if (watch.store_count == WATCH_STORES) {
        complain("too many stores");
        return;
    }
    watch.stores[watch.store_count++] =
        (struct watch_store){entry, store_before, *entry, flush_count};
}

static void on_step(int signal_number, siginfo_t *info, void *machine)
{
    (void)signal_number;
    (void)info;
    ((ucontext_t *)machine)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
    note();
    look();
    if (watch.complaint == NULL) {
        protect();
    }
}

static bool is_listed(const struct hoist_flush *what, uint64_t va)
{
    for (unsigned i = 0; i < what->range_count; i++) {
        const struct hoist_flush_range *range = &what->ranges[i];

        if (va - range->va < range->page_count * range->page_bytes) {
            return true;
        }
    }
    return what->is_everything;
}

/* The CPU forgets what it is told to, and the tables that it cannot reach any more. */
static void on_flush(void *context, const struct hoist_flush *what)
{
    (void)context;
    flush_count++;
    open_up();
    look();
    memcpy(is_known, is_reached, sizeof is_known);
    for (unsigned i = 0; i < watch.probe_count; i++) {
        struct watch_probe *probe = &watch.probes[i];

        if (is_listed(what, probe->va)) {
            probe->known_from = probe->seen_count - 1;
        }
    }
    if (watch.complaint == NULL) {
        protect();
    }
}

void watch_open(void)
{
    memset(&watch, 0, sizeof watch);
    watch.space =
        mmap(NULL, FRAME_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (watch.space == MAP_FAILED) {
        fputs("store watch: no memory\n", stderr);
        abort();
    }
}

void watch_close(void)
{
    munmap(watch.space, FRAME_BYTES);
}

void watch_probe(uint64_t va)
{
    if (watch.probe_count == WATCH_PROBES) {
        fputs("store watch: too many probes\n", stderr);
        abort();
    }
    watch.probes[watch.probe_count++] = (struct watch_probe){.va = va};
}

void watch_begin(struct arena *arena, const struct raw_reader *reader,
                 const struct hoist_space *space)
{
    const struct sigaction store = {.sa_sigaction = on_store, .sa_flags = SA_SIGINFO};
    const struct sigaction step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};

    watch.arena = arena;
    watch.reader = *reader;
    watch.reader.at = table_at;
    watch.reader.leaf = NULL;
    watch.reader.table = mark_table;
    watch.store_count = 0;
    watch.complaint = NULL;
    *watch.space = *space;
    arena->on_flush = on_flush;
    flush_count = 0;
    for (unsigned i = 0; i < watch.probe_count; i++) {
        struct watch_probe *probe = &watch.probes[i];

        probe->seen[0] = state_of(probe->va);
        probe->seen_count = 1;
        probe->known_from = 0;
    }
    memset(is_known, 0, sizeof is_known);
    look();
    sigaction(SIGTRAP, &step, NULL);
    sigaction(SIGSEGV, &store, NULL);
    protect();
}

void watch_end(struct hoist_space *space)
{
    open_up();
    signal(SIGSEGV, SIG_DFL);
    signal(SIGTRAP, SIG_DFL);
    watch.arena->on_flush = NULL;
    *space = *watch.space;
}

bool watch_was_absent(const struct watch_probe *probe)
{
    for (unsigned i = 1; i + 1 < probe->seen_count; i++) {
        if (probe->seen[i].size_bytes == 0) {
            return true;
        }
    }
    return false;
}

bool watch_saw_two(const struct watch_probe *probe)
{
    const struct watch_state *first = &probe->seen[0];
    const struct watch_state *last = &probe->seen[probe->seen_count - 1];

    for (unsigned i = 1; i + 1 < probe->seen_count; i++) {
        if (!is_same_meaning(&probe->seen[i], first) && !is_same_meaning(&probe->seen[i], last)) {
            return false;
        }
    }
    return true;
}
