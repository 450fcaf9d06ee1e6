/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places in the stub's own image, named by link.ld, and the known words that image_words.S puts
 * there.
 */
#ifndef IMAGE_H
#define IMAGE_H

/* Three pages and a half of each: what is loaded in the wrong order or cut short is seen. */
#define IMAGE_WORDS 1792

/* Word i is this number times (i + 1), modulo 2^64: odd, so that no two words are equal. */
#define IMAGE_WORD_FACTOR 0x9e3779b97f4a7c15

/* Addresses in a row, more than the 64 that one entry of DT_RELR can tell of. */
#define IMAGE_POINTERS 200

#ifndef __ASSEMBLER__

#include <stdint.h>

extern const uint8_t image_start[];
extern const uint8_t image_text_start[];
extern const uint8_t image_text_end[];
extern const uint8_t image_rodata_start[];
extern const uint8_t image_rodata_end[];
extern const uint8_t image_relro_start[];
extern const uint8_t image_relro_end[];
extern uint8_t image_data_start[];
extern uint8_t image_data_end[];
extern uint8_t image_end[];

extern const volatile uint64_t image_rodata_words[IMAGE_WORDS];
extern volatile uint64_t image_data_words[IMAGE_WORDS];
extern volatile uint64_t image_bss_words[IMAGE_WORDS]; /* all zero, and the first of .bss */

/* Pointer i is the address of word i of image_data_words. */
extern const volatile uint64_t image_pointers[IMAGE_POINTERS];

/* The address that image_start has in the file, before the loader moves the kernel. */
extern const uint64_t image_start_in_file;

#endif
#endif
