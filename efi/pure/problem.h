/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that can go wrong in the loader, as data. A problem says what happened, to what, and
 * with which numbers; problem.c alone turns it into an English sentence.
 *
 * To add a kind: a line in the enum below, which says what name, other and the numbers mean, and a
 * row of the same name in the table of problem_texts.c. A unit test misses the row when it is forgotten.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBLEM_NUMBER_LIMIT 4

/* A buffer of this size holds any sentence, for a text takes at most PROBLEM_TEXT_LIMIT_BYTES in
 * it. */
#define PROBLEM_SENTENCE_CAPACITY 1024
#define PROBLEM_TEXT_LIMIT_BYTES  160

/*
 * The comment behind a kind lists its numbers in order. "status" is an EFI_STATUS, "name" and
 * "other" are texts. Where the comment says nothing about name, it is the file's.
 */
enum problem_kind {
    PROBLEM_NONE, /* everything is well */

    /* Files */
    PROBLEM_FILE_NO_VOLUME, /* name: what is looked for; status */
    PROBLEM_FILE_MISSING,   /* - */
    PROBLEM_FILE_ABSENT,    /* name: the path; the file is not on the volume that it names */
    PROBLEM_FILE_RESOURCE,  /* name: the path whose volume is not there; volumes */
    PROBLEM_FILE_HASH,     /* 8 bytes of the file's hash, of that in the path, the first's number */
    PROBLEM_FILE_START,    /* it is no program that can be started; status */
    PROBLEM_FILE_RETURNED, /* the program has come back; status */
    PROBLEM_FILE_OPEN,     /* status */
    PROBLEM_FILE_INFO,     /* status */
    PROBLEM_FILE_DIRECTORY,       /* - */
    PROBLEM_FILE_SHORT,           /* bytes wanted, bytes got, file offset */
    PROBLEM_FILE_READ,            /* status, file offset */
    PROBLEM_FILE_CREATE,          /* a warning; status */
    PROBLEM_FILE_WRITE,           /* a warning; status, bytes written before */
    PROBLEM_FILE_NOTHING_TO_BOOT, /* name: the configuration; other: the kernel looked for without
                                     one */

    /* Configuration; the first number is the line, 0 where there is none */
    PROBLEM_CONFIG_TOO_LARGE,        /* 0, size, limit */
    PROBLEM_CONFIG_UTF16,            /* 0, the first two bytes as a big-endian number */
    PROBLEM_CONFIG_BINARY,           /* line, byte */
    PROBLEM_CONFIG_NOT_UTF8,         /* line, byte */
    PROBLEM_CONFIG_LINE_TOO_LONG,    /* line, length, limit */
    PROBLEM_CONFIG_NO_COLON,         /* line; other: the line */
    PROBLEM_CONFIG_NO_KEY,           /* line; other: the line */
    PROBLEM_CONFIG_NO_TITLE,         /* line; other: the line */
    PROBLEM_CONFIG_NO_PARENT,        /* line, slashes, slashes allowed here; other: the line */
    PROBLEM_CONFIG_TOO_DEEP,         /* line, slashes, limit; other: the line */
    PROBLEM_CONFIG_MACRO,            /* line; other: the macro */
    PROBLEM_CONFIG_MACRO_OPEN,       /* line; other: the macro's beginning */
    PROBLEM_CONFIG_NO_VALUE,         /* line; other: the key */
    PROBLEM_CONFIG_NO_NUMBER,        /* line; other: the line */
    PROBLEM_CONFIG_NUMBER_RANGE,     /* line, least, most; other: the line */
    PROBLEM_CONFIG_NO_SWITCH,        /* line; other: the line */
    PROBLEM_CONFIG_NO_SIZE,          /* line; other: the line */
    PROBLEM_CONFIG_SIZE_RANGE,       /* line, least, most; other: the line */
    PROBLEM_CONFIG_NO_RESOLUTION,    /* line; other: the line */
    PROBLEM_CONFIG_CHOICE,           /* line; other: the key and the words allowed */
    PROBLEM_CONFIG_DEFAULT_ENTRY,    /* line, default_entry, entries */
    PROBLEM_CONFIG_TOO_MANY_ENTRIES, /* line, limit */
    PROBLEM_CONFIG_NO_ENTRY,         /* - */
    /* warnings */
    PROBLEM_CONFIG_UNKNOWN_KEY,   /* line; other: the key */
    PROBLEM_CONFIG_OUTSIDE_ENTRY, /* line; other: the key */
    PROBLEM_CONFIG_DUPLICATE_KEY, /* line; other: the key */
    PROBLEM_CONFIG_NO_MODULE,     /* line; other: the key */

