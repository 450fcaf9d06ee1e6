/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enter_kernel, in a page of its own. It runs at the same address before and after the switch of
 * CR3; once that is done, no memory but this page and the kernel's own is touched.
 *
 * Order matters (SDM volume 3, section 4.10.4 and volume 2, MOV to CR): EFER.NXE before tables with
 * bit 63 are loaded; CR4 before CR0, because CET must be off whenever WP changes; CR4 without PGE,
 * so that the firmware's global translations die with the load of CR3; PAT and WBINVD before the
 * new cache types are used.
 */
#define STATE_CR0     0
#define STATE_CR3     8
#define STATE_CR4     16
#define STATE_EFER    24
#define STATE_PAT     32
#define STATE_GDT     40
#define STATE_STACK   48
#define STATE_HANDOFF 56
#define STATE_ENTRY   64

#define MSR_EFER 0xc0000080
#define MSR_PAT  0x277

#define GDT_LIMIT     55 /* seven entries */
#define CODE_SELECTOR 0x28
#define DATA_SELECTOR 0x30
#define RFLAGS_ENTRY  2

    .section .text$enter, "xr"
    .balign 4096
    .globl enter_page
enter_page:

    .globl enter_kernel
enter_kernel:
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

    movq STATE_GDT(%rsi), %r8
    movq STATE_STACK(%rsi), %r9
    movq STATE_HANDOFF(%rsi), %rdi
    movq STATE_ENTRY(%rsi), %r10
    movq STATE_CR3(%rsi), %r11
    movl STATE_PAT(%rsi), %eax
    movl STATE_PAT+4(%rsi), %edx
    testl %eax, %eax
    jz 1f
    wbinvd
    movl $MSR_PAT, %ecx
    wrmsr
    wbinvd
1:
    movq %r11, %cr3

    movq %r9, %rsp
    subq $16, %rsp
    movw $GDT_LIMIT, 6(%rsp)
    movq %r8, 8(%rsp)
    lgdt 6(%rsp)
    movq $0, (%rsp)
    movq $0, 8(%rsp)
    lidt (%rsp)
    movl $DATA_SELECTOR, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movl %eax, %ss
    xorl %eax, %eax
    lldt %ax
    movq %rax, %cr2
    leaq 2f(%rip), %rax
    pushq $CODE_SELECTOR
    pushq %rax
    lretq
2:
    movq %r9, %rsp
    pushq $0
    pushq %r10
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

    .balign 4096, 0xcc
