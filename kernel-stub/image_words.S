/* SPDX-License-Identifier: BSD-2-Clause */
/* Known words and addresses, and zeroes in .bss, where no compiler can know them. */
#include "image.h"

    .macro IMAGE_FILL
    .set image_word, 0
    .rept IMAGE_WORDS
    .set image_word, image_word + IMAGE_WORD_FACTOR
    .quad image_word
    .endr
    .endm

    .section .rodata
    .balign 8
    .globl image_rodata_words
image_rodata_words:
    IMAGE_FILL

    .globl image_start_in_file
image_start_in_file:
    .quad image_linked_base

    .section .data.rel.ro, "aw", @progbits
    .balign 8
    .globl image_pointers
image_pointers:
    .set image_offset, 0
    .rept IMAGE_POINTERS
    .quad image_data_words + image_offset
    .set image_offset, image_offset + 8
    .endr

    .section .data
    .balign 8
    .globl image_data_words
image_data_words:
    IMAGE_FILL

    .section .bss.image, "aw", @nobits
    .balign 8
    .globl image_bss_words
image_bss_words:
    .skip IMAGE_WORDS * 8

    .section .note.GNU-stack, "", @progbits
