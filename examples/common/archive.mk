# SPDX-License-Identifier: BSD-2-Clause
# For programs that take the page-table library as an archive with its headers: those of the checkout, which HOIST
# names, or with PREFIX= those that `make install` put there.

HOIST ?= ../..
OUT ?= build
ifdef PREFIX
INCLUDE := $(PREFIX)/include/hoist
ARCHIVE := $(PREFIX)/lib/libhoist_paging.a
else
INCLUDE := $(HOIST)/paging
ARCHIVE := $(HOIST)/build/libhoist_paging.a
endif

.DEFAULT_GOAL := all
.PHONY: all run clean

$(HOIST)/build/libhoist_paging.a:
	$(MAKE) -C $(HOIST) build/libhoist_paging.a

clean:
	rm -rf $(OUT)
