/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page in which processors other than the first wake up and wait: a copy of it lies below 1 MiB, where a
 * start-up message leads (SDM volume 3, section 9.4). It goes from real mode through 32-bit code without
 * paging, where caches and model-specific registers are set, to 64-bit code under the kernel's tables, which
 * map the page at its physical address, to be read and executed.
 *
 * %ebx is the page's address until the processor waits. The state behind the code is the loader's to fill
 * in, for one processor after the other: it is read before the processor says that it is there.
 */
#include "first_instruction.h"

#define PARKING_CR0       0
#define PARKING_CR3       4
#define PARKING_CR4       8
#define PARKING_FAR_32    12
#define PARKING_FAR_64    20
#define PARKING_OWN_GDT   30
#define PARKING_GDT       38
#define PARKING_HAS_TASK  36
#define PARKING_GOTO      48
#define PARKING_ARGUMENT  56
#define PARKING_STACK     64
#define PARKING_ARRIVED   72
#define PARKING_MSRS      80
#define PARKING_MSR_COUNT 84
#define PARKING_WRITES      88
#define PARKING_WRITE_COUNT 92
#define PARKING_AWAY      96
#define PARKING_BYTES     104

#define MSR_ENTRY_BYTES   12
#define WRITE_ENTRY_BYTES 8

#define CR0_PE     1
#define CR0_CD     0x40000000
#define CR0_CACHED 0x9fffffff

#define OWN_CODE_32 0x08
#define OWN_DATA    0x10

    .section .rdata, "dr"
    .balign 16
    .globl parking_start
parking_start:
    .code16
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    movzwl %ax, %ebx
    shll $4, %ebx
    lgdtl parking_state - parking_start + PARKING_OWN_GDT
    movl %cr0, %eax
    orl $CR0_PE, %eax
    movl %eax, %cr0
    ljmpl *(parking_state - parking_start + PARKING_FAR_32)

    .code32
    .globl parking_32
parking_32:
    movl $OWN_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    leal (parking_state - parking_start)(%ebx), %ebp

    /* Nothing is cached while its type changes (SDM volume 3, section 12.11.8). */
    movl %cr0, %eax
    orl $CR0_CD, %eax
    andl $0xdfffffff, %eax
    movl %eax, %cr0
    wbinvd
    movl PARKING_MSRS(%ebp), %esi
    movl PARKING_MSR_COUNT(%ebp), %edi
1:
    movl (%esi), %ecx
    movl 4(%esi), %eax
    movl 8(%esi), %edx
    wrmsr
    addl $MSR_ENTRY_BYTES, %esi
    decl %edi
    jnz 1b
    wbinvd
    movl %cr0, %eax
    andl $CR0_CACHED, %eax
    movl %eax, %cr0

    movl PARKING_WRITES(%ebp), %esi
    movl PARKING_WRITE_COUNT(%ebp), %edi
2:
    testl %edi, %edi
    jz 3f
    movl (%esi), %ecx
    movl 4(%esi), %eax
    movl %eax, (%ecx)
    addl $WRITE_ENTRY_BYTES, %esi
    decl %edi
    jmp 2b
3:
    movl PARKING_CR4(%ebp), %eax
    movl %eax, %cr4
    movl PARKING_CR3(%ebp), %eax
    movl %eax, %cr3
    movl PARKING_CR0(%ebp), %eax
    movl %eax, %cr0
    ljmpl *PARKING_FAR_64(%ebp)

    .code64
    .globl parking_64
parking_64:
    movl %ebp, %ebp
    movq PARKING_STACK(%rbp), %rsp
    lgdt PARKING_GDT(%rbp)
    load_data_segments
    leaq 4f(%rip), %rax
    pushq $CODE_SELECTOR
    pushq %rax
    lretq
4:
    xorl %eax, %eax
    lldt %ax
    pushq %rax
    pushq %rax
    lidt (%rsp)
    cmpw $0, PARKING_HAS_TASK(%rbp)
    je 5f
    movl $TASK_SELECTOR, %eax
    ltr %ax
5:
    xorl %eax, %eax
    movq %rax, %cr2
    fninit
    movq PARKING_STACK(%rbp), %rsp
    movq PARKING_GOTO(%rbp), %rdx
    movq PARKING_ARGUMENT(%rbp), %rdi
    movq PARKING_ARRIVED(%rbp), %rcx
    leaq 7f(%rip), %rax
    addq PARKING_AWAY(%rbp), %rax
    jmpq *%rax
7:
    movq $1, (%rcx)
6:
    pause
    movq (%rdx), %rcx
    testq %rcx, %rcx
    jz 6b

    /* The first processor has taken this page from its own address by now. */
    movq %cr3, %rax
    movq %rax, %cr3
    enter_kernel_at %rcx

    .balign 8
    .globl parking_gdt
parking_gdt:
    .quad 0
    .quad 0x00cf9b000000ffff /* 32-bit code */
    .quad 0x00cf93000000ffff /* data */
    .quad 0x00af9b000000ffff /* 64-bit code */
    .globl parking_state
parking_state:
    .fill PARKING_BYTES, 1, 0
    .globl parking_end
parking_end:
