/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Five-level paging on, under the firmware: out of long mode and back in a page below 4 GiB that
 * holds change_code. Segments and GDT are the firmware's again afterwards.
 */
    .set CODE_32, 0x08
    .set CODE_64, 0x10
    .set DATA, 0x18
    .set CR0_PG, 1 << 31
    .set CR4_LA57, 1 << 12

    .text

/* void change_run(uint64_t page, uint64_t root): the page has a copy of change_code. */
    .globl change_run
change_run:
    pushq %rbx
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushfq
    cli
    subq $16, %rsp
    sgdt 6(%rsp)
    movl %cs, %eax
    pushq %rax
    movl %ds, %eax
    pushq %rax
    leaq 1f(%rip), %rax
    movq %rax, (change_rip - change_code)(%rcx)
    movq %rsp, (change_rsp - change_code)(%rcx)
    jmp *%rcx
1:
    popq %rbx
    popq %rax
    lgdt 6(%rsp)
    leaq 2f(%rip), %rcx
    pushq %rax
    pushq %rcx
    lretq
2:
    movl %ebx, %ds
    movl %ebx, %es
    movl %ebx, %fs
    movl %ebx, %gs
    movl %ebx, %ss
    addq $16, %rsp
    popfq
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rdi
    popq %rsi
    popq %rbp
    popq %rbx
    ret

    .globl change_code, change_code_end
change_code:
    leaq change_gdt(%rip), %rax
    movq %rax, change_gdtr + 2(%rip)
    lgdt change_gdtr(%rip)
    leaq change_64(%rip), %rax
    movl %eax, change_back(%rip)
    movl $DATA, %eax
    movl %eax, %ds
    leaq change_32(%rip), %rax
    pushq $CODE_32
    pushq %rax
    lretq
    .code32
change_32:
    movl %cr0, %eax
    andl $~CR0_PG, %eax
    movl %eax, %cr0
    movl %cr4, %eax
    orl $CR4_LA57, %eax
    movl %eax, %cr4
    movl %edx, %cr3
    movl %cr0, %eax
    orl $CR0_PG, %eax
    movl %eax, %cr0
    ljmpl *(change_back - change_code)(%ecx)
    .code64
change_64:
    movl $DATA, %eax
    movl %eax, %ss
    movq change_rsp(%rip), %rsp
    jmpq *change_rip(%rip)

    .balign 8
change_gdt:
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
change_rsp:
    .quad 0
change_rip:
    .quad 0
change_back:
    .long 0
    .word CODE_64
change_gdtr:
    .word 31
    .quad 0
change_code_end:
