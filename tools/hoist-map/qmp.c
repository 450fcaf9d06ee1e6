/* SPDX-License-Identifier: BSD-2-Clause */
/* A conversation with QEMU over a socket of this host. */
#include "qmp.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"

#define PATIENCE_MILLISECONDS 10000
#define FIRST_TEXT_BYTES      ((size_t)65536)
#define TEXT_LIMIT_BYTES      ((size_t)16777216)
#define COMMAND_CAPACITY      256

static volatile sig_atomic_t was_interrupted;
static bool is_calm;

static void note_interruption(int signal)
{
    (void)signal;
    was_interrupted = 1;
}

/* The guest is stopped meanwhile: it must be let run again first. */
static void catch_interruptions(void)
{
    struct sigaction action = {.sa_handler = note_interruption};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

void qmp_finish_calmly(void)
{
    is_calm = true;
}

/* The length of the object at the start of what has come; 0: it is not complete. */
static size_t object_bytes(const char *text, size_t length)
{
    unsigned depth = 0;
    bool is_text = false;

    for (size_t i = 0; i < length; i++) {
        if (is_text) {
            is_text = text[i] != '"';
            i += text[i] == '\\' ? 1 : 0;
        } else if (text[i] == '"') {
            is_text = true;
        } else if (text[i] == '{' || text[i] == '[') {
            depth++;
        } else if ((text[i] == '}' || text[i] == ']') && depth != 0 && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static bool make_room(struct qmp *qmp, struct complaint *complaint)
{
    const size_t capacity = qmp->capacity == 0 ? FIRST_TEXT_BYTES : 2 * qmp->capacity;
    char *grown;

    if (qmp->length + 1 < qmp->capacity) {
        return true;
    }
    if (capacity > TEXT_LIMIT_BYTES) {
        return complain(complaint, "%s: an answer of more than %zu bytes", qmp->path,
                        TEXT_LIMIT_BYTES);
    }
    grown = realloc(qmp->text, capacity);
    if (grown == NULL) {
        return complain(complaint, "%s: out of memory", qmp->path);
    }
    qmp->text = grown;
    qmp->capacity = capacity;
    return true;
}

/* Waits for more bytes. */
static bool receive(struct qmp *qmp, struct complaint *complaint)
{
    struct pollfd wait = {.fd = qmp->socket, .events = POLLIN};
    int ready;
    ssize_t count;

    if (!make_room(qmp, complaint)) {
        return false;
    }
    if (was_interrupted && !is_calm) {
        return complain(complaint, "interrupted");
    }
    ready = poll(&wait, 1, PATIENCE_MILLISECONDS);
    if (ready < 0 && errno == EINTR) {
        return true;
    }
    if (ready == 0) {
        return complain(complaint,
                        "%s: QEMU has been silent for %d seconds; does another program use its "
                        "monitor?",
                        qmp->path, PATIENCE_MILLISECONDS / 1000);
    }
    count = ready < 0
                ? -1
                : recv(qmp->socket, qmp->text + qmp->length, qmp->capacity - 1 - qmp->length, 0);
    if (count == 0) {
        return complain(complaint, "%s: QEMU has ended the connection", qmp->path);
    }
    if (count < 0) {
        return errno == EINTR || complain(complaint, "%s: %s", qmp->path, strerror(errno));
    }
    qmp->length += (size_t)count;
    return true;
}

/* The next object that QEMU sends. */
static bool next_object(struct qmp *qmp, struct json *json, struct complaint *complaint)
{
    if (qmp->answer_bytes != 0) {
        memmove(qmp->text, qmp->text + qmp->answer_bytes, qmp->length - qmp->answer_bytes);
    }
    qmp->length -= qmp->answer_bytes;
    qmp->answer_bytes = 0;
    while ((qmp->answer_bytes = object_bytes(qmp->text, qmp->length)) == 0) {
        if (!receive(qmp, complaint)) {
            return false;
        }
    }
    json_start(json, qmp->path, qmp->text, qmp->answer_bytes, complaint);
    return json_enter(json, '{');
}

/* QEMU's sentence about what is wrong. */
static bool pass_on(struct qmp *qmp, struct json *json, struct complaint *complaint)
{
    char name[JSON_MEMBER_CAPACITY];
    char text[COMPLAINT_CAPACITY / 2] = "";

    json_enter(json, '{');
    while (json_member(json, name)) {
        if (strcmp(name, "desc") == 0) {
            json_string(json, text, sizeof(text));
        } else {
            json_skip(json);
        }
    }
    return complain(complaint, "%s: QEMU says: %s", qmp->path, text);
}

/* The value of the member, for the caller to read; events are no answers. */
static bool await(struct qmp *qmp, const char *member, struct json *json,
                  struct complaint *complaint)
{
    char name[JSON_MEMBER_CAPACITY];

    for (;;) {
        if (!next_object(qmp, json, complaint)) {
            return false;
        }
        while (json_member(json, name)) {
            if (strcmp(name, member) == 0) {
                return true;
            }
            if (strcmp(name, "error") == 0) {
                return pass_on(qmp, json, complaint);
            }
            json_skip(json);
        }
        if (json->has_failed) {
            return false;
        }
    }
}

static bool send_all(struct qmp *qmp, const char *text, struct complaint *complaint)
{
    size_t left_bytes = strlen(text);

    while (left_bytes != 0) {
        const ssize_t count = send(qmp->socket, text, left_bytes, MSG_NOSIGNAL);

        if (count < 0 && errno != EINTR) {
            return complain(complaint, "%s: %s", qmp->path, strerror(errno));
        }
        text += count > 0 ? count : 0;
        left_bytes -= count > 0 ? (size_t)count : 0;
    }
    return true;
}

static bool ask(struct qmp *qmp, const char *command, struct json *json,
                struct complaint *complaint)
{
    return send_all(qmp, command, complaint) && await(qmp, "return", json, complaint);
}

bool qmp_execute(struct qmp *qmp, const char *command, const char **answer,
                 struct complaint *complaint)
{
    struct json json;

    if (!ask(qmp, command, &json, complaint)) {
        return false;
    }
    *answer = json.at;
    return true;
}

bool qmp_human(struct qmp *qmp, const char *line, char *buffer, size_t capacity,
               struct complaint *complaint)
{
    char command[COMMAND_CAPACITY];
    struct json json;

    snprintf(command, sizeof(command),
             "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"%s\"}}\n",
             line);
    return ask(qmp, command, &json, complaint) && json_string(&json, buffer, capacity);
}

bool qmp_open(struct qmp *qmp, const char *path, struct complaint *complaint)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct json json;
    const char *answer;

    *qmp = (struct qmp){.path = path, .socket = -1};
    if (strlen(path) >= sizeof(address.sun_path)) {
        return complain(complaint, "%s: the path of a socket has at most %zu bytes", path,
                        sizeof(address.sun_path) - 1);
    }
    memcpy(address.sun_path, path, strlen(path));
    qmp->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (qmp->socket < 0 ||
        connect(qmp->socket, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        complain(complaint, "%s: %s", path, strerror(errno));
        qmp_close(qmp);
        return false;
    }
    catch_interruptions();
    if (!await(qmp, "QMP", &json, complaint) ||
        !qmp_execute(qmp, "{\"execute\":\"qmp_capabilities\"}\n", &answer, complaint)) {
        qmp_close(qmp);
        return false;
    }
    return true;
}

void qmp_close(struct qmp *qmp)
{
    if (qmp->socket >= 0) {
        close(qmp->socket);
    }
    free(qmp->text);
    *qmp = (struct qmp){.socket = -1};
}
