/* SPDX-License-Identifier: BSD-2-Clause */
/* The stub's own segment and interrupt descriptors: SDM volume 3A, chapters 3, 6 and 8. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* Loads the stub's GDT, task register and IDT; from then on a fault reaches fault_handle(). */
void descriptors_load(void);

/* Loads an IDT without entries: the next fault resets the machine. */
void descriptors_drop_interrupts(void);

#endif
