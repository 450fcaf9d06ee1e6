/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted printing into a buffer, for a place that has no C library. It never allocates and never
 * writes past the buffer.
 */
#ifndef PRINT_H
#define PRINT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* The length modifier of uint64_t: "%" PRINT_64 "x" fits on the host and on the Windows target,
 * where a long has four bytes. */
#if defined(__LP64__)
#define PRINT_64 "l"
#else
#define PRINT_64 "ll"
#endif

/* Room for any print_size(), terminator included. */
#define PRINT_SIZE_CAPACITY 32

/*
 * Writes like snprintf(): %s %.*s %c %d %u %x %X %%, the flags - and 0, a width (also *), a
 * precision for %s, and the length modifiers l, ll and z. A %s of NULL prints "(null)". Anything
 * else is copied as it stands. The buffer is terminated whenever capacity is not 0; what does not
 * fit is cut off. Returns the length written, without the terminator (not, as snprintf() does, the
 * length wished for).
 */
__attribute__((format(printf, 3, 4))) size_t print_to(char *buffer, size_t capacity,
                                                      const char *format, ...);
__attribute__((format(printf, 3, 0))) size_t print_to_v(char *buffer, size_t capacity,
                                                        const char *format, va_list arguments);

/*
 * Writes an exact size for people: in the largest of TiB, GiB, MiB and KiB that divides it, else in
 * bytes
 * ("2 MiB", "513 KiB", "1 byte", "4097 bytes"). Cut off and terminated like print_to(); returns the
 * length written.
 */
size_t print_size(char *buffer, size_t capacity, uint64_t size_bytes);

#endif
