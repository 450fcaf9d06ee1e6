/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns a problem into its sentence: takes it from problem_texts.c, by problem_text.c, and puts the data in. */
#include "problem.h"

#include "access.h"
#include "print.h"
#include "problem_names.h"
#include "problem_text.h"
#include "utf8.h"

struct sentence {
    char *buffer;
    size_t capacity;
    size_t length;
};

static void add(struct sentence *sentence, const char *text, size_t length)
{
    sentence->length += print_to(sentence->buffer + sentence->length,
                                 sentence->capacity - sentence->length, "%.*s", (int)length, text);
}

/*
 * One character as it appears in a sentence: itself, or \xNN for each byte that a terminal might
 * obey. C1 controls (U+0080 to U+009F) count as control characters. Returns how many bytes of the
 * text it stands for.
 */
static size_t show_character(struct text text, char shown[32])
{
    uint32_t code_point = 0;
    size_t length = utf8_read(text, &code_point);
    size_t place = 0;

    if (length != 0 && code_point >= 0x20 && (code_point < 0x7f || code_point >= 0xa0)) {
        print_to(shown, 32, "%.*s", (int)length, text.start);
        return length;
    }
    length = length == 0 ? 1 : length;
    for (size_t i = 0; i < length; i++) {
        place += print_to(shown + place, 32 - place, "\\x%02x", (unsigned char)text.start[i]);
    }
    return length;
}

static void add_text(struct sentence *sentence, struct text text)
{
    size_t room = PROBLEM_TEXT_LIMIT_BYTES;

    while (text.length > 0) {
        char shown[32];
        size_t taken = show_character(text, shown);
        struct text piece = text_of(shown);

        if (piece.length > room) {
            add(sentence, "...", 3);
            return;
        }
        add(sentence, piece.start, piece.length);
        room -= piece.length;
        text = text_skip(text, taken);
    }
}

static size_t print_status(char *buffer, size_t capacity, uint64_t status)
{
    const char *name = problem_status_name(status);

    if (name == NULL) {
        return print_to(buffer, capacity, "status 0x%" PRINT_64 "x", status);
    }
    return print_to(buffer, capacity, "\"%s\" (status 0x%" PRINT_64 "x)", name, status);
}

static size_t print_machine(char *buffer, size_t capacity, uint64_t machine)
{
    const char *name = problem_machine_name(machine);

    return print_to(buffer, capacity, name == NULL ? "%" PRINT_64 "u" : "%" PRINT_64 "u (%s)",
                    machine, name);
}

static size_t print_relocation(char *buffer, size_t capacity, uint64_t type)
{
    const char *name = problem_relocation_name(type);

    return print_to(buffer, capacity,
                    name == NULL ? "%" PRINT_64 "u" : "%" PRINT_64 "u (R_X86_64_%s)", type, name);
}

static void add_number(struct sentence *sentence, uint64_t number, char style)
{
    char *end = sentence->buffer + sentence->length;
    size_t room = sentence->capacity - sentence->length;

    switch (style) {
    case 'x': sentence->length += print_to(end, room, "0x%" PRINT_64 "x", number); break;
    case 's': sentence->length += print_size(end, room, number); break;
    case 'f': sentence->length += print_status(end, room, number); break;
    case 'm': sentence->length += print_machine(end, room, number); break;
    case 't': sentence->length += print_relocation(end, room, number); break;
    default: sentence->length += print_to(end, room, "%" PRINT_64 "u", number); break;
    }
}

/* `inside` is what stands between the braces. What is not understood is shown as it stands: a test
 * finds it. */
static void add_placeholder(struct sentence *sentence, const struct problem *problem,
                            struct text inside)
{
    if (text_equals(inside, text_of("name"))) {
        add_text(sentence, problem->name);
    } else if (text_equals(inside, text_of("other"))) {
        add_text(sentence, problem->other);
    } else if (inside.length > 0 && inside.length <= 2 && inside.start[0] >= '0' &&
               inside.start[0] < '0' + PROBLEM_NUMBER_LIMIT) {
        add_number(sentence, problem->numbers[inside.start[0] - '0'],
                   inside.length == 2 ? inside.start[1] : '\0');
    } else {
        add(sentence, "{", 1);
        add(sentence, inside.start, inside.length);
        add(sentence, "}", 1);
    }
}

bool problem_set(struct problem *problem, enum problem_kind kind, struct text name, uint64_t first,
                 uint64_t second)
{
    *problem = (struct problem){.kind = kind, .name = name, .numbers = {first, second}};
    return false;
}

bool problem_set_all(struct problem *problem, const struct problem *value)
{
    *problem = *value;
    return false;
}

size_t problem_sentence(const struct problem *problem, char *buffer, size_t capacity)
{
    struct sentence sentence = {.buffer = buffer, .capacity = capacity};
    struct text rest = text_of(problem->kind < PROBLEM_KIND_COUNT ? problem_text(problem->kind)
                                                                  : "unknown problem");

    if (capacity == 0) {
        return 0;
    }
    buffer[0] = '\0';
    while (rest.length > 0) {
        size_t open = text_find(rest, '{');
        size_t close;

        add(&sentence, rest.start, open);
        rest = text_skip(rest, open + 1);
        close = text_find(rest, '}');
        if (close < rest.length) {
            add_placeholder(&sentence, problem, text_take(rest, close));
            rest = text_skip(rest, close + 1);
        }
    }
    return sentence.length;
}
