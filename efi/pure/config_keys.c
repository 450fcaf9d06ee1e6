/* SPDX-License-Identifier: BSD-2-Clause */
/* What the value of a key may be. */
#include "config_keys.h"

/* In struct config or struct config_entry, each has the type of its comment. */
enum config_key_kind {
    KIND_TEXT,           /* struct text, not empty */
    KIND_EMPTY_TEXT,     /* struct text */
    KIND_SWITCH,         /* bool */
    KIND_NUMBER,         /* uint64_t */
    KIND_TIMEOUT,        /* as KIND_NUMBER; `no` sets config.timeout_forever */
    KIND_SIZE,           /* uint64_t, in bytes */
    KIND_RESOLUTION,     /* struct config_resolution */
    KIND_CHOICE,         /* uint8_t, counted from 1: 0 is left for "not said" */
    KIND_DUMP,           /* uint8_t, CONFIG_DUMP_ bits: any number of the words */
    KIND_MODULE_PATH,    /* not kept: config_next_module() reads the lines again */
    KIND_MODULE_CMDLINE, /* as above */
};

/* Larger numbers wrap in no sum of two of them; what really fits, the plan says. */
#define SIZE_LIMIT_BYTES      (UINT64_C(1) << 40)
#define RESOLUTION_LIMIT      65535u
#define RESOLUTION_LIMIT_BITS 64u

#define GLOBAL(member) .place = offsetof(struct config, member), .is_global = true
#define ENTRY(member)  .place = offsetof(struct config_entry, member)

