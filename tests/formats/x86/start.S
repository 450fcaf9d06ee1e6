/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry by a multiboot loader (version 1, section 3.1.1): protected mode, no paging. */
#define MAGIC 0x1badb002

    .section .multiboot, "a"
    .balign 4
    .long MAGIC, 0, -MAGIC

    .text
    .globl _start
_start:
    cld
    movl $stack_end, %esp
    xorl %ebp, %ebp
    call main
1:  hlt
    jmp 1b

    .bss
    .balign 16
    .skip 16384
    .globl stack_end
stack_end:

    .section .note.GNU-stack, "", @progbits
