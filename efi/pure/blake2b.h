/* SPDX-License-Identifier: BSD-2-Clause */
/* BLAKE2b with 64 bytes of hash and no key: RFC 7693. */
#ifndef BLAKE2B_H
#define BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

#define BLAKE2B_HASH_BYTES  64u
#define BLAKE2B_BLOCK_BYTES 128u

struct blake2b {
    uint64_t state[8];
    uint64_t total_bytes; /* of full blocks */
    size_t block_bytes;   /* of the block that is not mixed in yet */
    uint8_t block[BLAKE2B_BLOCK_BYTES];
};

void blake2b_begin(struct blake2b *hash);
void blake2b_add(struct blake2b *hash, const void *bytes, uint64_t size_bytes);
void blake2b_end(struct blake2b *hash, uint8_t result[BLAKE2B_HASH_BYTES]);

#endif