    /* The entry chosen; name: its title */
    PROBLEM_ENTRY_NO_PATH,     /* line */
    PROBLEM_ENTRY_NO_PROTOCOL, /* line */
    PROBLEM_ENTRY_PROTOCOL,    /* line; other: the protocol asked for */
    PROBLEM_ENTRY_NO_KEYS,     /* - */

    /* Paths; name: the path */
    PROBLEM_PATH_EMPTY,        /* - */
    PROBLEM_PATH_NOT_ABSOLUTE, /* - */
    PROBLEM_PATH_RESOURCE,     /* other: the resource */
    PROBLEM_PATH_ARGUMENT,     /* other: the resource with its argument */
    PROBLEM_PATH_HASH,         /* digits, digits of a hash */
    PROBLEM_PATH_TOO_LONG,     /* bytes, limit */
    PROBLEM_PATH_CHARACTER,    /* byte, its offset */
    PROBLEM_PATH_NOT_UTF8,     /* byte, its offset */
    PROBLEM_PATH_NOT_UCS2,     /* code point, its offset */

    /* ELF headers */
    PROBLEM_ELF_EMPTY,       /* - */
    PROBLEM_ELF_TRUNCATED,   /* file size, bytes needed */
    PROBLEM_ELF_MAGIC,       /* the first bytes of the file (at most four) as a big-endian number */
    PROBLEM_ELF_32_BIT,      /* - */
    PROBLEM_ELF_CLASS,       /* class */
    PROBLEM_ELF_BIG_ENDIAN,  /* - */
    PROBLEM_ELF_DATA,        /* data encoding */
    PROBLEM_ELF_VERSION,     /* version */
    PROBLEM_ELF_RELOCATABLE, /* - */
    PROBLEM_ELF_TYPE,        /* type */
    PROBLEM_ELF_MACHINE,     /* machine */
    PROBLEM_ELF_HEADER_SIZE, /* size, size expected */
    PROBLEM_ELF_PROGRAM_HEADER_SIZE, /* size, size expected */
    PROBLEM_ELF_NO_PROGRAM_HEADERS,  /* - */
    PROBLEM_ELF_TOO_MANY_HEADERS,    /* headers, limit */
    PROBLEM_ELF_TABLE_OUTSIDE,       /* offset, size of the table, file size */
    PROBLEM_ELF_TABLE_OVERFLOW,      /* offset, size of the table */
    PROBLEM_ELF_INTERPRETER,         /* program header */
    PROBLEM_ELF_NO_SEGMENT,          /* program headers */
    PROBLEM_ELF_TOO_MANY_SEGMENTS,   /* limit */
    /* ELF segments; the first number is the program header's */
    PROBLEM_ELF_FILE_SIZE,      /* segment, size in the file, size in memory */
    PROBLEM_ELF_OUTSIDE_FILE,   /* segment, offset, size in the file, file size */
    PROBLEM_ELF_FILE_OVERFLOW,  /* segment, offset, size in the file */
    PROBLEM_ELF_ALIGNMENT,      /* segment, alignment */
    PROBLEM_ELF_CONGRUENCE,     /* segment, address, offset, alignment */
    PROBLEM_ELF_LOWER_HALF,     /* segment, address, first address allowed */
    PROBLEM_ELF_WRAPS,          /* segment, address, size in memory */
    PROBLEM_ELF_LAST_PAGE,      /* segment, address, size in memory */
    PROBLEM_ELF_WRITE_EXECUTE,  /* segment, address, size in memory */
    PROBLEM_ELF_UNREADABLE,     /* segment, address, flags */
    PROBLEM_ELF_OVERLAP,        /* segment, other segment, first address in both */
    PROBLEM_ELF_RIGHTS_ON_PAGE, /* segment, other segment, the page's address */
    PROBLEM_ELF_ENTRY,          /* (not a segment's) entry */
    /* other program headers; the first number is the header's */
    PROBLEM_ELF_PART_OUTSIDE,   /* header, address, size; other: its type */
    PROBLEM_ELF_NOTE_TOO_LONG,  /* header, size, limit */
    PROBLEM_ELF_TOO_MANY_NOTES, /* header, limit */
    PROBLEM_ELF_STACK,          /* - (a warning) */

