/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's machine protocol (docs/interop/qmp-spec of QEMU): one command, one answer. */
#ifndef QMP_H
#define QMP_H

#include "complaint.h"

#include <stddef.h>

struct qmp {
    const char *path;
    int socket;
    char *text; /* what has come so far, from malloc() */
    size_t length;
    size_t capacity;
    size_t answer_bytes; /* of it, the last answer */
};

/* Connects and ends the greeting. On success the caller closes. */
bool qmp_open(struct qmp *qmp, const char *path, struct complaint *complaint);

/*
 * Sends a command, an object of JSON, and waits for its answer; events are passed over. *answer is
 * the value of "return" and what follows it, terminated, valid until the next call. Fails with
 * QEMU's own sentence, after ten seconds of silence, and when the user interrupts.
 */
bool qmp_execute(struct qmp *qmp, const char *command, const char **answer,
                 struct complaint *complaint);

/* A line of the monitor for people: what it prints, without carriage returns. */
bool qmp_human(struct qmp *qmp, const char *line, char *buffer, size_t capacity,
               struct complaint *complaint);

/* From now on the user's interruption no longer ends a command: for what must be put right. */
void qmp_finish_calmly(void);

void qmp_close(struct qmp *qmp);

#endif
