/* SPDX-License-Identifier: BSD-2-Clause */
/* Replacing macros, with a bound on everything: a file may be made to grow without end. */
#include "config_macros.h"

struct macro {
    struct text name; /* with ${ and } */
    struct text value;
};

struct replacer {
    struct macro macros[CONFIG_MACRO_LIMIT];
    size_t macro_count;
    size_t replacement_count;
    char *target;
    size_t capacity;
    size_t length;
};

/* Takes a line off the front of the source, with its line end. */
static struct text next_line(struct text *source)
{
    const struct text line = text_take(*source, text_find(*source, '\n') + 1);

    *source = text_skip(*source, line.length);
    return line;
}

/* The macro at the front of a text, from ${ to }; empty where there is none. */
static struct text macro_at(struct text text)
{
    const size_t end = text_find(text, '}');

    return text_starts_with(text, text_of("${")) && end < text.length ? text_take(text, end + 1)
                                                                      : text_take(text, 0);
}

static bool is_definition(struct text line, struct macro *macro)
{
    const struct text trimmed = text_trim(line);
    size_t length;

    macro->name = macro_at(trimmed);
    macro->value = text_skip(trimmed, macro->name.length);
    if (text_is_empty(macro->name) || text_is_empty(macro->value) || macro->value.start[0] != '=') {
        return false;
    }
    macro->value = text_skip(macro->value, 1);
    for (length = macro->value.length; length > 0 && (macro->value.start[length - 1] == '\n' ||
                                                      macro->value.start[length - 1] == '\r');
         length--) {
    }
    macro->value = text_trim(text_take(macro->value, length));
    return true;
}

static const struct macro *find(const struct replacer *replacer, struct text name)
{
    for (size_t i = replacer->macro_count; i-- != 0;) {
        if (text_equals(replacer->macros[i].name, name)) {
            return &replacer->macros[i];
        }
    }
    return NULL;
}

static bool put(struct replacer *replacer, struct text text)
{
    if (text.length > replacer->capacity - replacer->length) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        replacer->target[replacer->length++] = text.start[i];
    }
    return true;
}

/* Copies up to the next macro, then what it stands for; goes one level deeper for that. */
static bool replace(struct replacer *replacer, struct text text, unsigned depth)
{
    while (text.length > 0) {
        const size_t start = text_find(text, '$');
        const struct text name = macro_at(text_skip(text, start));
        const struct macro *macro = find(replacer, name);

        if (!put(replacer, text_take(text, start))) {
            return false;
        }
        text = text_skip(text, start);
        if (macro != NULL && depth < CONFIG_MACRO_DEPTH &&
            replacer->replacement_count < CONFIG_REPLACEMENT_LIMIT) {
            replacer->replacement_count++;
            if (!replace(replacer, macro->value, depth + 1)) {
                return false;
            }
            text = text_skip(text, name.length);
        } else if (!put(replacer, text_take(text, 1))) {
            return false;
        } else {
            text = text_skip(text, 1);
        }
    }
    return true;
}

bool config_has_macros(struct text source)
{
    while (source.length > 0) {
        source = text_skip(source, text_find(source, '$'));
        if (text_starts_with(source, text_of("${"))) {
            return true;
        }
        source = text_skip(source, 1);
    }
    return false;
}

bool config_replace_macros(struct text source, char *target, size_t capacity, struct text *replaced)
{
    static struct replacer replacer;
    struct text rest = source;
    struct macro macro;

    replacer = (struct replacer){.macros = {{text_of("${ARCH}"), text_of("x86-64")}},
                                 .macro_count = 1,
                                 .target = target,
                                 .capacity = capacity};
    while (rest.length > 0 && replacer.macro_count < CONFIG_MACRO_LIMIT) {
        if (is_definition(next_line(&rest), &macro)) {
            replacer.macros[replacer.macro_count++] = macro;
        }
    }
    while (source.length > 0) {
        const struct text line = next_line(&source);
        const struct text trimmed = text_trim(line);
        const bool is_comment = !text_is_empty(trimmed) && trimmed.start[0] == '#';
        const bool is_done = is_comment                    ? put(&replacer, line)
                             : is_definition(line, &macro) ? put(&replacer, text_of("\n"))
                                                           : replace(&replacer, line, 0);

        if (!is_done) {
            return false;
        }
    }
    *replaced = (struct text){target, replacer.length};
    return true;
}
