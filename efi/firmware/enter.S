/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into the kernel, in a page of its own that runs wherever it is copied to. It runs at the
 * same address before and after the switch of CR3; once that is done, no memory but this page and
 * the kernel's own is touched.
 *
 * Order matters (SDM volume 3, section 4.10.4 and volume 2, MOV to CR): EFER.NXE before tables with
 * bit 63 are loaded; CR4 before CR0, because CET must be off whenever WP changes; CR4 without PGE,
 * so that the firmware's global translations die with the load of CR3; PAT and WBINVD before the
 * new cache types are used. CR4.LA57 cannot change in long mode (SDM volume 3, section 4.1.2): where
 * it has to, the page is a copy below 4 GiB with the state in it, and goes through 32-bit code with
 * paging off. Registers keep 32 bits on that way, and memory is reached through DS alone.
 */
#include "first_instruction.h"

#define STATE_CR0     0
#define STATE_CR3     8
#define STATE_CR4     16
#define STATE_EFER    24
#define STATE_PAT     32
#define STATE_STACK   40
#define STATE_HANDOFF 48
#define STATE_ENTRY   56
#define STATE_NEW_CR4 64
#define STATE_BACK    72
#define STATE_GDT     80
#define STATE_TASK    88
#define STATE_IDT     96
#define STATE_LIMITS  104
#define STATE_AWAY    112
#define STATE_ROOT    120
#define STATE_BYTES   128

#define MSR_EFER 0xc0000080
#define MSR_PAT  0x277

/* Of the page's own GDT. */
#define SWITCH_GDT_LIMIT 31
#define SWITCH_CODE_32   0x08
#define SWITCH_CODE_64   0x10
#define SWITCH_DATA      0x18

#define CR0_WITHOUT_PG 0x7fffffff

    /* Sections of the program begin on pages, and only what is not 0 takes room in the file. */
    .section .enter, "xr"
    .balign 4096
    .globl enter_page
enter_page:

    cli
    cld
    movq %rcx, %rsi

    movl $MSR_EFER, %ecx
    movl STATE_EFER(%rsi), %eax
    xorl %edx, %edx
    wrmsr
    movq STATE_CR4(%rsi), %rax
    movq %rax, %cr4
    movq STATE_CR0(%rsi), %rax
    movq %rax, %cr0

    movl STATE_PAT(%rsi), %eax
    movl STATE_PAT+4(%rsi), %edx
    testl %eax, %eax
    jz 1f
    wbinvd
    movl $MSR_PAT, %ecx
    wrmsr
    wbinvd
1:
    cmpq $0, STATE_NEW_CR4(%rsi)
    jne change_depth
enter_with_depth:
    movq STATE_GDT(%rsi), %r8
    movq STATE_TASK(%rsi), %r12
    movq STATE_IDT(%rsi), %r13
    movl STATE_LIMITS(%rsi), %r14d
    movq STATE_STACK(%rsi), %r9
    movq STATE_HANDOFF(%rsi), %rdi
    movq STATE_ENTRY(%rsi), %r10
    movq STATE_CR3(%rsi), %r11
    movq STATE_AWAY(%rsi), %r15
    movq STATE_ROOT(%rsi), %rbx
    movq %r11, %cr3

    /* Where the lower half is to be empty: on from the page's other address, without the root's entry. */
    testq %rbx, %rbx
    jz 6f
    leaq 5f(%rip), %rax
    addq %r15, %rax
    jmpq *%rax
5:
    movq $0, (%rbx)
    movq %r11, %cr3
6:

    movq %r9, %rsp
    subq $16, %rsp
    movw %r14w, 6(%rsp)
    testq %r12, %r12
    jz 4f
    movq %r12, 8(%rsp)
    lgdt 6(%rsp)
    movl $TASK_SELECTOR, %eax
    ltr %ax
4:
    movq %r8, 8(%rsp)
    lgdt 6(%rsp)
    shrl $16, %r14d
    movw %r14w, 6(%rsp)
    movq %r13, 8(%rsp)
    lidt 6(%rsp)
    load_data_segments
    xorl %eax, %eax
    lldt %ax
    movq %rax, %cr2
    leaq 2f(%rip), %rax
    pushq $CODE_SELECTOR
    pushq %rax
    lretq
2:
    movq %r9, %rsp
    enter_kernel_at %r10

change_depth:
    subq $16, %rsp
    leaq switch_gdt(%rip), %rax
    movw $SWITCH_GDT_LIMIT, 6(%rsp)
    movq %rax, 8(%rsp)
    lgdt 6(%rsp)
    movl $SWITCH_DATA, %eax
    movl %eax, %ds
    leaq 3f(%rip), %rax
    pushq $SWITCH_CODE_32
    pushq %rax
    lretq
    .code32
3:
    movl %cr0, %eax
    andl $CR0_WITHOUT_PG, %eax
    movl %eax, %cr0
    movl STATE_NEW_CR4(%esi), %eax
    movl %eax, %cr4
    movl STATE_CR3(%esi), %eax
    movl %eax, %cr3
    movl STATE_CR0(%esi), %eax
    movl %eax, %cr0
    ljmpl *STATE_BACK(%esi)
    .code64
    .globl enter_back
enter_back:
    movl %esi, %esi
    jmp enter_with_depth

    .balign 8
switch_gdt:
    .quad 0
    .quad 0x00cf9b000000ffff /* 32-bit code; accessed, for the page is not writable */
    .quad 0x00af9b000000ffff /* 64-bit code */
    .quad 0x00cf93000000ffff /* data */
    .globl enter_copied_state
enter_copied_state:
    .fill STATE_BYTES, 1, 0
