/* SPDX-License-Identifier: BSD-2-Clause */
/* Damage to built tables and to their plan, each found by the rules under their own names. */
#ifndef TEST_PLAN_DAMAGE_H
#define TEST_PLAN_DAMAGE_H

#include <stdint.h>

#define DAMAGE_KINDS 13u

/* Does one damage of a random kind, checks what is said about it, and undoes it. Returns the kind. */
unsigned damage_once(void);

extern const char *const damage_names[DAMAGE_KINDS];

#endif
