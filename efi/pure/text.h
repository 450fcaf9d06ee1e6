/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A piece of text that belongs to somebody else: a start and a length, no terminator. The parsers
 * hand out pieces of the file they read in this form, so nothing is copied and nothing needs to be
 * freed.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The bytes stay the property of whoever made the text and must outlive it. start may be NULL if
 * length is 0. */
struct text {
    const char *start;
    size_t length;
};

/* The two arguments that print a text by "%.*s", which wants no NULL even where it prints nothing.
 */
#define TEXT_ARGUMENTS(text) (int)(text).length, (text).length == 0 ? "" : (text).start

/* The text of a terminated string, without the terminator; an empty text for NULL. */
static inline struct text text_of(const char *string)
{
    size_t length = 0;

    while (string != NULL && string[length] != '\0') {
        length++;
    }
    return (struct text){string, length};
}

static inline bool text_is_empty(struct text text)
{
    return text.length == 0;
}

static inline bool text_equals(struct text left, struct text right)
{
    if (left.length != right.length) {
        return false;
    }
    for (size_t i = 0; i < left.length; i++) {
        if (left.start[i] != right.start[i]) {
            return false;
        }
    }
    return true;
}

/* Only A to Z have a lower case here: keys and numbers in configuration files are ASCII. */
static inline char text_lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static inline bool text_equals_ignoring_case(struct text left, struct text right)
{
    if (left.length != right.length) {
        return false;
    }
    for (size_t i = 0; i < left.length; i++) {
        if (text_lower(left.start[i]) != text_lower(right.start[i])) {
            return false;
        }
    }
    return true;
}

static inline bool text_starts_with(struct text text, struct text beginning)
{
    return text.length >= beginning.length &&
           text_equals((struct text){text.start, beginning.length}, beginning);
}

/* What is left after the first `count` bytes; an empty text when there are fewer. */
static inline struct text text_skip(struct text text, size_t count)
{
    if (count >= text.length) {
        return (struct text){text.length == 0 ? text.start : text.start + text.length, 0};
    }
    return (struct text){text.start + count, text.length - count};
}

/* At most the first `count` bytes. */
static inline struct text text_take(struct text text, size_t count)
{
    return (struct text){text.start, count < text.length ? count : text.length};
}

/* The place of the first such character, or the text's length when there is none. */
static inline size_t text_find(struct text text, char character)
{
    size_t place = 0;

    while (place < text.length && text.start[place] != character) {
        place++;
    }
    return place;
}

/* The place of the last such character; SIZE_MAX where there is none, so that 1 more is 0. */
static inline size_t text_find_last(struct text text, char character)
{
    size_t place = text.length;

    while (place > 0 && text.start[place - 1] != character) {
        place--;
    }
    return place - 1;
}

/* Without the blanks and tabs at both ends. */
static inline struct text text_trim(struct text text)
{
    while (text.length > 0 && (text.start[0] == ' ' || text.start[0] == '\t')) {
        text = text_skip(text, 1);
    }
    while (text.length > 0 &&
           (text.start[text.length - 1] == ' ' || text.start[text.length - 1] == '\t')) {
        text.length--;
    }
    return text;
}

#endif
