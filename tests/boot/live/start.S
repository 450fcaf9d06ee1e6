/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry, with a stack of the kernel's own: it has a page on either side that tests change. */
    .section .text
    .globl kernel_entry
    .type kernel_entry, @function
kernel_entry:
    leaq image_stack_end(%rip), %rsp
    xorl %ebp, %ebp
    call live_main
    .size kernel_entry, . - kernel_entry

    .section .bss.stack, "aw", @nobits
    .balign 4096
    .globl image_below_stack, image_stack, image_stack_end
image_below_stack:
    .skip 4096
image_stack:
    .skip 0x10000
image_stack_end:
    .skip 4096

    .section .text_pad, "ax", @nobits
    .skip 4096

    .section .note.GNU-stack, "", @progbits