static const struct config_key keys[] = {
    {"timeout", .kind = KIND_TIMEOUT, .most = CONFIG_TIMEOUT_LIMIT_SECONDS,
     GLOBAL(timeout_seconds)},
    {"default_entry", .kind = KIND_NUMBER, .least = 1, .most = CONFIG_ENTRY_LIMIT,
     GLOBAL(default_entry)},
    {"serial", .kind = KIND_SWITCH, GLOBAL(serial)},
    {"verbose", .kind = KIND_SWITCH, GLOBAL(verbose)},

    {"quiet", .kind = KIND_SWITCH, GLOBAL(quiet)},
    {"hash_mismatch_panic", .kind = KIND_SWITCH, GLOBAL(hash_mismatch_panic)},

    {"protocol", .kind = KIND_TEXT, ENTRY(protocol)},
    {"path", "kernel_path", .kind = KIND_TEXT, ENTRY(path)},
    {"image_path", .kind = KIND_TEXT, ENTRY(path)},
    {"cmdline", "kernel_cmdline", .kind = KIND_EMPTY_TEXT, ENTRY(cmdline)},
    {"module_path", .kind = KIND_MODULE_PATH},
    {"module_cmdline", "module_string", .kind = KIND_MODULE_CMDLINE},
    {"resolution", .kind = KIND_RESOLUTION, ENTRY(resolution)},
    {"stack", .kind = KIND_SIZE, .least = 4096, .most = SIZE_LIMIT_BYTES, ENTRY(stack_bytes)},
    {"framebuffer", .kind = KIND_SWITCH, ENTRY(framebuffer)},
    {"kaslr", .kind = KIND_CHOICE, .words = "kaslr: no|yes", ENTRY(kaslr)},
    {"paging_mode", .kind = KIND_CHOICE, .words = "paging_mode: 4level|5level", ENTRY(paging_mode)},
    {"max_paging_mode", .kind = KIND_CHOICE, .words = "max_paging_mode: 4level|5level",
     ENTRY(max_paging_mode)},
    {"min_paging_mode", .kind = KIND_CHOICE, .words = "min_paging_mode: 4level|5level",
     ENTRY(min_paging_mode)},
    {"wx", .kind = KIND_CHOICE, .words = "wx: strict|protocol", ENTRY(wx)},
    {"dump", .kind = KIND_DUMP, .words = "dump: none|serial|screen|file|firmware|all", ENTRY(dump)},
    {"on_fail", .kind = KIND_CHOICE, .words = "on_fail: stop|warn", ENTRY(on_fail)},
    {"early_faults", .kind = KIND_SWITCH, ENTRY(early_faults)},
    {"runtime", .kind = KIND_SWITCH, ENTRY(runtime)},
    {"randomise_hhdm_base", "randomize_hhdm_base", .kind = KIND_CHOICE,
     .words = "randomise_hhdm_base: no|yes", ENTRY(randomise_hhdm_base)},
    {"newer_base_revision", .kind = KIND_CHOICE, .words = "newer_base_revision: refuse|highest",
     ENTRY(newer_base_revision)},
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

_Static_assert(KEY_COUNT <= CONFIG_KEY_LIMIT, "a key seen is a bit of 32");

static bool refuse(struct config_text_fault *fault, enum problem_kind kind, struct text culprit)
{
    *fault = (struct config_text_fault){.kind = kind, .culprit = culprit};
    return false;
}

/*
 * Takes digits off the front of *text. A number too large becomes `most` + 1 and stays that, so
 * that nothing wraps; false: there is no digit.
 */
static bool take_digits(struct text *text, uint64_t most, uint64_t *number)
{
    const size_t length = text->length;

    *number = 0;
    while (!text_is_empty(*text) && text->start[0] >= '0' && text->start[0] <= '9') {
        *number = *number * 10 + (uint64_t)(text->start[0] - '0');
        *number = *number > most ? most + 1 : *number;
        *text = text_skip(*text, 1);
    }
    return text->length != length;
}

static bool check_range(const struct config_key *key, const struct config_line *line,
                        uint64_t number, struct config_text_fault *fault)
{
    if (number >= key->least && number <= key->most) {
        return true;
    }
    *fault = (struct config_text_fault){key->kind == KIND_SIZE ? PROBLEM_CONFIG_SIZE_RANGE
                                                               : PROBLEM_CONFIG_NUMBER_RANGE,
                                        line->whole,
                                        {key->least, key->most}};
    return false;
}

static bool read_number(const struct config_key *key, const struct config_line *line,
                        uint64_t *number, struct config_text_fault *fault)
{
    struct text rest = line->value;

    if (!take_digits(&rest, key->most, number) || !text_is_empty(rest)) {
        return refuse(fault, PROBLEM_CONFIG_NO_NUMBER, line->whole);
    }
    return check_range(key, line, *number, fault);
}

/* 65536, 64K, 1M, 1G: the letters are powers of 1024. */
static bool read_size(const struct config_key *key, const struct config_line *line, uint64_t *bytes,
                      struct config_text_fault *fault)
{
    struct text rest = line->value;
    unsigned shift = 0;

    if (!take_digits(&rest, key->most, bytes)) {
        return refuse(fault, PROBLEM_CONFIG_NO_SIZE, line->whole);
    }
    if (rest.length == 1) {
        const size_t letter = text_find(text_of("kmg"), text_lower(rest.start[0]));

        shift = letter < 3 ? 10 * (unsigned)(letter + 1) : 0;
    }
    if (!text_is_empty(rest) && shift == 0) {
        return refuse(fault, PROBLEM_CONFIG_NO_SIZE, line->whole);
    }
    *bytes = *bytes > key->most >> shift ? key->most + 1 : *bytes << shift;
    return check_range(key, line, *bytes, fault);
}

static bool take_x(struct text *text)
{
    const bool is_there = !text_is_empty(*text) && text_lower(text->start[0]) == 'x';

    *text = text_skip(*text, is_there ? 1 : 0);
    return is_there;
}

/* 1024x768 or 1024x768x32. */
static bool read_resolution(const struct config_line *line, struct config_resolution *resolution,
                            struct config_text_fault *fault)
{
    struct text rest = line->value;
    uint64_t width = 0;
    uint64_t height = 0;
    uint64_t bits = 0;
    bool well = take_digits(&rest, RESOLUTION_LIMIT, &width) && take_x(&rest) &&
                take_digits(&rest, RESOLUTION_LIMIT, &height);

    if (well && take_x(&rest)) {
        well = take_digits(&rest, RESOLUTION_LIMIT_BITS, &bits) && bits != 0;
    }
    if (!well || !text_is_empty(rest) || width == 0 || height == 0 || width > RESOLUTION_LIMIT ||
        height > RESOLUTION_LIMIT || bits > RESOLUTION_LIMIT_BITS) {
        return refuse(fault, PROBLEM_CONFIG_NO_RESOLUTION, line->whole);
    }
    *resolution = (struct config_resolution){(uint32_t)width, (uint32_t)height, (uint32_t)bits};
    return true;
}

static bool read_switch(const struct config_line *line, bool *value,
                        struct config_text_fault *fault)
{
    *value = text_equals_ignoring_case(line->value, text_of("yes"));
    return *value || text_equals_ignoring_case(line->value, text_of("no")) ||
           refuse(fault, PROBLEM_CONFIG_NO_SWITCH, line->whole);
}

static bool read_choice(const struct config_key *key, struct text value, uint8_t *choice,
                        struct config_text_fault *fault)
{
    const struct text sentence = text_of(key->words);
    struct text words = text_skip(sentence, text_find(sentence, ' ') + 1);

    for (*choice = 1; !text_is_empty(words); ++*choice) {
        const size_t end = text_find(words, '|');

        if (text_equals_ignoring_case(value, text_take(words, end))) {
            return true;
        }
        words = text_skip(words, end + 1);
    }
    return refuse(fault, PROBLEM_CONFIG_CHOICE, sentence);
}

/* Words with blanks or commas between them. */
static bool read_dump(const struct config_key *key, const struct config_line *line, uint8_t *dump,
                      struct config_text_fault *fault)
{
    static const uint8_t bits[] = {
        0,
        0,
        CONFIG_DUMP_SERIAL,
        CONFIG_DUMP_SCREEN,
        CONFIG_DUMP_FILE,
        CONFIG_DUMP_FIRMWARE,
        CONFIG_DUMP_SERIAL | CONFIG_DUMP_SCREEN | CONFIG_DUMP_FILE,
    };
    struct text rest = line->value;

    *dump = 0;
    do {
        const size_t blank = text_find(rest, ' ');
        const size_t comma = text_find(rest, ',');
        const size_t end = blank < comma ? blank : comma;
        uint8_t choice;

        if (!read_choice(key, text_take(rest, end), &choice, fault)) {
            return false;
        }
        *dump |= bits[choice];
        rest = text_trim(text_skip(rest, end + 1));
    } while (!text_is_empty(rest));
    return true;
}

bool config_split_line(struct text whole, struct config_line *line)
{
    const size_t colon = text_find(whole, ':');

    *line = (struct config_line){
        .whole = whole,
        .key = text_trim(text_take(whole, colon)),
        .value = text_trim(text_skip(whole, colon + 1)),
    };
    return colon < whole.length;
}

int config_find_key(struct text name)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (text_equals_ignoring_case(name, text_of(keys[i].name)) ||
            (keys[i].alias != NULL && text_equals_ignoring_case(name, text_of(keys[i].alias)))) {
            return (int)i;
        }
    }
    return -1;
}

