/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequences, merged and one by one. */
#include "campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "look.h"
#include "report.h"
#include "states.h"
#include "trial.h"

static struct tiny_bench bench;
static struct tiny_operation *operations;
static unsigned operation_count;

/* How a merged state came to be: one of the ways. */
struct origin {
    const struct tiny_states *sets;
    unsigned depth;
    uint32_t node;
};

static void tell_origin(const void *context)
{
    const struct origin *origin = context;
    const struct tiny_node *node = &origin->sets[origin->depth].nodes[origin->node];
    const struct origin before = {origin->sets, origin->depth - 1, node->parent};

    if (origin->depth != 0) {
        tell_origin(&before);
        tiny_tell(&node->operation);
    }
}

static void begin(const struct tiny_campaign *campaign)
{
    operation_count = tiny_list(&campaign->choice, NULL);
    operations = malloc(operation_count * sizeof *operations);
    CHECK(operations != NULL, "there is no memory for the operations");
    tiny_list(&campaign->choice, operations);
    CHECK(operation_count == tiny_product(&campaign->choice),
          "the operations are not as many as the product says");
    tiny_tally = (struct tiny_tally){0, 0, 0};
    tiny_bench_init(&bench);
}

static enum tiny_care care_at(const struct tiny_campaign *campaign, unsigned depth)
{
    return depth < campaign->thorough_depth  ? TINY_THOROUGH
           : depth < campaign->watched_depth ? TINY_WATCHED
                                             : TINY_RESULT_ALONE;
}

static uint64_t product_of(const struct tiny_campaign *campaign, unsigned depth)
{
    return depth == 0 ? 1 : tiny_product(&campaign->choice) * product_of(campaign, depth - 1);
}

static void tell_figures(const struct tiny_campaign *campaign, uint64_t covered)
{
    printf("# %u entries a table, %u operations: %" PRIu64 " run (%" PRIu64
           " of them refused), %" PRIu64 " more with too few frames\n",
           TINY_ENTRIES, operation_count, tiny_tally.operations, tiny_tally.refusals,
           tiny_tally.failures);
    printf("# sequences of %u covered: %" PRIu64 ", of %u^%u = %" PRIu64 "\n", campaign->depth,
           covered, operation_count, campaign->depth, product_of(campaign, campaign->depth));
}

/* All operations, or a sample of them, on one state. Returns the sequences that this covers. */
static uint64_t go_on_from(const struct tiny_campaign *campaign, const struct origin *origin,
                           struct tiny_states *next)
{
    const struct tiny_node *node = &origin->sets[origin->depth].nodes[origin->node];
    const unsigned stride = next == NULL ? campaign->stride : 1;
    struct tiny_node reached = {.sequence_count = node->sequence_count, .parent = origin->node};
    struct tiny_start start;
    uint64_t covered = 0;

    start.state = node->state;
    tiny_render(&start.memory, &start.state);
    tiny_look(&bench, &start);
    for (unsigned i = origin->node % stride; i < operation_count; i += stride) {
        struct tiny_forecast forecast;

        tiny_try(&bench, &start, &operations[i], care_at(campaign, origin->depth), &forecast);
        covered += node->sequence_count;
        if (next != NULL) {
            reached.state = forecast.after;
            reached.operation = operations[i];
            tiny_states_add(next, &reached);
        }
    }
    return covered;
}

/* Goes through all sequences, those together that lead to the same state. */
void tiny_run_merged(const struct tiny_campaign *campaign)
{
    struct tiny_states sets[TINY_DEPTH_MAX];
    const struct tiny_node empty = {.sequence_count = 1};
    uint64_t covered = 0;

    begin(campaign);
    tiny_states_open(&sets[0]);
    tiny_states_add(&sets[0], &empty);
    for (unsigned depth = 0; depth < campaign->depth; depth++) {
        const bool is_last = depth + 1 == campaign->depth;
        struct origin origin = {sets, depth, 0};

        tiny_story.tell = tell_origin;
        tiny_story.context = &origin;
        if (!is_last) {
            tiny_states_open(&sets[depth + 1]);
        }
        covered = 0;
        for (; origin.node < sets[depth].node_count; origin.node++) {
            covered += go_on_from(campaign, &origin, is_last ? NULL : &sets[depth + 1]);
        }
        printf("# states before operation %u: %u\n", depth + 1, sets[depth].node_count);
        CHECK((is_last && campaign->stride != 1) || covered == product_of(campaign, depth + 1),
              "the sequences are not as many as the product says");
    }
    tell_figures(campaign, covered);
    for (unsigned depth = 0; depth < campaign->depth; depth++) {
        tiny_states_close(&sets[depth]);
    }
    free(operations);
}

/* The sequence that is being tried. */
struct sequence {
    const struct tiny_campaign *campaign;
    unsigned length;
    const struct tiny_operation *operations[TINY_DEPTH_MAX];
};

static void tell_sequence(const void *context)
{
    const struct sequence *sequence = context;

    for (unsigned i = 0; i < sequence->length; i++) {
        tiny_tell(sequence->operations[i]);
    }
}

/* Returns the number of sequences that were run to their end. */
static uint64_t go_on_with(struct sequence *sequence, const struct tiny_start *start)
{
    const struct tiny_campaign *campaign = sequence->campaign;
    const unsigned depth = sequence->length;
    uint64_t run = 0;

    for (unsigned i = 0; i < operation_count; i++) {
        struct tiny_forecast forecast;

        tiny_try(&bench, start, &operations[i], care_at(campaign, depth), &forecast);
        if (depth + 1 == campaign->depth) {
            run++;
        } else {
            struct tiny_start next = {bench.memory, forecast.after};

            next.memory.root = bench.space.root;
            sequence->operations[sequence->length++] = &operations[i];
            run += go_on_with(sequence, &next);
            sequence->length--;
        }
    }
    return run;
}

/* Goes through all sequences one by one, in tables that lie where they came to lie. */
void tiny_run_one_by_one(const struct tiny_campaign *campaign)
{
    struct sequence sequence = {campaign, 0, {NULL}};
    const struct tiny_state empty = {{0}, {0}};
    struct tiny_start start = {.state = empty};
    uint64_t run;

    begin(campaign);
    tiny_story.tell = tell_sequence;
    tiny_story.context = &sequence;
    tiny_render(&start.memory, &empty);
    run = go_on_with(&sequence, &start);
    tell_figures(campaign, run);
    CHECK(run == product_of(campaign, campaign->depth),
          "the sequences are not as many as the product says");
    free(operations);
}
