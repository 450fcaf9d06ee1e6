/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that the switch of CR3 happens in: a copy of enter.S's own. It lies beside the hand-off
 * where it can, so that the tables of one serve the other; where the number of paging levels changes,
 * below 4 GiB. Only a firmware that lets no other page be executed keeps the page in its place.
 */
#ifndef TRAMPOLINE_H
#define TRAMPOLINE_H

#include "firmware.h"

#include "enter.h"
#include "pages.h"
#include "plan.h"
#include "problem.h"

/* What 32-bit code and a CR3 loaded by it can reach. */
#define TRAMPOLINE_END_BYTES (UINT64_C(1) << 32)

/*
 * Takes the page, as EfiLoaderCode. With `changes_depth` it comes from below 4 GiB: fails with
 * PROBLEM_DEPTH_NO_LOW, or like pages_take(). Without, it is ready to run.
 */
bool trampoline_take(struct pages_map *pages, bool changes_depth, struct plan_frames *page,
                     struct problem *problem);

/*
 * With a change of depth writes the copy, with its state, and sees to it that the firmware lets it be
 * executed (EFI_MEMORY_ATTRIBUTE_PROTOCOL, UEFI 2.10, section 37.4): PROBLEM_DEPTH_NOT_EXECUTABLE. The
 * firmware must still be there.
 */
bool trampoline_prepare(const struct plan_frames *page, const struct enter_state *state,
                        struct problem *problem);

/* Gives a copy its old rights back, before its memory goes back to the firmware. */
void trampoline_give_back(void);

/* Switches and enters the kernel. Interrupts must be off, the firmware gone. */
_Noreturn void trampoline_enter(const struct plan_frames *page, const struct enter_state *state);

#endif
