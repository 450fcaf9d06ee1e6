/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's version; the hand-off's own is HOIST_VERSION in protocol/hoist.h. */
#ifndef VERSION_H
#define VERSION_H

#define HOIST_LOADER_VERSION "0.1.0"

#endif
