/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences for the user. */
#include "complaint.h"

#include <stdarg.h>
#include <stdio.h>

bool complain(struct complaint *complaint, const char *format, ...)
{
    char text[COMPLAINT_CAPACITY]; /* an argument may be the older sentence itself */
    va_list arguments;
    size_t i;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (i = 0; text[i] != '\0'; i++) {
        const unsigned char byte = (unsigned char)text[i];

        complaint->text[i] = (char)(byte < ' ' || byte == 0x7f ? '?' : byte);
    }
    complaint->text[i] = '\0';
    return false;
}