bool config_is_about_looks(struct text name)
{
    /* A star stands for any end. */
    struct text names = text_of("term_*|interface_*|editor_*|wallpaper*|backdrop|graphics|"
                                "serial_baudrate|remember_last_entry|randomise_memory|"
                                "randomize_memory|textmode|dtb_path|comment|drive|partition|"
                                "mbr_id|gpt_*|entry|global_dtb");

    while (!text_is_empty(names)) {
        const size_t end = text_find(names, '|');
        const struct text one = text_take(names, end);
        const size_t star = text_find(one, '*');

        if (text_equals_ignoring_case(star < one.length ? text_take(name, star) : name,
                                      text_take(one, star))) {
            return true;
        }
        names = text_skip(names, end + 1);
    }
    return false;
}

const struct config_key *config_key_at(int place)
{
    return &keys[place];
}

bool config_key_is_module_path(const struct config_key *key)
{
    return key->kind == KIND_MODULE_PATH;
}

bool config_key_is_module_cmdline(const struct config_key *key)
{
    return key->kind == KIND_MODULE_CMDLINE;
}

bool config_read_value(const struct config_key *key, const struct config_line *line,
                       struct config *config, struct config_entry *entry,
                       struct config_text_fault *fault)
{
    void *place = (char *)(key->is_global ? (void *)config : (void *)entry) + key->place;

    if (text_is_empty(line->value) && (key->kind == KIND_TEXT || key->kind == KIND_MODULE_PATH)) {
        return refuse(fault, PROBLEM_CONFIG_NO_VALUE, line->key);
    }
    switch ((enum config_key_kind)key->kind) {
    case KIND_TEXT:
    case KIND_EMPTY_TEXT: *(struct text *)place = line->value; return true;
    case KIND_TIMEOUT:
        config->timeout_forever = text_equals_ignoring_case(line->value, text_of("no"));
        return config->timeout_forever || read_number(key, line, place, fault);
    case KIND_NUMBER: return read_number(key, line, place, fault);
    case KIND_SIZE: return read_size(key, line, place, fault);
    case KIND_RESOLUTION: return read_resolution(line, place, fault);
    case KIND_SWITCH: return read_switch(line, place, fault);
    case KIND_CHOICE: return read_choice(key, line->value, place, fault);
    case KIND_DUMP: return read_dump(key, line, place, fault);
    case KIND_MODULE_PATH:
    case KIND_MODULE_CMDLINE: break;
    }
    return true;
}
