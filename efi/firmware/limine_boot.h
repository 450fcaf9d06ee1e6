/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is different in a boot by the Limine protocol: each function belongs to the step of boot.c that calls
 * it. The protocol itself is in efi/limine/.
 */
#ifndef LIMINE_BOOT_H
#define LIMINE_BOOT_H

#include "firmware.h"

#include "answers.h"
#include "depth.h"
#include "iommu.h"
#include "modules.h"
#include "plan.h"
#include "processors.h"
#include "problem.h"
#include "requests.h"
#include "screens.h"

struct boot;

/* The kernel's raw file, tables of the firmware, and modules that the kernel itself asks for. */
#define LIMINE_MODULE_LIMIT 64u
#define LIMINE_CLAIM_LIMIT  (1u + 32u + LIMINE_MODULE_LIMIT + SCREENS_LIMIT)

struct limine_boot {
    struct limine_image image;
    struct limine_requests requests;
    struct modules_wanted modules; /* that the kernel asks for */
    struct plan_direct_map direct_map;
    struct processors processors;
    struct iommu iommu;           /* those that are to be switched off */
    bool starts_others;           /* whose way leads through 32-bit code */
    struct plan_frames stacks;    /* of the others, one behind the other */
    struct limine_loaded *loaded; /* all modules */
    struct limine_screen screens[SCREENS_LIMIT];
    size_t screen_count;
    struct plan_frames block;
    struct limine_facts facts;
    struct limine_late late;
};

/* From this base revision on the state of processors and interrupt controllers is all laid down. */
#define LIMINE_STRICT_REVISION 5u

/* A request, by what it is; NULL: the kernel does not ask. */
void *limine_asked(const struct boot *boot, enum limine_feature feature);

/* Finds what the loaded kernel asks for; its modules are still to be loaded. */
bool limine_read_requests(struct boot *boot, struct problem *problem);

/* The size it asks for, or the protocol's own. */
uint64_t limine_stack_size(const struct boot *boot);

/* What it asks for, or four levels. */
struct depth_wishes limine_depth(const struct boot *boot);

/* Whether its base revision leaves the IDT to the loader. */
bool limine_lets_report(const struct boot *boot);

/* The direct map, and the frames that are handed over. All else must be loaded by now. */
bool limine_prepare_plan(struct boot *boot, struct problem *problem);

/* Writes the responses, once the plan is made. */
void limine_prepare(struct boot *boot);

/* What enter.S does another way. */
void limine_set_state(struct boot *boot);

/* What can be said only when the firmware is gone. */
void limine_finish(struct boot *boot);

#endif
