/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line, word by word. */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format_list.h"
#include "numbers.h"

enum option {
    OPTION_CR3,
    OPTION_BASE,
    OPTION_LEVELS,
    OPTION_PHYSICAL_BITS,
    OPTION_PAT,
    OPTION_CONTEXT,
    OPTION_QMP,
    OPTION_COLOUR,
    OPTION_FORMAT,
    OPTION_HTML,
    OPTION_JSON,
    OPTION_NO_NX,
    OPTION_NO_1G,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

/* A number of an option's value; an address is hexadecimal. */
static const struct {
    const char *name;
    bool has_value;
} option_words[OPTION_COUNT] = {
    [OPTION_CR3] = {"--cr3", true},          [OPTION_BASE] = {"--base", true},
    [OPTION_LEVELS] = {"--levels", true},    [OPTION_PHYSICAL_BITS] = {"--physical-bits", true},
    [OPTION_PAT] = {"--pat", true},          [OPTION_CONTEXT] = {"--context", true},
    [OPTION_QMP] = {"--qmp", true},          [OPTION_COLOUR] = {"--colour", true},
    [OPTION_FORMAT] = {"--format", true},    [OPTION_HTML] = {"--html", true},
    [OPTION_JSON] = {"--json", false},       [OPTION_NO_NX] = {"--no-nx", false},
    [OPTION_NO_1G] = {"--no-1g", false},     [OPTION_HELP] = {"--help", false},
    [OPTION_VERSION] = {"--version", false},
};

const char options_help[] =
    "usage: hoist-map [show] [options] FILE        what page tables map, range by range\n"
    "       hoist-map diff [options] OLD NEW       what is mapped otherwise in NEW\n"
    "       hoist-map audit [options] FILE         the rules, judged again\n"
    "       hoist-map find [options] FILE ADDRESS  all that reaches an address\n"
    "\n"
    "FILE is the mapping.json of the loader, an ELF core of QEMU's dump-guest-memory, or, with\n"
    "--cr3 or --context, physical memory as it is. With --qmp a running guest takes its place (in\n"
    "diff: the place of NEW). A FILE of - is standard input. ADDRESS is hexadecimal; pa: or va:\n"
    "before it says which kind it is.\n"
    "\n"
    "  --qmp PATH         read the guest behind this QMP socket, stopped meanwhile\n"
    "  --context FILE     take memory map, plan, MTRRs and CPU from the loader's mapping.json\n"
    "  --cr3 X            physical address of the root table\n"
    "  --base X           physical address of the file's first byte\n"
    "  --levels N         levels of page tables, 4 or 5\n"
    "  --physical-bits N  physical address bits of the CPU, 32 to 52\n"
    "  --pat X            IA32_PAT\n"
    "  --no-nx            the CPU does not know NX, or EFER.NXE is clear\n"
    "  --no-1g            the CPU does not know leaves of 1 GiB\n"
    "  --format NAME      tables of this format in flat memory, such as riscv-sv39 or aarch64-4k\n"
    "  --json             write the mapping as JSON (docs/mapping-json.md)\n"
    "  --html FILE        write the mapping as a page for a browser, with a picture of it\n"
    "  --colour WHEN      auto, always or never; auto heeds NO_COLOR and TERM\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 all is well; 1 a rule fails (audit), something differs (diff), nothing "
    "reaches\n"
    "the address (find); 2 the command line is wrong; 3 something cannot be read or written.\n";

static bool take_number(struct optional *number, const char *name, const char *value,
                        struct complaint *complaint)
{
    number->is_given = true;
    return number_hexadecimal(value, &number->value) ||
           complain(complaint, "%s %s: an address is hexadecimal, of 64 bits", name, value);
}

static bool take_count(struct optional *number, const uint64_t limits[2], const char *words[2],
                       struct complaint *complaint)
{
    number->is_given = true;
    return (number_decimal(words[1], &number->value) && number->value >= limits[0] &&
            number->value <= limits[1]) ||
           complain(complaint, "%s %s: a number from %" PRIu64 " to %" PRIu64 " is wanted",
                    words[0], words[1], limits[0], limits[1]);
}

static bool take_colour(struct options *options, const char *value, struct complaint *complaint)
{
    static const char *const uses[] = {"auto", "always", "never"};

    for (unsigned i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
        if (strcmp(value, uses[i]) == 0) {
            options->colour = (enum colour_use)i;
            return true;
        }
    }
    return complain(complaint, "--colour %s: auto, always or never", value);
}

static bool take_format(struct options *options, const char *value, struct complaint *complaint)
{
    char names[COMPLAINT_CAPACITY / 2] = "";
    size_t length = 0;

    options->format = value;
    if (hoist_format_named(value) != NULL) {
        return true;
    }
    for (unsigned i = 0; i < hoist_format_count && length < sizeof(names); i++) {
        length +=
            (size_t)snprintf(names + length, sizeof(names) - length, " %s", hoist_formats[i]->name);
    }
    return complain(complaint, "--format %s: none of%s", value, names);
}

static void take_switch(struct options *options, enum option option)
{
    switch (option) {
    case OPTION_JSON: options->json = true; break;
    case OPTION_NO_NX: options->no_nx = true; break;
    case OPTION_NO_1G: options->no_1g = true; break;
    case OPTION_HELP: options->command = COMMAND_HELP; break;
    default: options->command = COMMAND_VERSION; break;
    }
}

static bool take_value(struct options *options, enum option option, const char *value,
                       struct complaint *complaint)
{
    const char *name = option_words[option].name;