    /* The kernel's note */
    PROBLEM_NOTE_TYPE,    /* type */
    PROBLEM_NOTE_SIZE,    /* size, least size */
    PROBLEM_NOTE_WISH,    /* offset of the wish, bytes known */
    PROBLEM_NOTE_VERSION, /* oldest version asked for, version there is */
    PROBLEM_NOTE_LEVELS,  /* levels asked for */

    /* A movable kernel's place and relocations */
    PROBLEM_PLACEMENT_NONE,        /* size, alignment, lowest place, end */
    PROBLEM_PLACEMENT_FIXED,       /* - (a warning) */
    PROBLEM_RELOCATE_TABLE,        /* address, size; other: the table */
    PROBLEM_RELOCATE_ENTRY_SIZE,   /* size of the table, of an entry, expected; other: the table */
    PROBLEM_RELOCATE_FORM,         /* - */
    PROBLEM_RELOCATE_LIBRARY,      /* other: the library */
    PROBLEM_RELOCATE_BITMAP,       /* entry */
    PROBLEM_RELOCATE_TARGET,       /* number, address; other: the table */
    PROBLEM_RELOCATE_TYPE,         /* number, address, type; other: the symbol */
    PROBLEM_RELOCATE_SYMBOL,       /* number, address, symbol, symbols; other: the table */
    PROBLEM_RELOCATE_SYMBOL_PLACE, /* number, address, symbol; other: the table */
    PROBLEM_RELOCATE_UNDEFINED,    /* number, address; other: the symbol */
    PROBLEM_RELOCATE_INDIRECT,     /* number, address; other: the symbol */
    PROBLEM_RELOCATE_OVERFLOW,     /* number, address, value, what is added; other: the table */

    /* Memory; name: for what ("kernel", "page tables", "stack", "hand-off") */
    PROBLEM_MEMORY_OUT,            /* size needed, free in all, largest free run */
    PROBLEM_MEMORY_NO_RUN,         /* size needed, alignment, largest free run */
    PROBLEM_MEMORY_PLACE_TAKEN,    /* tries, last place (address), size, status */
    PROBLEM_MEMORY_ALLOCATE,       /* size, status */
    PROBLEM_MEMORY_MAP_TOO_LONG,   /* name unused; descriptors, limit */
    PROBLEM_MEMORY_MAP_UNREADABLE, /* name unused; status */
    PROBLEM_MEMORY_MAP_DESCRIPTOR, /* name unused; descriptor size, least size */
    PROBLEM_MEMORY_MAP_BEYOND,     /* a warning; name unused; bytes, physical address bits */
    PROBLEM_MEMORY_MAP_NO_RAM,     /* name unused; descriptors */

    /* The plan; name and other: ranges */
    PROBLEM_PLAN_OVERLAP, /* name, other; first address in both */
    PROBLEM_PLAN_TAKEN, /* name has no place, other is in the way; lowest place, other's address */
    PROBLEM_PLAN_TOO_LONG,   /* name: the range that does not fit; limit */
    PROBLEM_PLAN_TOO_LARGE,  /* name; size, limit */
    PROBLEM_PLAN_DIRECT_MAP, /* name unused; other: what is in the way; size, lowest place, other's
                                address */
    PROBLEM_PLAN_RIGHTS,     /* name; virtual: both writable and executable */
    PROBLEM_PLAN_ALIAS, /* name, other; physical: writable through one, executable through one */
    PROBLEM_PLAN_TWO_CACHES, /* name, other; physical */

