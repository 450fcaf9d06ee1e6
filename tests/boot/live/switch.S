/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Out of long mode and back: 64-bit code, compatibility mode, paging off, CR4.LA57 on, the new
 * CR3, paging on, 64-bit code (SDM volume 3, sections 4.1.2 and 9.8.5). The upper halves of the
 * registers do not survive that, so the way back lies in the page itself.
 */
#include "selectors.h"

    .set CR0_PG, 1 << 31
    .set CR4_LA57, 1 << 12

    .section .text

/* void switch_run(uint64_t page, uint64_t root, uint8_t *code) */
    .globl switch_run
    .type switch_run, @function
switch_run:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    leaq 1f(%rip), %rax
    movq %rax, (switch_rip - switch_code)(%rdx)
    movq %rsp, (switch_rsp - switch_code)(%rdx)
    jmp *%rdi
1:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
    .size switch_run, . - switch_run

    .globl switch_code, switch_jump, switch_64, switch_code_end
switch_code:
    pushq $SELECTOR_CODE_32
    leaq switch_32(%rip), %rax
    pushq %rax
    lretq
    .code32
switch_32:
    movl %cr0, %eax
    andl $~CR0_PG, %eax
    movl %eax, %cr0
    movl %cr4, %eax
    orl $CR4_LA57, %eax
    movl %eax, %cr4
    movl %esi, %cr3
    movl %cr0, %eax
    orl $CR0_PG, %eax
    movl %eax, %cr0
switch_jump:
    ljmpl $SELECTOR_CODE, $0
    .code64
switch_64:
    movq switch_rsp(%rip), %rsp
    jmpq *switch_rip(%rip)
    .balign 8
switch_rsp:
    .quad 0
switch_rip:
    .quad 0
switch_code_end:

    .section .note.GNU-stack, "", @progbits
