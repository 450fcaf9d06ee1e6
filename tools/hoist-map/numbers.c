/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, digit by digit. */
#include "numbers.h"

#include <string.h>

static bool read_digits(const char *text, unsigned base, uint64_t *number)
{
    static const char digits[] = "0123456789abcdefABCDEF";

    *number = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        const char *place = strchr(digits, *text);
        unsigned digit;

        if (place == NULL) {
            return false;
        }
        digit = (unsigned)(place - digits);
        digit -= digit >= 16 ? 6 : 0;
        if (digit >= base || *number > (UINT64_MAX - digit) / base) {
            return false;
        }
        *number = *number * base + digit;
    }
    return true;
}

bool number_hexadecimal(const char *text, uint64_t *number)
{
    const bool is_marked = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

    return read_digits(is_marked ? text + 2 : text, 16, number);
}

bool number_decimal(const char *text, uint64_t *number)
{
    return read_digits(text, 10, number);
}
