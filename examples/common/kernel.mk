# SPDX-License-Identifier: BSD-2-Clause
# Builds a kernel from its own files, the common ones, and the page-table library taken as a folder. HOIST names
# the checkout, OUT a folder for what is built.

HOIST ?= ../..
OUT ?= build
CC := clang
LD := ld.lld
CFLAGS := --target=x86_64-unknown-none-elf -std=gnu17 -O2 -g -Wall -Wextra -Werror -ffreestanding \
	-fno-stack-protector -fno-pic -mcmodel=kernel -mno-red-zone -mgeneral-regs-only
INCLUDES := -I. -I../common -I$(HOIST)/protocol -I$(HOIST)/paging
SOURCES += ../common/traps.c ../common/traps.S $(wildcard $(HOIST)/paging/*.c)

$(OUT)/kernel.elf: $(SOURCES) $(wildcard *.h ../common/* $(HOIST)/paging/*.h) Makefile
	mkdir -p $(OUT)
	set -e; for source in $(SOURCES); do \
		$(CC) $(CFLAGS) $(INCLUDES) -c $$source -o $(OUT)/$$(basename $$source).o; done
	$(LD) -static -e kernel_entry -z max-page-size=0x1000 --image-base=0xffffffff80000000 -z separate-code \
		-o $@ $(addprefix $(OUT)/,$(addsuffix .o,$(notdir $(SOURCES))))

.PHONY: run clean
run: $(OUT)/kernel.elf
	$(HOIST)/tools/hoist-run --timeout 60 $(OUT)/kernel.elf

clean:
	rm -rf $(OUT)
