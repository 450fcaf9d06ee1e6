/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of the first 32 vectors. Each brings the stack to the one form that struct
 * fault_frame describes; the processor aligned the stack before it pushed, so the call below is
 * aligned.
 */

/* Bit n: the processor pushes an error code for vector n (SDM volume 3A, table 6-1). */
    .set FAULT_WITH_CODE, 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17
    .set FAULT_WITH_CODE, FAULT_WITH_CODE | 1 << 21 | 1 << 29 | 1 << 30

    .macro FAULT_ENTRY vector
fault_entry_\vector:
    .if !((FAULT_WITH_CODE >> \vector) & 1)
    pushq $0
    .endif
    pushq $\vector
    jmp fault_common
    .endm

    .macro FAULT_ADDRESS vector
    .quad fault_entry_\vector
    .endm

    .section .text
    .irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    FAULT_ENTRY \vector
    .endr
    .irp vector, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    FAULT_ENTRY \vector
    .endr

fault_common:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rbx
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
    movq %rsp, %rdi
    call fault_handle
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbp
    popq %rbx
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    iretq

    .section .data.rel.ro, "aw", @progbits
    .balign 8
    .globl fault_entries
fault_entries:
    .irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    FAULT_ADDRESS \vector
    .endr
    .irp vector, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    FAULT_ADDRESS \vector
    .endr

    .section .note.GNU-stack, "", @progbits
