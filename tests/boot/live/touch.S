/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The accesses themselves. Each announces where to go on after a fault, and with which stack
 * (traps.c); user code comes back the same way, by a breakpoint.
 */
#include "kernel-stub/fault_announce.inc"
#include "selectors.h"

    .section .text

    .macro TOUCH_FUNCTION name
    .globl \name
    .type \name, @function
\name:
    .endm

/* uint64_t touch_do_read(uint64_t va) */
TOUCH_FUNCTION touch_do_read
    FAULT_ANNOUNCE
    movq (%rdi), %rax
    FAULT_WITHDRAW
    ret

/* void touch_do_write(uint64_t va, uint64_t value) */
TOUCH_FUNCTION touch_do_write
    FAULT_ANNOUNCE
    movq %rsi, (%rdi)
    FAULT_WITHDRAW
    ret

/* void touch_do_execute(uint64_t va) */
TOUCH_FUNCTION touch_do_execute
    FAULT_ANNOUNCE
    call *%rdi
    FAULT_WITHDRAW
    ret

/* uint64_t touch_do_user(uint64_t va, uint64_t value, uint64_t entry) */
TOUCH_FUNCTION touch_do_user
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    FAULT_ANNOUNCE
    pushq $(SELECTOR_USER_DATA | 3)
    pushq $0
    pushfq
    pushq $(SELECTOR_USER_CODE | 3)
    pushq %rdx
    iretq
    FAULT_WITHDRAW
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

/* What runs in ring 3, at whatever address this page is mapped. */
    .section .user_text, "ax", @progbits
    .balign 4096
TOUCH_FUNCTION touch_user_read
    movq (%rdi), %rax
    int3
TOUCH_FUNCTION touch_user_write
    movq %rsi, (%rdi)
    int3
TOUCH_FUNCTION touch_user_execute
    jmp *%rdi

    .section .note.GNU-stack, "", @progbits
