/* SPDX-License-Identifier: BSD-2-Clause */
/* What `info registers` and `xp` of QEMU's monitor print. */
#include "live_guest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static bool is_running(struct live_guest *guest, bool *answer, struct complaint *complaint)
{
    char name[JSON_MEMBER_CAPACITY];
    struct json json;
    const char *text;

    *answer = false;
    if (!qmp_execute(&guest->qmp, "{\"execute\":\"query-status\"}\n", &text, complaint)) {
        return false;
    }
    json_start(&json, guest->qmp.path, text, strlen(text), complaint);
    json_enter(&json, '{');
    while (json_member(&json, name)) {
        if (strcmp(name, "running") == 0) {
            json_boolean(&json, answer);
        } else {
            json_skip(&json);
        }
    }
    return !json.has_failed;
}

/* "CR3=0000000001234000" among the registers. */
static bool find_register(const struct live_guest *guest, const char *name, uint64_t *value)
{
    const char *place = strstr(guest->text, name);

    if (place == NULL) {
        return false;
    }
    *value = strtoull(place + strlen(name), NULL, 16);
    return true;
}

static bool read_registers(struct live_guest *guest, struct cpu_state *state,
                           struct complaint *complaint)
{
    if (!qmp_human(&guest->qmp, "info registers", guest->text, sizeof(guest->text), complaint)) {
        return false;
    }
    *state = (struct cpu_state){.is_known = true};
    if (!find_register(guest, "CR3=", &state->cr3) || !find_register(guest, "CR4=", &state->cr4)) {
        return complain(complaint, "%s: QEMU shows no CR3: is it a guest of x86?", guest->qmp.path);
    }
    state->has_efer = find_register(guest, "EFER=", &state->efer);
    return true;
}

bool live_guest_open(struct live_guest *guest, const char *path, struct cpu_state *state,
                     struct complaint *complaint)
{
    struct complaint later;
    const char *answer;

    guest->was_running = false;
    guest->has_failed = false;
    if (!qmp_open(&guest->qmp, path, complaint)) {
        return false;
    }
    if (!is_running(guest, &guest->was_running, complaint) ||
        !qmp_execute(&guest->qmp, "{\"execute\":\"stop\"}\n", &answer, complaint) ||
        !read_registers(guest, state, complaint)) {
        live_guest_close(guest, &later);
        return false;
    }
    return true;
}

/* Lines such as "0000000001234000: 0x0000000001235023 0x0000000000000000". */
static bool read_entries(const char *text, uint64_t *entries)
{
    unsigned count = 0;

    while (count < PHYSICAL_MEMORY_ENTRIES && (text = strstr(text, " 0x")) != NULL) {
        char *end;

        entries[count++] = strtoull(text + 1, &end, 16);
        text = end;
    }
    return count == PHYSICAL_MEMORY_ENTRIES;
}

const uint64_t *live_guest_table(void *context, uint64_t pa, unsigned level)
{
    struct live_guest *guest = context;
    char line[64];

    if (guest->has_failed) {
        return NULL;
    }
    snprintf(line, sizeof(line), "xp /%ugx 0x%" PRIx64, PHYSICAL_MEMORY_ENTRIES, pa);
    if (!qmp_human(&guest->qmp, line, guest->text, sizeof(guest->text), &guest->complaint)) {
        guest->has_failed = true;
        return NULL;
    }
    return read_entries(guest->text, guest->entries[level]) ? guest->entries[level] : NULL;
}

bool live_guest_close(struct live_guest *guest, struct complaint *complaint)
{
    bool is_good = true;
    const char *answer;

    qmp_finish_calmly();
    if (guest->was_running) {
        is_good = qmp_execute(&guest->qmp, "{\"execute\":\"cont\"}\n", &answer, complaint);
    }
    qmp_close(&guest->qmp);
    return is_good;
}
