/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts the code of switch.S where it runs from. */
#include "switch.h"

#include "frames.h"
#include "kernel-stub/cpu.h"

extern const uint8_t switch_code[];
extern const uint8_t switch_jump[];
extern const uint8_t switch_64[];
extern const uint8_t switch_code_end[];

/* `code` is where the copy can be written. */
void switch_run(uint64_t page, uint64_t root, uint8_t *code);

void switch_to_five_levels(uint64_t page, uint64_t root)
{
    uint8_t *copy = frames_at(page);
    const uint32_t target = (uint32_t)page + (uint32_t)(switch_64 - switch_code);

    for (uint64_t i = 0; i < (uint64_t)(switch_code_end - switch_code); i++) {
        copy[i] = switch_code[i];
    }
    /* The far jump back to 64-bit code has its target in the instruction, behind the opcode. */
    for (unsigned i = 0; i < sizeof(target); i++) {
        copy[switch_jump - switch_code + 1 + i] = (uint8_t)(target >> 8 * i);
    }
    cpu_serialise();
    switch_run(page, root, copy);
}
