/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the headers of an ELF64 kernel (System V ABI, chapters 4 and 5, and its x86-64 supplement)
 * and says what has to be loaded where. It sees the headers only: the segments' bytes go from the
 * file straight to their frames. Every number of the file is checked before it is used, and every
 * refusal has a problem_kind of its own.
 */
#ifndef ELF_H
#define ELF_H

#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_HEADER_BYTES         64
#define ELF_PROGRAM_HEADER_BYTES 56
/* The most program headers a kernel may have, and the most segments among them that are loaded. */
#define ELF_TABLE_LIMIT   256
#define ELF_SEGMENT_LIMIT 64
/* The most PT_NOTE headers, and the most bytes in each. */
#define ELF_NOTE_LIMIT            8
#define ELF_NOTE_LIMIT_BYTES      8192
#define ELF_PAGE_BYTES            UINT64_C(4096)
#define ELF_ALIGNMENT_LIMIT_BYTES (UINT64_C(1) << 30)
/* Where the upper half of a 4-level address space starts (Intel SDM volume 1, 3.3.7.1: canonical
 * addresses). */
#define ELF_UPPER_HALF UINT64_C(0xffff800000000000)

/* The file: what it is called in messages, and how long it is. */
struct elf_source {
    struct text name;
    uint64_t size_bytes;
    bool lets_write_execute; /* segments may be writable and executable, and unreadable in name */
};

/* Where the program headers lie in the file (wholly inside it), and the entry point as the file
 * states it. */
struct elf_table {
    uint64_t offset_bytes;
    uint64_t count;
    uint64_t size_bytes;
    uint64_t entry;
    bool movable; /* ET_DYN */
};

/* A piece of the kernel: file_size_bytes bytes of the file, then zeroes up to size_bytes. Not page
 * aligned. */
struct elf_segment {
    uint64_t va;
    uint64_t size_bytes;
    uint64_t file_offset_bytes;
    uint64_t file_size_bytes;
    bool writable;
    bool executable;
    unsigned index; /* of its program header, for messages */
};

/* Part of the image; a size of 0 says that there is none. */
struct elf_range {
    uint64_t va;
    uint64_t size_bytes;
};

/* A PT_NOTE, wholly inside the file. */
struct elf_note_place {
    uint64_t file_offset_bytes;
    uint64_t size_bytes;
    unsigned padding_bytes; /* names and descriptions in it are padded to that: 4 or 8 */
    unsigned index;         /* of its program header */
};

/*
 * What the kernel's own note asks for (struct hoist_note in protocol/hoist.h); 0 is no wish. What
 * the configuration says comes first.
 */
struct elf_wishes {
    uint32_t oldest_version; /* of the hand-off; this loader's HOIST_VERSION or less */
    uint32_t stack_size_bytes;
    uint32_t paging_levels; /* these three: 4 or 5 */
    uint32_t min_paging_levels;
    uint32_t max_paging_levels;
};

/*
 * A kernel to load. The segments are sorted by address, do not overlap and lie inside [va_base,
 * va_base + size_bytes), which consists of whole 4 KiB pages, of the upper half unless the image is
 * movable, and does not touch the last page of the address space. A movable image is where the file
 * says until elf_move() moves it. Two segments may share a page only when they have the same
 * rights. The largest alignment that a segment asks for is alignment_bytes, from 4 KiB to 1 GiB: to
 * honour it, choose the frames so that physical and virtual address are equal modulo
 * alignment_bytes (va_base itself need not be a multiple of it).
 */
struct elf_image {
    uint64_t entry;
    uint64_t va_base;
    uint64_t size_bytes;
    uint64_t alignment_bytes;
    bool movable;                /* ET_DYN: it may be placed anywhere in steps of its alignment */
    uint64_t slide;              /* added to the addresses in the file, modulo 2^64 */
    struct elf_range relro;      /* whole pages that are read-only once relocated, in one segment */
    struct elf_range dynamic;    /* PT_DYNAMIC of a movable image, in one segment */
    bool has_write_execute;      /* a segment is writable and executable, and may be */
    bool wants_executable_stack; /* PT_GNU_STACK, mostly by mistake; no stack is executable */
    size_t note_count;
    struct elf_note_place notes[ELF_NOTE_LIMIT];
    struct elf_wishes wishes; /* elf_read_notes() fills them in */
    size_t segment_count;
    struct elf_segment segments[ELF_SEGMENT_LIMIT];
};

/*
 * Checks the file header. `header` holds the first bytes of the file: ELF_HEADER_BYTES of them, or
 * all when the file is shorter. On failure *problem says why and *table is unchanged.
 */
bool elf_read_header(const struct elf_source *source, const unsigned char *header,
                     struct elf_table *table, struct problem *problem);

/*
 * Checks the program headers. `program_headers` holds the table->size_bytes bytes found at
 * table->offset_bytes. `table` must come from elf_read_header() with the same source. On failure
 * *problem says why and *image is of no use. p_paddr is ignored. PT_INTERP is refused; PT_TLS,
 * PT_GNU_RELRO, PT_GNU_STACK, PT_NOTE and, where the image is movable, PT_DYNAMIC are understood;
 * all others are ignored.
 */
bool elf_read_segments(const struct elf_source *source, const struct elf_table *table,
                       const unsigned char *program_headers, struct elf_image *image,
                       struct problem *problem);

/*
 * Looks for the kernel's own note among the notes of one PT_NOTE (`bytes` holds all of it) and
 * takes its wishes into the image. Other people's notes are passed over. Fails with a PROBLEM_NOTE_
 * kind where the kernel wants what this loader does not know.
 */
bool elf_read_notes(const struct elf_source *source, const struct elf_note_place *place,
                    const unsigned char *bytes, struct elf_image *image, struct problem *problem);

/* Moves a movable image: all its addresses change by `slide`, modulo 2^64. */
void elf_move(struct elf_image *image, uint64_t slide);

#endif
