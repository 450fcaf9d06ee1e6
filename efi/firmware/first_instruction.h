/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What enter.S and parking.S have in common: the selectors that every processor is entered with, and the
 * state of its registers at its first instruction in the kernel. For assembly alone.
 */
#ifndef FIRST_INSTRUCTION_H
#define FIRST_INSTRUCTION_H

/* clang-format off */

#define CODE_SELECTOR 0x28
#define DATA_SELECTOR 0x30
#define TASK_SELECTOR 0x38
#define RFLAGS_ENTRY  2

    .macro load_data_segments
    movl $DATA_SELECTOR, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movl %eax, %ss
    .endm

    /* To the address in a register, with nothing above on the stack and all others but RDI 0. */
    .macro enter_kernel_at address
    pushq $0
    pushq \address
    xorl %eax, %eax
    movl %eax, %ebx
    movl %eax, %ecx
    movl %eax, %edx
    movl %eax, %esi
    movl %eax, %ebp
    movq %rax, %r8
    movq %rax, %r9
    movq %rax, %r10
    movq %rax, %r11
    movq %rax, %r12
    movq %rax, %r13
    movq %rax, %r14
    movq %rax, %r15
    pushq $RFLAGS_ENTRY /* last: what comes after must not touch the flags */
    popfq
    ret
    .endm

#endif
