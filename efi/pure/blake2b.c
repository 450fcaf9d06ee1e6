/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 7693, sections 2.6, 2.7 and 3.2. Numbers are little-endian, as the machine's are. */
#include "blake2b.h"

#include "bytes.h"

#define ROUNDS          12u
#define PARAMETER_BLOCK UINT64_C(0x01010040) /* no key, one branch, 64 bytes */

static const uint64_t initial[8] = {UINT64_C(0x6a09e667f3bcc908), UINT64_C(0xbb67ae8584caa73b),
                                    UINT64_C(0x3c6ef372fe94f82b), UINT64_C(0xa54ff53a5f1d36f1),
                                    UINT64_C(0x510e527fade682d1), UINT64_C(0x9b05688c2b3e6c1f),
                                    UINT64_C(0x1f83d9abfb41bd6b), UINT64_C(0x5be0cd19137e2179)};

/* The order of words in each round; the last two rounds are the first two again. */
static const uint8_t order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word >> bits | word << (64 - bits);
}

static void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, const uint64_t words[2])
{
    *a += *b + words[0];
    *d = rotate(*d ^ *a, 32);
    *c += *d;
    *b = rotate(*b ^ *c, 24);
    *a += *b + words[1];
    *d = rotate(*d ^ *a, 16);
    *c += *d;
    *b = rotate(*b ^ *c, 63);
}

static void compress(struct blake2b *hash, uint64_t total_bytes, uint64_t last)
{
    uint64_t work[16];
    uint64_t words[16];

    for (unsigned i = 0; i < 8; i++) {
        work[i] = hash->state[i];
        work[i + 8] = initial[i];
    }
    for (unsigned i = 0; i < 16; i++) {
        words[i] = bytes_64(hash->block + 8 * i);
    }
    work[12] ^= total_bytes;
    work[14] ^= last;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint8_t *places = order[round % 10];

        /* Four columns, then four diagonals. */
        for (unsigned i = 0; i < 8; i++) {
            const unsigned shift = i / 4;
            const uint64_t pair[2] = {words[places[2 * i]], words[places[2 * i + 1]]};

            mix(&work[i % 4], &work[4 + (i + shift) % 4], &work[8 + (i + 2 * shift) % 4],
                &work[12 + (i + 3 * shift) % 4], pair);
        }
    }
    for (unsigned i = 0; i < 8; i++) {
        hash->state[i] ^= work[i] ^ work[i + 8];
    }
}

void blake2b_begin(struct blake2b *hash)
{
    *hash = (struct blake2b){0};
    __builtin_memcpy(hash->state, initial, sizeof(initial));
    hash->state[0] ^= PARAMETER_BLOCK;
}

/* The last block, even a full one, is mixed in at the end only. */
void blake2b_add(struct blake2b *hash, const void *bytes, uint64_t size_bytes)
{
    const uint8_t *next = bytes;

    while (size_bytes > 0) {
        uint64_t piece = BLAKE2B_BLOCK_BYTES - hash->block_bytes;

        if (piece == 0) {
            hash->total_bytes += BLAKE2B_BLOCK_BYTES;
            compress(hash, hash->total_bytes, 0);
            hash->block_bytes = 0;
            piece = BLAKE2B_BLOCK_BYTES;
        }
        piece = piece < size_bytes ? piece : size_bytes;
        __builtin_memcpy(hash->block + hash->block_bytes, next, piece);
        hash->block_bytes += piece;
        next += piece;
        size_bytes -= piece;
    }
}

void blake2b_end(struct blake2b *hash, uint8_t result[BLAKE2B_HASH_BYTES])
{
    __builtin_memset(hash->block + hash->block_bytes, 0, BLAKE2B_BLOCK_BYTES - hash->block_bytes);
    compress(hash, hash->total_bytes + hash->block_bytes, UINT64_MAX);
    __builtin_memcpy(result, hash->state, BLAKE2B_HASH_BYTES);
}
