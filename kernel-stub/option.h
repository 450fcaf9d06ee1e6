/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the command line that change what the stub does. */
#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>

struct options {
    bool wait;   /* after the checks, stay for a debugger or a monitor */
    bool fail;   /* one check that fails on purpose */
    bool hang;   /* stop after the first line, for good */
    bool triple; /* reset the machine after the first line */
    bool quiet;  /* print failed checks and the summary alone */
};

/* Reads words between spaces; those it does not know are somebody else's. */
struct options option_read(const char *command_line);

#endif
