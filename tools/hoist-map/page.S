/* SPDX-License-Identifier: BSD-2-Clause */
/* Style and script of the page, as they are written. */
    .section .rodata
    .globl page_style, page_style_bytes, page_script, page_script_bytes
    .balign 8
page_style_bytes:
    .quad page_style_end - page_style
page_script_bytes:
    .quad page_script_end - page_script
page_style:
    .incbin "tools/hoist-map/page.css"
page_style_end:
page_script:
    .incbin "tools/hoist-map/page.js"
page_script_end:
    .section .note.GNU-stack, "", @progbits
