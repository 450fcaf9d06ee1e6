/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes any kernel large: three MiB more of code, of constants and of data, each with another pattern. */
    .section .text
    .fill 0x300000 / 4, 4, 0xccccf4fa

    .section .rodata
    .fill 0x300000 / 4, 4, 0x5a5a5a5a

    .section .data
    .fill 0x300000 / 4, 4, 0xa5a5a5a5

    .section .bss
    .skip 0x4000000

    .section .note.GNU-stack, "", @progbits
