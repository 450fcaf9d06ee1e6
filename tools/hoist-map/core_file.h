/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF cores with physical addresses, as QEMU's dump-guest-memory writes them: a PT_LOAD for each
 * stretch of memory (p_paddr, p_offset, p_filesz), and a PT_NOTE with the state of each CPU.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "cpu_state.h"
#include "physical_memory.h"

/* Whether it begins as an ELF file does. */
bool core_file_is(const struct bytes *bytes);

/*
 * Finds the memory and the first CPU of a core; memory->bytes is the file. `state` is known
 * afterwards if the core has a state in QEMU's format. On success the caller frees the memory.
 * Refuses a core that is not of x86-64, and one that is cut off, by its `name`.
 */
bool core_file_read(struct physical_memory *memory, struct cpu_state *state, const char *name,
                    struct complaint *complaint);

#endif
