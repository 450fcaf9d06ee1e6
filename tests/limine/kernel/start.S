/* SPDX-License-Identifier: BSD-2-Clause */
/* The first instructions: all registers are kept, then C goes on, on the stack that the loader gave. */
#include "state.h"

    .macro KEEP register, number
    movq \register, STATE_GENERAL + 8 * \number(%rax)
    .endm

    /* Two words are on the stack, RFLAGS and RAX; RAX is the address of the state. */
    .macro KEEP_STATE entry
    movq $\entry, STATE_ENTRY(%rax)
    KEEP %rcx, 1
    KEEP %rdx, 2
    KEEP %rbx, 3
    KEEP %rbp, 5
    KEEP %rsi, 6
    KEEP %rdi, 7
    KEEP %r8, 8
    KEEP %r9, 9
    KEEP %r10, 10
    KEEP %r11, 11
    KEEP %r12, 12
    KEEP %r13, 13
    KEEP %r14, 14
    KEEP %r15, 15
    popq STATE_GENERAL(%rax)
    popq STATE_RFLAGS(%rax)
    KEEP %rsp, 4
    movq %cr0, %rcx
    movq %rcx, STATE_CR0(%rax)
    movq %cr3, %rcx
    movq %rcx, STATE_CR3(%rax)
    movq %cr4, %rcx
    movq %rcx, STATE_CR4(%rax)
    movw %es, STATE_SEGMENT + 0(%rax)
    movw %cs, STATE_SEGMENT + 2(%rax)
    movw %ss, STATE_SEGMENT + 4(%rax)
    movw %ds, STATE_SEGMENT + 6(%rax)
    movw %fs, STATE_SEGMENT + 8(%rax)
    movw %gs, STATE_SEGMENT + 10(%rax)
    str STATE_TASK(%rax)
    sldt STATE_LOCAL(%rax)
    sgdt STATE_GDTR(%rax)
    sidt STATE_IDTR(%rax)
    cli
    cld
    .endm

    .section .text
    .globl kernel_entry
    .type kernel_entry, @function
kernel_entry:
    pushfq
    pushq %rax
    leaq first_state(%rip), %rax
    KEEP_STATE ENTRY_OF_FILE
    movq %rax, %rdi
    jmp kernel_main
    .size kernel_entry, . - kernel_entry

    .globl kernel_other_entry
    .type kernel_other_entry, @function
kernel_other_entry:
    pushfq
    pushq %rax
    leaq first_state(%rip), %rax
    KEEP_STATE ENTRY_OF_REQUEST
    movq %rax, %rdi
    jmp kernel_main
    .size kernel_other_entry, . - kernel_other_entry

    .globl processor_entry
    .type processor_entry, @function
processor_entry:
    pushfq
    pushq %rax
    movq 24(%rdi), %rax /* extra_argument */
    KEEP_STATE ENTRY_OF_PROCESSOR
    movq %rdi, %rsi
    movq %rax, %rdi
    jmp processor_main
    .size processor_entry, . - processor_entry

/* uint64_t fault_read(va), fault_write(va), fault_call(va): the handler goes on at fault_resume. */
    .macro GUARDED name, access:vararg
    .globl \name
    .type \name, @function
\name:
    pushq %rbx
    leaq 1f(%rip), %rax
    movq %rsp, fault_stack(%rip)
    movq %rax, fault_resume(%rip)
    \access
1:
    movq $0, fault_resume(%rip)
    popq %rbx
    ret
    .size \name, . - \name
    .endm

    GUARDED fault_read, movb (%rdi), %al
    GUARDED fault_write, lock orb $0, (%rdi)
    GUARDED fault_call, call *%rdi

    .macro FAULT_ENTRY vector
    .balign 16
    .if !((0x60227d00 >> \vector) & 1)
    pushq $0
    .endif
    pushq $\vector
    jmp fault_common
    .endm

    .balign 16
    .globl fault_entries
fault_entries:
    .altmacro
    .set vector, 0
    .rept 32
    FAULT_ENTRY %vector
    .set vector, vector + 1
    .endr

    .noaltmacro
fault_common:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    cld
    movq %rsp, %rdi
    call fault_handle
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    iretq

    .section .bss
    .balign 16
    .globl first_state
first_state:
    .skip 4096

    .section .note.GNU-stack, "", @progbits
