/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file, in the grammar of limine.conf: `key: value` lines and entries, each a
 * `/Title` line and its own `key: value` lines, indented or not. Keys are matched without regard to
 * case; global ones may stand anywhere. A line whose first character (after blanks) is `#` is a
 * comment; a `#` further on belongs to the value. Macros are replaced beforehand
 * (config_macros.h).
 *
 * More slashes nest: `//Sub` lies in the entry above it. An entry that holds others and has no path
 * is a directory and not counted; everything else is one flat list, in the order of the file.
 * default_entry counts in that list in our own file; in any other it counts the rows of Limine's
 * menu, where a directory is one, and what lies in one that is not expanded (`/+Title`) is none.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "problem.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_OWN_NAME "/hoist.conf"

#define CONFIG_ENTRY_LIMIT 64
/* How deep titles may nest: the number of slashes. */
#define CONFIG_DEPTH_LIMIT 4
/* The longest line, in bytes without its line end, and the largest file. */
#define CONFIG_LINE_LIMIT_BYTES      4096
#define CONFIG_SIZE_LIMIT_BYTES      (256 * 1024)
#define CONFIG_TIMEOUT_LIMIT_SECONDS 86400

struct config_resolution {
    uint32_t width_pixels; /* 0: none asked for */
    uint32_t height_pixels;
    uint32_t bits_per_pixel; /* 0: whatever there is */
};

/* Keys whose value is one of a few words; 0 is a key that is not there. */
enum config_kaslr {
    CONFIG_KASLR_BY_TYPE, /* as fits the kernel's type */
    CONFIG_KASLR_NO,
    CONFIG_KASLR_YES
};
enum config_paging_mode { CONFIG_PAGING_ANY, CONFIG_PAGING_4_LEVEL, CONFIG_PAGING_5_LEVEL };
enum config_wx { CONFIG_WX_BY_PROTOCOL, CONFIG_WX_STRICT, CONFIG_WX_PROTOCOL };
enum config_hhdm { CONFIG_HHDM_BY_KASLR, CONFIG_HHDM_FIXED, CONFIG_HHDM_RANDOM };
enum config_newer { CONFIG_NEWER_DEFAULT, CONFIG_NEWER_REFUSE, CONFIG_NEWER_HIGHEST };
enum config_on_fail { CONFIG_ON_FAIL_DEFAULT, CONFIG_ON_FAIL_STOP, CONFIG_ON_FAIL_WARN };

/* Where the mapping dump goes, and that it has the firmware's tables too. */
#define CONFIG_DUMP_SERIAL   UINT8_C(1)
#define CONFIG_DUMP_SCREEN   UINT8_C(2)
#define CONFIG_DUMP_FILE     UINT8_C(4)
#define CONFIG_DUMP_FIRMWARE UINT8_C(8)

/* One thing to boot. A key that the file does not give is an empty text; so is a cmdline without a
 * value. */
struct config_entry {
    struct text title;
    struct text parents[CONFIG_DEPTH_LIMIT - 1]; /* the titles above it, outermost first */
    size_t parent_count;
    struct text protocol;
    struct text path;
    struct text cmdline;
    struct text lines; /* those below the title; config_next_module() finds the modules in them */
    size_t module_count;
    struct config_resolution resolution;
    uint64_t stack_bytes; /* as written, not rounded; 0: not said */
    uint8_t kaslr;        /* enum config_kaslr */
    uint8_t paging_mode;  /* enum config_paging_mode, these three */
    uint8_t max_paging_mode;
    uint8_t min_paging_mode;
    uint8_t wx;                  /* enum config_wx */
    uint8_t dump;                /* CONFIG_DUMP_ bits; nowhere to go: no dump */
    uint8_t on_fail;             /* enum config_on_fail */
    uint8_t randomise_hhdm_base; /* enum config_hhdm */
    uint8_t newer_base_revision; /* enum config_newer */
    bool framebuffer;
    bool early_faults;
    bool runtime;  /* map the firmware's runtime services */
    unsigned line; /* of the title, counted from 1 */
    unsigned row;  /* in Limine's menu; of the row above it where it has none */
};

/* A file that the kernel is handed. */
struct config_module {
    struct text path;
    struct text cmdline;
};

/* Some ten KiB: keep it out of the stack. All texts are pieces of the source. */
struct config {
    bool timeout_forever; /* `timeout: no`: wait for the user however long it takes */
    uint64_t timeout_seconds;
    uint64_t default_entry; /* counted from 1 */
    bool serial;
    bool quiet;               /* nothing but warnings and errors on the screen */
    bool hash_mismatch_panic; /* else a file with another hash is a warning */
    bool verbose;
    struct config_entry entries[CONFIG_ENTRY_LIMIT];
    size_t entry_count;
};

/* Who hears of what is odd but no reason to stop. The problem and its texts are valid during the
 * call only. */
struct config_warnings {
    void (*warn)(void *context, const struct problem *problem);
    void *context;
};

/* An entry whose lines say nothing. */
void config_entry_defaults(struct config_entry *entry);

/* No entries, no time-out, the first entry, serial output on, no details. */
void config_defaults(struct config *config);

/*
 * Reads a whole configuration file, starting from the defaults. UTF-8 with or without byte-order
 * mark, lines ended by LF or CRLF; the last line may lack its end. `file_name` is for messages.
 * `warnings` may be NULL. After true there is at least one entry, and default_entry is one of them;
 * an entry's protocol and path may still be missing. After false *problem says why, with the line,
 * and *config is of no use.
 */
bool config_parse(struct text source, struct text file_name, struct config *config,
                  const struct config_warnings *warnings, struct problem *problem);

/*
 * The next module of an entry, in the order of the file: *rest is the entry's `lines` at first and
 * moves on. An entry has as many as its lines name. False: there is no more.
 */
bool config_next_module(struct text *rest, struct config_module *module);

/* Writes "Parent > Title" into the buffer, cut off and terminated like print_to(); returns the
 * length written. */
size_t config_entry_title(const struct config_entry *entry, char *buffer, size_t capacity);

#endif
