/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of /faults, and what they count. */
#include "faulty.h"

struct faults faults;
UINTN *sweep;
bool sweep_came;

static const struct {
    const char *name;
    UINTN *number;
} words[] = {
    {"no-conout", &faults.no_conout},
    {"no-conin", &faults.no_conin},
    {"no-stderr", &faults.no_stderr},
    {"no-acpi", &faults.no_acpi},
    {"no-tables", &faults.no_tables},
    {"no-device", &faults.no_device},
    {"fail-allocation", &faults.fail_allocation},
    {"fail-one-allocation", &faults.fail_one_allocation},
    {"places-taken", &faults.places_taken},
    {"high-memory", &faults.high_memory},
    {"free-pages", &faults.free_pages},
    {"wrong-map", &faults.wrong_map},
    {"too-small", &faults.too_small},
    {"growing-map", &faults.growing_map},
    {"more-stride", &faults.more_stride},
    {"odd-map", &faults.odd_map},
    {"many-pieces", &faults.many_pieces},
    {"far-ram", &faults.far_ram},
    {"stray-bits", &faults.stray_bits},
    {"vanish", &faults.vanish},
    {"stale-keys", &faults.stale_keys},
    {"outgrown-map", &faults.outgrown_map},
    {"vanish-late", &faults.vanish_late},
    {"watchdog", &faults.watchdog},
    {"short-reads", &faults.short_reads},
    {"end-at", &faults.end_at},
    {"broken-at", &faults.broken_at},
    {"fail-open", &faults.fail_open},
    {"fail-info", &faults.fail_info},
    {"fail-read", &faults.fail_read},
    {"half-read", &faults.half_read},
    {"empty-read", &faults.empty_read},
    {"folder", &faults.folder},
    {"gop-missing", &faults.gop_missing},
    {"gop-no-mode", &faults.gop_no_mode},
    {"gop-no-info", &faults.gop_no_info},
    {"gop-format", &faults.gop_format},
    {"gop-base", &faults.gop_base},
    {"gop-size", &faults.gop_size},
    {"gop-width", &faults.gop_width},
    {"gop-height", &faults.gop_height},
    {"gop-pitch", &faults.gop_pitch},
    {"gop-mask", &faults.gop_mask},
    {"gop-in-ram", &faults.gop_in_ram},
};

void say_number(const char *name, uint64_t number)
{
    char digits[21];
    size_t first = sizeof(digits) - 1;

    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    say(" ");
    say(name);
    say(" ");
    say(digits + first);
}

bool fault_is_now(const UINTN *number, UINTN *call_count)
{
    const bool now = ++*call_count == *number;

    sweep_came |= now && number == sweep;
    return now;
}

/* The length of a name that the text starts with, as a whole word; or 0. */
static size_t match(const char *text, const char *name)
{
    size_t length = 0;

    while (name[length] != '\0' && text[length] == name[length]) {
        length++;
    }
    return name[length] == '\0' && (text[length] <= ' ' || text[length] == '=') ? length : 0;
}

/* Decimal, or hexadecimal with 0x. */
static UINTN read_number(const char **text)
{
    const bool is_hexadecimal = (*text)[0] == '0' && (*text)[1] == 'x';
    UINTN number = 0;

    *text += is_hexadecimal ? 2 : 0;
    for (; **text > ' '; (*text)++) {
        const UINTN digit = (UINTN)(**text <= '9' ? **text - '0' : **text - 'a' + 10);

        number = number * (is_hexadecimal ? 16 : 10) + digit;
    }
    return number;
}

/* One word and its number; NULL: unknown. */
static UINTN *read_word(const char **text)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const size_t length = match(*text, words[i].name);

        if (length != 0) {
            *text += length;
            *words[i].number = 1;
            if (**text == '=') {
                (*text)++;
                *words[i].number = read_number(text);
            }
            return words[i].number;
        }
    }
    return NULL;
}

void faults_read(const char **text)
{
    bool is_each = false;

    faults = (struct faults){0};
    sweep = NULL;
    while (**text != '\n' && **text != '\0') {
        if (**text == ' ') {
            (*text)++;
        } else if (match(*text, "each") != 0) {
            *text += sizeof("each") - 1;
            is_each = true;
        } else {
            UINTN *number = read_word(text);

            if (number == NULL) {
                say("faulty: unknown fault\r\n");
                while (**text > ' ') {
                    (*text)++;
                }
            }
            sweep = is_each ? number : sweep;
            is_each = false;
        }
    }
    *text += **text == '\n';
}
