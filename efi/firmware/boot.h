/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One boot, step by step. Each step takes what the earlier ones have found out, and either succeeds
 * or says in *problem why not. What was taken from the firmware is pages_give_back()'s.
 */
#ifndef BOOT_H
#define BOOT_H

#include "firmware.h"

#include "cpu.h"
#include "enter.h"
#include "entry.h"
#include "faults.h"
#include "handoff.h"
#include "hoist_paging.h"
#include "interrupts.h"
#include "kernel.h"
#include "limine_boot.h"
#include "modules.h"
#include "pages.h"
#include "plan.h"
#include "problem.h"
#include "view.h"

/* The page tables' frames: one run. */
struct boot_tables {
    uint64_t pa;
    uint64_t frame_count;
};

struct boot {
    struct entry entry;
    struct cpu cpu;           /* its depth is the kernel's from boot_choose_depth() on */
    bool changes_depth;       /* the firmware runs at another */
    struct enter_state enter; /* from boot_prepare_entry() on */
    struct pages_map pages;
    struct memory_map planned; /* what the plan was made with */
    struct kernel kernel;
    struct modules modules;
    struct plan_input input;
    struct runtime_source runtime;
    struct plan plan;
    struct plan_places places;
    struct plan_frames stack; /* these two: the window may have them, or the direct map alone */
    struct plan_frames handoff_block;
    struct plan_frames screen; /* whole pages of the framebuffer */
    struct hoist_space space;
    struct hoist_reserve table_frames; /* counted, taken, not used yet */
    struct boot_tables built;
    struct view view; /* of what was built */
    struct hoist_framebuffer framebuffer;
    struct handoff_room handoff_room; /* what the hand-off's frames were taken for */
    struct handoff handoff;
    struct interrupts interrupts;
    struct faults_tables tables; /* GDT and IDT that the kernel is entered with */
    struct limine_boot limine;   /* for a kernel of that protocol */
    uint64_t start_tsc;
    uint64_t phase_tsc; /* when the phase that is under way began */
    uint64_t phase_ticks[HOIST_PHASE_COUNT];
};

/*
 * Takes frames for the loader's own: at the top of memory below 4 GiB where there is room, away from the
 * kernel's, which lie at the bottom. Fails like pages_take().
 */
bool boot_take(struct boot *boot, uint64_t size_bytes, const char *what, struct plan_frames *frames,
               struct problem *problem);

/* Of the kernel's stack, in whole pages. */
uint64_t boot_stack_size(const struct boot *boot);

/* Ends a phase: the time since the last call is its time. */
void boot_end_phase(struct boot *boot, enum hoist_phase phase);

/* Looks at CPU, memory and screen, and warns of what is odd and can be left out. */
bool boot_survey(struct boot *boot, struct problem *problem);

bool boot_load_kernel(struct boot *boot, struct problem *problem);

/* How many levels the tables get. */
bool boot_choose_depth(struct boot *boot, struct problem *problem);
bool boot_make_plan(struct boot *boot, struct problem *problem);
bool boot_build_tables(struct boot *boot, struct problem *problem);

/* Reads back what was built, and judges it. */
bool boot_view_tables(struct boot *boot, struct problem *problem);

/*
 * Shows it, and the firmware's tables where the entry asks for them; those alone. Fails for lack of
 * memory.
 */
bool boot_dump(struct boot *boot, struct problem *problem);
bool boot_dump_firmware(const struct boot *boot, struct problem *problem);

/* False where a rule is broken and that is to stop the boot; otherwise it is a warning. */
bool boot_accept_tables(const struct boot *boot, struct problem *problem);

/* Fills in all that is known of the hand-off before the firmware is left. */
void boot_prepare_handoff(struct boot *boot);

/* What the processor is to be at the kernel's first instruction, and the page that does it. */
bool boot_prepare_entry(struct boot *boot, struct problem *problem);
bool boot_leave_firmware(struct boot *boot, struct problem *problem);

/* Enters the kernel; the firmware is gone. */
_Noreturn void boot_enter_kernel(struct boot *boot);

#endif
