/* SPDX-License-Identifier: BSD-2-Clause */
/* Which entry of the configuration is booted. */
#ifndef MENU_H
#define MENU_H

#include "config.h"

/*
 * Where there are several entries and a timeout, shows them and waits for a digit; otherwise, and
 * when time is up, the default. Returns an entry of `config`.
 *
 * Where an entry has come back, shows even a single one and waits as long as it takes; NULL where
 * no key can come.
 */
const struct config_entry *menu_choose(const struct config *config, bool has_come_back);

#endif
