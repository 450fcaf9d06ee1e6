/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the build packs (tools/pack) and is unpacked when the machine boots: the loader in its file,
 * and in the loader its sentences.
 *
 * Packed bytes are a row of steps until all bytes are there. A step is
 *
 *     a byte: from the highest bit on a number n of 2 bits, a number k of 3, a number m of 3
 *     where n is 3, what is more than 3, in bytes
 *     n bytes as they are
 *     where all bytes are there now: the end
 *     where k is not 0, a byte d, and where k is 7, a byte e
 *     where m is 7, what is more than 7, in bytes
 *
 * and after the n bytes stands for m + 2 more, a copy from 256 * (k - 1 + e) + d + 1 bytes back; e
 * is 0 where it is absent. Where k is 0 the copy is from as far back as the one before. It may reach
 * into the bytes that it makes. What is more is a sum of bytes, of which the first below 255 is the
 * last.
 *
 * Steps are made of whole bytes so that a machine takes them in some ten instructions each: bits
 * would save another twentieth and cost twice the time.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes size_bytes bytes. `packed` must be what the build has packed from as many bytes: nothing
 * is checked, for it is a part of the program.
 */
void unpack(void *target, size_t size_bytes, const uint8_t *packed);

#endif
