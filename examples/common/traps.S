/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's first instructions, the GDT, and the entries of its IDT. */

    .section .text

/* The entry point: a stack of the kernel's own, for the loader's is given up. RDI stays. */
    .globl kernel_entry
    .type kernel_entry, @function
kernel_entry:
    leaq stack_end(%rip), %rsp
    xorl %ebp, %ebp
    call kernel_main
    ud2
    .size kernel_entry, . - kernel_entry

/* void traps_load_gdt(void): selectors 8 and 16. */
    .globl traps_load_gdt
    .type traps_load_gdt, @function
traps_load_gdt:
    lgdt gdt_pointer(%rip)
    movl $16, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    popq %rax
    pushq $8
    pushq %rax
    lretq
    .size traps_load_gdt, . - traps_load_gdt

/* bool probe(uint64_t va) */
    .globl probe, probe_instruction, probe_failed
    .type probe, @function
probe:
probe_instruction:
    movb (%rdi), %al
    movl $1, %eax
    ret
probe_failed:
    xorl %eax, %eax
    ret
    .size probe, . - probe

/* Vector 14. What a called function may change is kept; the CPU has aligned the stack and pushed six words. */
    .globl traps_page_fault_entry, traps_other_entry
traps_page_fault_entry:
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
    movq 72(%rsp), %rdi
    leaq 80(%rsp), %rsi
    subq $8, %rsp
    call traps_page_fault
    addq $8, %rsp
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rax
    addq $8, %rsp
    iretq

traps_other_entry:
    andq $-16, %rsp
    call traps_other

    .section .data
    .balign 8
gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* 64-bit code, ring 0, accessed */
    .quad 0x00cf93000000ffff /* data, ring 0, accessed */
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .quad gdt

    .section .bss
    .balign 16
    .skip 0x8000
stack_end:

    .section .note.GNU-stack, "", @progbits
