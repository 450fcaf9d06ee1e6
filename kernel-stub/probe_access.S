/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three single accesses that are allowed to fault. Each announces where to go on and with which
 * stack; the fault handler goes there with the announcement withdrawn.
 */
    .section .text

    .macro PROBE_ANNOUNCE
    leaq 1f(%rip), %rax
    movq %rsp, fault_recovery + 8(%rip)
    movq %rax, fault_recovery + 0(%rip)
    .endm

    .macro PROBE_WITHDRAW
1:
    movq $0, fault_recovery + 0(%rip)
    .endm

/* uint8_t probe_access_read(uint64_t address) */
    .globl probe_access_read
    .type probe_access_read, @function
probe_access_read:
    PROBE_ANNOUNCE
    movzbl (%rdi), %eax
    PROBE_WITHDRAW
    ret
    .size probe_access_read, . - probe_access_read

/* void probe_access_write(uint64_t address, uint8_t value) */
    .globl probe_access_write
    .type probe_access_write, @function
probe_access_write:
    PROBE_ANNOUNCE
    movb %sil, (%rdi)
    PROBE_WITHDRAW
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
    PROBE_ANNOUNCE
    call *%rdi
    PROBE_WITHDRAW
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
    .size probe_access_execute, . - probe_access_execute

    .section .note.GNU-stack, "", @progbits
