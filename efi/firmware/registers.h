/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers that hold something of the firmware's, and that no switch of tables touches. */
#ifndef REGISTERS_H
#define REGISTERS_H

/*
 * Debug registers, task priority, the hidden base of GS, and the control words of x87 and SSE, as
 * docs/protocol.md has them. The firmware must be gone, its CR0 and CR4 still there.
 */
void registers_reset(void);

#endif