    /* The screen; warnings: it is left out */
    PROBLEM_SCREEN_SHAPE,     /* name unused; width, height, pixels of a line, bits of a pixel */
    PROBLEM_SCREEN_SHORT,     /* name unused; size by width and height, size that is there */
    PROBLEM_SCREEN_BEYOND,    /* name unused; physical, size, physical address bits */
    PROBLEM_SCREEN_TOO_LARGE, /* name unused; physical, size, limit */
    PROBLEM_SCREEN_IN_USE,    /* name: kind of memory; physical, size, first address in use */

    /* Page tables; name: the range */
    PROBLEM_TABLES_COUNT, /* other: the paging library's text; virtual, size */
    PROBLEM_TABLES_BUILD, /* other: the paging library's text; virtual, size */
    PROBLEM_RULE,         /* name: the rule; other: the range; found, of, virtual of the first */

    /* Processor and firmware */
    PROBLEM_CPU_WIDTH, /* name unused; physical address bits */

    /* Number of paging levels */
    PROBLEM_DEPTH_CONTRADICTION,  /* name: who asks; least, most */
    PROBLEM_DEPTH_CPU,            /* name: who asks; levels asked for, levels the processor has */
    PROBLEM_DEPTH_NO_LOW,         /* name: what for; size, end of the memory that will do */
    PROBLEM_DEPTH_NOT_EXECUTABLE, /* name unused; address of the code, status */

    /* The Limine protocol; name: the kernel's file */
    PROBLEM_LIMINE_REVISION,   /* base revision asked for, the newest that is known */
    PROBLEM_LIMINE_TWICE,      /* other: the request; both addresses */
    PROBLEM_LIMINE_CUT,        /* other: the request; its address, its size */
    PROBLEM_LIMINE_OUTSIDE,    /* other: what lies outside of the image; address, size */
    PROBLEM_LIMINE_ENTRY,      /* address of the entry point asked for */
    PROBLEM_LIMINE_MODULES,    /* internal modules asked for, limit */
    PROBLEM_LIMINE_PACKED,     /* other: the path of a module that is said to be compressed */
    PROBLEM_PROCESSORS_X2APIC, /* name unused; highest number of a local APIC */
    PROBLEM_LIMINE_RIGHTS,     /* a warning: segments are writable and executable */

    /* The screen; name: the resolution asked for. Warnings */
    PROBLEM_SCREEN_NO_MODE, /* width, height and bits of the nearest mode; modes */
    PROBLEM_SCREEN_MODE,    /* status */

    /* Leaving the firmware */
    PROBLEM_LEAVE_TRIES,        /* name unused; tries, status */
    PROBLEM_LEAVE_MAP_CHANGED,  /* name: kind of memory planned with, other: now; address */
    PROBLEM_LEAVE_MAP_OUTGROWN, /* name unused; bytes needed, bytes there */

    PROBLEM_KIND_COUNT
};

/* The texts belong to whoever set the problem and must outlive it. */
struct problem {
    enum problem_kind kind;
    struct text name;
    struct text other;
    uint64_t numbers[PROBLEM_NUMBER_LIMIT];
};

/*
 * Both set *problem and return false, so that a check can end in `return problem_set(...)`.
 * problem_set() takes the usual name and two numbers (0 where the kind has fewer);
 * problem_set_all() copies a whole problem: return problem_set_all(problem, &(struct problem){
 *         .kind = PROBLEM_PLAN_OVERLAP, .name = name, .other = other, .numbers = {va}});
 */
bool problem_set(struct problem *problem, enum problem_kind kind, struct text name, uint64_t first,
                 uint64_t second);
bool problem_set_all(struct problem *problem, const struct problem *value);

/*
 * Writes one English sentence, without a full stop and without a line end, that contains the
 * problem's texts and numbers. Control characters and bytes that are no UTF-8 appear as \xNN; a
 * text that would take more than PROBLEM_TEXT_LIMIT_BYTES is cut and marked with "...". Cut off and
 * terminated like print_to(); returns the length written.
 */
size_t problem_sentence(const struct problem *problem, char *buffer, size_t capacity);

#endif
