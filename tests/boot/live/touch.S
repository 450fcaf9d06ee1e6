/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The accesses themselves. Each announces where to go on after a fault, and with which stack
 * (traps.c); user code comes back the same way, by a breakpoint.
 */
#include "selectors.h"

    .section .text

    .macro TOUCH_ANNOUNCE
    leaq 1f(%rip), %rax
    movq %rsp, fault_recovery + 8(%rip)
    movq %rax, fault_recovery + 0(%rip)
    .endm

    .macro TOUCH_WITHDRAW
1:
    movq $0, fault_recovery + 0(%rip)
    .endm

    .macro TOUCH_FUNCTION name
    .globl \name
    .type \name, @function
\name:
    .endm

/* uint64_t touch_do_read(uint64_t va) */
TOUCH_FUNCTION touch_do_read
    TOUCH_ANNOUNCE
    movq (%rdi), %rax
    TOUCH_WITHDRAW
    ret

/* void touch_do_write(uint64_t va, uint64_t value) */
TOUCH_FUNCTION touch_do_write
    TOUCH_ANNOUNCE
    movq %rsi, (%rdi)
    TOUCH_WITHDRAW
    ret

/* void touch_do_execute(uint64_t va) */
TOUCH_FUNCTION touch_do_execute
    TOUCH_ANNOUNCE
    call *%rdi
    TOUCH_WITHDRAW
    ret

/* uint64_t touch_do_user(uint64_t va, uint64_t value, uint64_t entry) */
TOUCH_FUNCTION touch_do_user
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    TOUCH_ANNOUNCE
    pushq $(SELECTOR_USER_DATA | 3)
    pushq $0
    pushfq
    pushq $(SELECTOR_USER_CODE | 3)
    pushq %rdx
    iretq
    TOUCH_WITHDRAW
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
