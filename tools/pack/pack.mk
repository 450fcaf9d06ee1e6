# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: the program of the host that packs what the loader's file carries.

PACK_SOURCES := $(wildcard tools/pack/*.c)
PACK := $(BUILD)/pack/pack
# The sentences (docs/decisions/0005).
PACKED_TEXTS := $(BUILD)/packed/problem_texts_packed.c

$(PACK): $(PACK_SOURCES) efi/pure/problem_texts.c $(wildcard tools/pack/*.h efi/pure/*.h) Makefile tools/pack/pack.mk | deps
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -std=c17 -O2 $(WARNINGS) $(ROOM_PURE) -o $@ $(filter %.c,$^)

$(PACKED_TEXTS): $(PACK)
	$(call say,PACK,$@)
	@mkdir -p $(@D)
	$(Q)$(PACK) texts $@