    switch (option) {
    case OPTION_CR3: return take_number(&options->cr3, name, value, complaint);
    case OPTION_BASE: return take_number(&options->base, name, value, complaint);
    case OPTION_PAT: return take_number(&options->pat, name, value, complaint);
    case OPTION_LEVELS:
        return take_count(&options->levels, (const uint64_t[]){4, 5}, (const char *[]){name, value},
                          complaint);
    case OPTION_PHYSICAL_BITS:
        return take_count(&options->physical_bits, (const uint64_t[]){32, 52},
                          (const char *[]){name, value}, complaint);
    case OPTION_CONTEXT: options->context = value; return true;
    case OPTION_QMP: options->qmp = value; return true;
    case OPTION_HTML: options->html = value; return true;
    case OPTION_FORMAT: return take_format(options, value, complaint);
    default: return take_colour(options, value, complaint);
    }
}

/* The option that a word names, as "--name" or "--name=value". */
static enum option find_option(const char *word, const char **value)
{
    const char *equals = strchr(word, '=');
    const size_t length = equals == NULL ? strlen(word) : (size_t)(equals - word);

    *value = equals == NULL ? NULL : equals + 1;
    for (enum option option = 0; option < OPTION_COUNT; option++) {
        if (strlen(option_words[option].name) == length &&
            strncmp(word, option_words[option].name, length) == 0) {
            return option;
        }
    }
    return OPTION_COUNT;
}

/* Takes an option, and the word behind it where that is its value. */
static bool take_option(struct options *options, char ***word, struct complaint *complaint)
{
    const char *value;
    const enum option option = find_option(**word, &value);

    if (option == OPTION_COUNT) {
        return complain(complaint, "there is no option %s; --help lists them", **word);
    }
    if (!option_words[option].has_value) {
        if (value != NULL) {
            return complain(complaint, "%s takes no value", option_words[option].name);
        }
        take_switch(options, option);
        return true;
    }
    if (value == NULL) {
        value = *++*word;
    }
    return value == NULL ? complain(complaint, "%s wants a value", option_words[option].name)
                         : take_value(options, option, value, complaint);
}

static bool take_word(struct options *options, const char *word, struct complaint *complaint)
{
    if (options->word_count == OPTIONS_WORDS) {
        return complain(complaint, "%s: one word too many; --help says what is wanted", word);
    }
    options->words[options->word_count++] = word;
    return true;
}

/* A command is one where it stands first; a file of that name is reached by ./show. */
static bool take_command(struct options *options, const char *word)
{
    static const char *const commands[] = {"show", "diff", "audit", "find"};

    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(word, commands[i]) == 0) {
            options->command = (enum command)i;
            return true;
        }
    }
    return false;
}

/* What a format other than x86-64's own reader has: flat memory, shown. */
static bool check_format(const struct options *options, struct complaint *complaint)
{
    if (options->command != COMMAND_SHOW || options->json || options->html != NULL ||
        options->qmp != NULL || options->context != NULL) {
        return complain(complaint, "--format goes with show and a file of flat memory alone");
    }
    return options->cr3.is_given ||
           complain(complaint, "--format %s wants --cr3, the root table's physical address",
                    options->format);
}

static bool check_words(const struct options *options, struct complaint *complaint)
{
    static const struct {
        size_t count; /* without --qmp */
        const char *words;
        const char *words_qmp;
    } wanted[] = {
        [COMMAND_SHOW] = {1, "FILE", "no FILE beside --qmp"},
        [COMMAND_DIFF] = {2, "OLD and NEW", "OLD, for --qmp takes the place of NEW"},
        [COMMAND_AUDIT] = {1, "FILE", "no FILE beside --qmp"},
        [COMMAND_FIND] = {2, "FILE and ADDRESS", "ADDRESS, and no FILE beside --qmp"},
    };
    const size_t count = wanted[options->command].count - (options->qmp != NULL ? 1 : 0);

    if (options->word_count != count) {
        return complain(complaint, "%zu words where %s is wanted; --help says more",
                        options->word_count,
                        options->qmp != NULL ? wanted[options->command].words_qmp
                                             : wanted[options->command].words);
    }
    if (options->json && options->command != COMMAND_SHOW) {
        return complain(complaint, "--json belongs to show");
    }
    return options->format == NULL || check_format(options, complaint);
}

bool options_read(struct options *options, int count, char **words, struct complaint *complaint)
{
    bool only_words = false;
    char **word = words + (count > 0 ? 1 : 0);

    *options = (struct options){0};
    if (*word != NULL && take_command(options, *word)) {
        word++;
    }
    for (; *word != NULL; word++) {
        const bool is_option = !only_words && (*word)[0] == '-' && (*word)[1] != '\0';

        if (is_option && strcmp(*word, "--") == 0) {
            only_words = true;
        } else if (!(is_option ? take_option(options, &word, complaint)
                               : take_word(options, *word, complaint))) {
            return false;
        }
        if (options->command >= COMMAND_HELP) {
            return true;
        }
    }
    return check_words(options, complaint);
}
