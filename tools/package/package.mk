# SPDX-License-Identifier: BSD-2-Clause
# Part of the Makefile: what other projects take, apart from how Hoist itself is built and tested.

VERSION = $(shell sed -n 's/.*"\(.*\)".*/\1/p' efi/pure/version.h)

# ---- the page-table library ------------------------------------------------------------------------------------

# One archive for kernels and for programs of the host: position-independent code without a table of offsets links at
# any address; hidden, so that a shared object that contains it does not hand it on.
LIBRARY := $(BUILD)/libhoist_paging.a
LIBRARY_OBJECTS := $(patsubst %,$(BUILD)/library/%.o,$(PAGING_SOURCES) $(FORMATS_SOURCES))
LIBRARY_FLAGS = --target=x86_64-unknown-none-elf -std=c17 -O2 $(FREESTANDING) -fPIC -fvisibility=hidden \
	-ffunction-sections -fdata-sections $(WARNINGS) $(PATHS)

$(BUILD)/library/paging/formats/%.o: private ROOM = $(ROOM_FORMATS)
$(LIBRARY_OBJECTS): $(BUILD)/library/%.o: % Makefile tools/package/package.mk | deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(LIBRARY_FLAGS) $(ROOM) $(DEPENDENCIES) -c $< -o $@

$(LIBRARY): $(LIBRARY_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

-include $(LIBRARY_OBJECTS:.o=.d)

SINGLE := $(BUILD)/hoist_paging.h
$(SINGLE): tools/package/one-header paging/sources.list $(wildcard paging/*.[ch]) LICENSE efi/pure/version.h
	$(call say,SINGLE,$@)
	@mkdir -p $(@D)
	$(Q)tools/package/one-header paging $@

.PHONY: single
single: $(SINGLE) ## write build/hoist_paging.h, the page-table library as one header

# ---- installing ------------------------------------------------------------------------------------------------

PREFIX ?= /usr/local
PKG_CONFIG_FILE := $(BUILD)/hoist_paging.pc
TOOLS := $(addprefix tools/,hoist-image hoist-run hoist-debug hoist-dump) $(BUILD)/hoist-map

$(PKG_CONFIG_FILE): tools/package/hoist_paging.pc.in efi/pure/version.h
	@mkdir -p $(@D)
	$(Q)sed 's/@VERSION@/$(VERSION)/' $< >$@

# Headers that no header of the library's users includes.
PRIVATE_HEADERS := $(patsubst %,paging/%.h,build change fill leaf listing sharing steps walk) \
	$(patsubst %,paging/formats/tree_%.h,check memory supply traverse)

# Built before the tests that take them.
TAKEN := $(LIBRARY) $(SINGLE) $(PKG_CONFIG_FILE)

# A file and the folder that it goes to, below PREFIX.
INSTALLED := $(patsubst %,%:bin,$(TOOLS)) $(LOADER):share/hoist $(UNPACKED):share/hoist $(LIBRARY):lib $(PKG_CONFIG_FILE):lib/pkgconfig \
	$(patsubst %,%:include/hoist,protocol/hoist.h \
		$(filter-out $(PRIVATE_HEADERS),$(wildcard paging/*.h paging/formats/*.h))) \
	$(patsubst %,%:share/man/man1,$(wildcard docs/man/*.1)) \
	$(patsubst %,%:share/doc/hoist,LICENSE README.md CHANGELOG.md $(wildcard docs/*.md)) \
	$(patsubst %,%:share/doc/hoist/decisions,$(wildcard docs/decisions/*.md)) \
	$(patsubst %,%:share/doc/hoist/paging,paging/README.md)
# PREFIX as typed: a blank or a quote in it is part of the name.
INSTALL_ROOT = $(call quote,$(value DESTDIR)$(value PREFIX))

.PHONY: install uninstall
install: $(LOADER) $(BUILD)/hoist-map $(LIBRARY) $(PKG_CONFIG_FILE) ## put library, loader, tools and documents below PREFIX=/usr/local (DESTDIR=)
	$(Q)tools/package/install-files install $(INSTALL_ROOT) $(INSTALLED)

uninstall: ## take away what `make install` put there
	$(Q)tools/package/install-files uninstall $(INSTALL_ROOT) $(INSTALLED)

# ---- the API reference -----------------------------------------------------------------------------------------

API := $(BUILD)/api
API_XML := NO
API_HEADERS := $(filter-out $(PRIVATE_HEADERS) paging/entry.h paging/format.h paging/formats/table_entry.h paging/formats/table_shape.h \
	paging/formats/%_formats.h,$(wildcard paging/*.h paging/formats/*.h)) protocol/hoist.h

.PHONY: api
api: | deps-api ## write build/api: the public headers as HTML, by Doxygen
	$(call say,API,$(API)/index.html)
	@mkdir -p $(API)
	$(Q)HOIST_VERSION=$(VERSION) HOIST_API=$(API) HOIST_API_XML=$(API_XML) HOIST_HEADERS='$(API_HEADERS)' \
		doxygen tools/package/Doxyfile

# ---- the source archive ----------------------------------------------------------------------------------------

.PHONY: dist
dist: ## write build/hoist-VERSION.tar.gz: the sources, byte for byte the same each time
	$(call say,DIST,$(BUILD)/hoist-$(VERSION).tar.gz)
	@mkdir -p $(BUILD)
	$(Q)tools/package/source-archive hoist-$(VERSION) $(BUILD)/hoist-$(VERSION).tar.gz
