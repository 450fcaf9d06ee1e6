# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: programs without a system, whose page tables an emulated CPU of each architecture uses. Built
# by Clang and LLD alone; run by tests/formats/test_*.py.

BARE_COMMON := $(wildcard tests/formats/bare/*.c) $(addprefix paging/formats/,tree.c tree_bytes.c tree_change.c \
	tree_check.c tree_pages.c tree_supply.c tree_walk.c)
BARE_HEADERS := $(wildcard tests/formats/bare/*.h tests/formats/*/*.h paging/*.h paging/formats/*.h)
BARE_FLAGS = -std=gnu17 -O2 -g $(WARNINGS) -ffreestanding -nostdinc -isystem $(FREESTANDING_INCLUDE) -fno-builtin \
	-fno-stack-protector -fno-pic -Ipaging -Ipaging/formats -Itests/formats/bare $(PATHS)

# For each program: the folder of its architecture in tests/formats, Clang's target and options, the format.
BARE_PROGRAMS :=

# $(1): program; $(2): folder; $(3): target and options; $(4): definitions, such as the format's constant.
define bare_program
BARE_PROGRAMS += $(BUILD)/formats/$(1).elf
$(BUILD)/formats/$(1).elf: $(wildcard tests/formats/$(2)/*.c tests/formats/$(2)/*.S) tests/formats/$(2)/link.ld \
	$(BARE_COMMON) $(BARE_HEADERS) tests/formats/formats.mk | deps
	$$(call say,BARE,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(CLANG) --target=$(strip $(3)) $$(BARE_FLAGS) -Itests/formats/$(2) $(4) -nostdlib \
		-fuse-ld=lld -static -Wl,--build-id=none -T tests/formats/$(2)/link.ld -o $$@ $$(filter %.c %.S,$$^)
endef

RISCV_TARGET := riscv64-none-elf -march=rv64imac -mabi=lp64 -mcmodel=medany -mno-relax -DARENA_BYTES=0x1000000
$(foreach mode,sv39 sv48 sv57,$(eval $(call bare_program,riscv-$(mode),riscv,$(RISCV_TARGET),\
	-DHOIST_TREE_FORMAT=hoist_riscv_$(mode))))

AARCH64_TARGET := aarch64-none-elf -mgeneral-regs-only -mstrict-align -DARENA_BYTES=0x2000000
$(foreach name,4k 16k 64k,$(eval $(call bare_program,aarch64-$(name),aarch64,$(AARCH64_TARGET),\
	-DBARE_FORMAT=hoist_aarch64_$(name) -DBARE_UPPER=hoist_aarch64_$(name)_upper)))
$(foreach name,4k_39bit 4k_52bit 16k_52bit 64k_52bit,$(eval $(call bare_program,aarch64-$(name),aarch64,\
	$(AARCH64_TARGET),-DBARE_FORMAT=hoist_aarch64_$(name))))

ARMV7_TARGET := armv7a-none-eabi -mcpu=cortex-a15 -mfloat-abi=soft -marm -mno-unaligned-access -DARENA_BYTES=0x400000
$(foreach name,short lpae,$(eval $(call bare_program,armv7-$(name),armv7,$(ARMV7_TARGET),\
	-DHOIST_TREE_FORMAT=hoist_armv7_$(name))))

# Without a system in its name Clang would link by GCC.
X86_TARGET := i386-linux-none -march=i686 -mgeneral-regs-only
$(foreach name,32 pae,$(eval $(call bare_program,x86-$(name),x86,$(X86_TARGET),-DHOIST_TREE_FORMAT=hoist_x86_$(name))))

# Writes memory with tables of a format, for hoist-map to read.
MAKE_DUMP := $(BUILD)/formats/make-dump
MAKE_DUMP_SOURCES := tests/formats/dump/make_dump.c $(FORMATS_SOURCES) paging/result.c
$(MAKE_DUMP): $(MAKE_DUMP_SOURCES) $(BARE_HEADERS) tests/formats/formats.mk | deps
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -std=c17 -O1 -g $(WARNINGS) $(SANITIZE) $(ROOM_FORMATS) $(MAKE_DUMP_SOURCES) -o $@
BARE_PROGRAMS += $(MAKE_DUMP)
