/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments for rings 0 and 3 and for the way through 32-bit code, and gates for every fault. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* Loads GDT, task register and IDT; from then on a fault reaches fault_handle() (traps.c). */
void descriptors_load(void);

#endif
