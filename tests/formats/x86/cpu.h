/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine: its serial port, its control registers, and accesses that may trap. */
#ifndef X86_CPU_H
#define X86_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_BYTES 0x1000u

/* CR4, SDM volume 3, section 2.5. */
#define CR4_PSE (1u << 4)
#define CR4_PAE (1u << 5)
#define CR4_PGE (1u << 7)

/* Waits until the one who looks from outside writes a character to the serial port. */
void wait_for_character(void);

/* The width of physical addresses; 0: the CPU lacks PSE, PAE, PGE or NX. */
uint8_t read_physical_bits(void);

/* From now on addresses are translated by this table; WP is on. */
void paging_on(uint32_t root, uint32_t cr4, bool no_execute);
void paging_off(void);

/* The CPU forgets all that is not global; PAE's root entries are read again (4.4.1). */
void reload_cr3(void);
void flush_page(uint32_t va);

void traps_begin(void);

enum who { KERNEL, USER };
enum deed { READS, WRITES, EXECUTES };

/* The trap that an access ended with. */
struct ending {
    uint32_t vector;
    uint32_t error;
    uint32_t address; /* CR2 */
    uint32_t value;   /* that was read */
};

#define PAGE_FAULT   14u
#define CAME_THROUGH 0x80u

#define INT_80 0x80cdu /* the instruction */

/* Bits of a page fault's error code, SDM volume 3, section 4.7. */
#define FAULT_PRESENT  1u
#define FAULT_WRITE    2u
#define FAULT_USER     4u
#define FAULT_RESERVED 8u
#define FAULT_FETCH    16u

struct ending try_access(enum who who, enum deed deed, uint32_t va, uint32_t value);

#endif
