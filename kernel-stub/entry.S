/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first instructions of the kernel: record the processor's state, then go on in C.
 * Everything is addressed relative to RIP, so that a kernel at the wrong address can still say so.
 */
#include "entry_state.h"

    .set MSR_FS_BASE, 0xc0000100
    .set MSR_GS_BASE, 0xc0000101

    .section .text
    .globl kernel_entry
    .type kernel_entry, @function
kernel_entry:
    movq %rax, entry_state + ENTRY_STATE_GENERAL + 0(%rip)
    movq %rcx, entry_state + ENTRY_STATE_GENERAL + 8(%rip)
    movq %rdx, entry_state + ENTRY_STATE_GENERAL + 16(%rip)
    movq %rbx, entry_state + ENTRY_STATE_GENERAL + 24(%rip)
    movq %rsp, entry_state + ENTRY_STATE_GENERAL + 32(%rip)
    movq %rbp, entry_state + ENTRY_STATE_GENERAL + 40(%rip)
    movq %rsi, entry_state + ENTRY_STATE_GENERAL + 48(%rip)
    movq %rdi, entry_state + ENTRY_STATE_GENERAL + 56(%rip)
    movq %r8, entry_state + ENTRY_STATE_GENERAL + 64(%rip)
    movq %r9, entry_state + ENTRY_STATE_GENERAL + 72(%rip)
    movq %r10, entry_state + ENTRY_STATE_GENERAL + 80(%rip)
    movq %r11, entry_state + ENTRY_STATE_GENERAL + 88(%rip)
    movq %r12, entry_state + ENTRY_STATE_GENERAL + 96(%rip)
    movq %r13, entry_state + ENTRY_STATE_GENERAL + 104(%rip)
    movq %r14, entry_state + ENTRY_STATE_GENERAL + 112(%rip)
    movq %r15, entry_state + ENTRY_STATE_GENERAL + 120(%rip)

    /* Nothing up to here changes a flag. */
    pushfq
    popq entry_state + ENTRY_STATE_RFLAGS(%rip)
    cli
    cld

    leaq kernel_entry(%rip), %rax
    movq %rax, entry_state + ENTRY_STATE_RIP(%rip)
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, entry_state + ENTRY_STATE_TSC(%rip)
    movq %cr0, %rax
    movq %rax, entry_state + ENTRY_STATE_CR0(%rip)
    movq %cr3, %rax
    movq %rax, entry_state + ENTRY_STATE_CR3(%rip)
    movq %cr4, %rax
    movq %rax, entry_state + ENTRY_STATE_CR4(%rip)

    movq %cr2, %rax
    movq %rax, entry_state + ENTRY_STATE_CR2(%rip)
    movl $MSR_FS_BASE, %ecx
    rdmsr
    movl %eax, entry_state + ENTRY_STATE_FS_BASE(%rip)
    movl %edx, entry_state + ENTRY_STATE_FS_BASE + 4(%rip)
    movl $MSR_GS_BASE, %ecx
    rdmsr
    movl %eax, entry_state + ENTRY_STATE_GS_BASE(%rip)
    movl %edx, entry_state + ENTRY_STATE_GS_BASE + 4(%rip)

    movw %es, entry_state + ENTRY_STATE_SEGMENT + 0(%rip)
    movw %cs, entry_state + ENTRY_STATE_SEGMENT + 2(%rip)
    movw %ss, entry_state + ENTRY_STATE_SEGMENT + 4(%rip)
    movw %ds, entry_state + ENTRY_STATE_SEGMENT + 6(%rip)
    movw %fs, entry_state + ENTRY_STATE_SEGMENT + 8(%rip)
    movw %gs, entry_state + ENTRY_STATE_SEGMENT + 10(%rip)
    sgdt entry_state + ENTRY_STATE_GDTR(%rip)
    sidt entry_state + ENTRY_STATE_IDTR(%rip)
    str entry_state + ENTRY_STATE_TASK(%rip)

    /* RSP is still what a called function expects, and RDI still holds the hand-off. */
    xorl %ebp, %ebp
    jmp kernel_main
    .size kernel_entry, . - kernel_entry

    .section .data.rel.ro, "aw", @progbits
    .balign 8
    .globl entry_linked_address
entry_linked_address:
    .quad kernel_entry

    .section .note.GNU-stack, "", @progbits
