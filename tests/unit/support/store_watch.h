/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CPU could see while a change is under way: every store into a table that it may know.
 *
 * All such tables are write-protected. A store into one traps, the processor steps over that one
 * instruction, and then the tables are read anew: all of them must be sound, and addresses chosen
 * beforehand, the probes, are looked up. A CPU may keep what it sees until it is told to forget it,
 * so a table that was unlinked is watched on until the next flush. One watch at a time.
 */
#ifndef TEST_STORE_WATCH_H
#define TEST_STORE_WATCH_H

#include "arena.h"
#include "raw_reader.h"

#define WATCH_STORES 2048u
#define WATCH_PROBES 32u
#define WATCH_STATES 8u

/* What an address meant at one moment; `size_bytes` 0: nothing. */
struct watch_state {
    uint64_t size_bytes;
    uint64_t pa;    /* of the address itself */
    uint64_t flags; /* rights with those of the links, cache type, key, software bits */
};

struct watch_probe {
    uint64_t va;
    struct watch_state seen[WATCH_STATES]; /* in order; [0] is from before the first store */
    unsigned seen_count;
    unsigned known_from; /* those from this one on may still be known to the CPU */
};

struct watch_store {
    uint64_t *entry;
    uint64_t before;
    uint64_t after;
    unsigned flush_count; /* of hooks->flush before it */
};

struct store_watch {
    struct arena *arena;
    struct raw_reader reader;
    struct hoist_space *space; /* in a page of its own, which is write-protected too */
    struct watch_store stores[WATCH_STORES]; /* into tables that can be reached */
    unsigned store_count;
    struct watch_probe probes[WATCH_PROBES];
    unsigned probe_count;
    const char *complaint; /* the first thing that a CPU must not see; NULL: nothing so far */
};

extern struct store_watch watch;

/* Room for the space. Then probes are added; then the watch begins. */
void watch_open(void);
void watch_close(void);
void watch_probe(uint64_t va);

/*
 * From here on calls must use watch.space, a copy of the space given. The arena's on_flush is taken
 * over.
 */
void watch_begin(struct arena *arena, const struct raw_reader *reader,
                 const struct hoist_space *space);

/* Takes the space back out. */
void watch_end(struct hoist_space *space);

/* Whether the probe was ever seen as nothing, between the first and the last moment. */
bool watch_was_absent(const struct watch_probe *probe);

/* Whether all that was ever seen of the probe is what it was at first and what it is at last. */
bool watch_saw_two(const struct watch_probe *probe);

#endif
