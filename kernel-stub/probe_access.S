/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three single accesses that are allowed to fault. Each announces where to go on and with which
 * stack; the fault handler goes there with the announcement withdrawn.
 */
#include "fault_announce.inc"

    .section .text

/* uint8_t probe_access_read(uint64_t address) */
    .globl probe_access_read
    .type probe_access_read, @function
probe_access_read:
    FAULT_ANNOUNCE
    movzbl (%rdi), %eax
    FAULT_WITHDRAW
    ret
    .size probe_access_read, . - probe_access_read

/* void probe_access_write(uint64_t address, uint8_t value) */
    .globl probe_access_write
    .type probe_access_write, @function
probe_access_write:
    FAULT_ANNOUNCE
    movb %sil, (%rdi)
    FAULT_WITHDRAW
    ret
    .size probe_access_write, . - probe_access_write

/* void probe_access_execute(uint64_t address): what runs there may change any register but RSP. */
    .globl probe_access_execute
    .type probe_access_execute, @function
probe_access_execute:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    FAULT_ANNOUNCE
    call *%rdi
    FAULT_WITHDRAW
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
    .size probe_access_execute, . - probe_access_execute

    .section .note.GNU-stack, "", @progbits
