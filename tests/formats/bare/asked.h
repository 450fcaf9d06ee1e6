/* SPDX-License-Identifier: BSD-2-Clause */
/* CPUs that look an address up when they are asked: what they say beside what the library finds. */
#ifndef BARE_ASKED_H
#define BARE_ASKED_H

#include "tree.h"

struct asked {
    /* The answer, with bit 0 set where such an access would fault, else with the address. */
    uint64_t (*ask)(uint64_t va, bool as_user, bool to_write);
    uint64_t address_mask; /* of the answer */
};

/* Asks for the first and the last byte of every leaf and of every hole. */
void asked_of_all(const struct asked *asked, const struct hoist_tree *tree);

#endif
