/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of the vectors. The processor has switched to a stack of the vector's own, whose top
 * is the end of a page; so the report finds the processor's frame from there, and whether there is
 * an error code needs no list of vectors: it is right even for `int $14`, which pushes none.
 *
 * Below the processor's frame: the return address of the call, which tells the vector, and the
 * general registers in the order of enum words_register, R15 highest.
 */
#include "layout.h"

    .section .text.entries, "ax", @progbits
    .globl reporter_entries
    .hidden reporter_entries
    .type reporter_entries, @function
reporter_entries:
    .rept REPORTER_VECTORS
    .balign REPORTER_ENTRY_BYTES, 0xcc
    call 1f
    .endr

1:
    pushq %r15
    pushq %r14
    pushq %r13
    pushq %r12
    pushq %r11
    pushq %r10
    pushq %r9
    pushq %r8
    pushq %rbp
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rbx
    pushq %rax
    cld
    movq %rsp, %rdi
    andq $-16, %rsp
    call report
2:
    cli
    hlt
    jmp 2b

    /* Places without bytes in the file: the loader provides what is there. */
    .section .loaded, "a", @nobits
    .globl reporter_data
    .hidden reporter_data
reporter_data:
    .skip REPORTER_DATA_BYTES

    .section .stacks, "aw", @nobits
    .globl reporter_state
    .hidden reporter_state
reporter_state:
    .skip REPORTER_STACKS * REPORTER_STACK_BYTES

    .section .note.GNU-stack, "", @progbits
