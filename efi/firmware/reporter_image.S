/* SPDX-License-Identifier: BSD-2-Clause */
/* The fault reporter as the build has made it. Here it is data: it never runs in this place. */
    .section .rdata, "dr"
    .globl reporter_text
reporter_text:
    .incbin "text.bin"
    .globl reporter_text_end
reporter_text_end:

    .balign 8
    .globl reporter_constants
reporter_constants:
    .incbin "rodata.bin"
    .globl reporter_constants_end
reporter_constants_end:
