/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries one at a time, and all leaves of a range with the right to change them.
 *
 * What is read-only and what may change are different types: a struct hoist_entry never becomes a
 * struct hoist_entry_mut.
 */
#ifndef HOIST_PAGING_EDIT_H
#define HOIST_PAGING_EDIT_H

#include "visit.h"

/* An entry as it was found. */
struct hoist_entry {
    uint64_t value;
    struct hoist_va va; /* first address that it covers */
    unsigned level;     /* of the table it lies in; 1 = PT */
    bool is_present;
    bool is_leaf;
};

/* An entry that may be changed; valid until a table of the space is freed. */
struct hoist_entry_mut {
    struct hoist_entry entry;
    uint64_t *slot;
    uint64_t grants;
};

/*
 * The entry of a table of this level, present or not. NOT_CANONICAL; BAD_LEAF_SIZE: no such level;
 * NOT_MAPPED: a table on the way is not there, or a larger leaf is. With the second, also
 * SHARED_HALF.
 */
HOIST_MUST_CHECK enum hoist_result hoist_entry_at(const struct hoist_space *space,
                                                  struct hoist_va va, unsigned level,
                                                  struct hoist_entry *entry);
HOIST_MUST_CHECK enum hoist_result hoist_entry_mut_at(struct hoist_space *space, struct hoist_va va,
                                                      unsigned level,
                                                      struct hoist_entry_mut *entry);

/*
 * Makes the entry a leaf, by one store; what it mapped before is to be flushed. Of an entry that
 * was a leaf, the size stays, so this is allowed on live tables. UNALIGNED_FRAME, PA_TOO_WIDE,
 * NO_READ, BAD_ACCESS, NO_NX, NO_1G_PAGES; BAD_LEAF_SIZE: no leaves at this level;
 * TABLE_IN_THE_WAY_OF_2M, _1G: it points to a table; NARROW_LINK: the links above grant less than
 * this, which one entry cannot mend.
 */
HOIST_MUST_CHECK enum hoist_result hoist_entry_set(struct hoist_space *space,
                                                   struct hoist_entry_mut *entry,
                                                   struct hoist_pa pa, struct hoist_access access);

/* Makes a leaf not present. NOT_MAPPED: it is not; TABLE_IN_THE_WAY_OF_2M, _1G: it is a table. */
HOIST_MUST_CHECK enum hoist_result hoist_entry_clear(struct hoist_space *space,
                                                     struct hoist_entry_mut *entry);

/* What an editor wants done with a leaf. */
enum hoist_edit { HOIST_EDIT_KEEP, HOIST_EDIT_CLEAR, HOIST_EDIT_SET };

/* Who decides about each leaf, and about how many at most. */
struct hoist_editor {
    /*
     * Called for each leaf, which may begin before and end after the range; answers in *edit, and
     * for HOIST_EDIT_SET in *access (which holds the leaf's own at first). Anything but HOIST_OK
     * ends the edit and is its result; the leaves before are changed then, this one is not.
     */
    enum hoist_result (*leaf)(void *context, const struct hoist_leaf *leaf, enum hoist_edit *edit,
                              struct hoist_access *access);
    void *context;
    uint64_t budget_entries; /* 0: no limit */
};

/*
 * Goes through the leaves between two addresses, both inclusive, in ascending order, and changes
 * them as the editor says: one store each, A and D stay. Not all or nothing. Rights that the links
 * above do not grant are NARROW_LINK. Other errors as for hoist_visit and hoist_entry_set.
 */
HOIST_MUST_CHECK enum hoist_result hoist_edit(struct hoist_space *space, struct hoist_va first,
                                              struct hoist_va last,
                                              const struct hoist_editor *editor);

#endif
