# SPDX-License-Identifier: MIT
# A thin face of meson and ninja. BUILD, PREFIX, DESTDIR, T (a fuzz target) and WRITE=1 (bench) may be set.
BUILD ?= build
export BUILD
PREFIX ?= /usr/local
T ?=
WRITE ?=

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup --prefix=$(PREFIX) $(if $(filter true,$(CI)),-Dwerror=true) $(BUILD)

demo:
	@scripts/setup build
	@$(MAKE) --no-print-directory all
	@scripts/demo $(BUILD)

check:
	@scripts/setup check
	@scripts/check $(BUILD)

check-vm:
	@scripts/setup check
	@$(MAKE) --no-print-directory all
	@meson test -C $(BUILD) --no-rebuild --print-errorlogs --suite vm

bench:
	@scripts/setup check
	@$(MAKE) --no-print-directory all
	@bench/run $(if $(WRITE),--write) $(BUILD)

fuzz:
	@scripts/setup fuzz
	@scripts/fuzz $(T)

lint:
	@scripts/check-includes
	@scripts/check-format

format:
	find src tests bench \( -name '*.c' -o -name '*.h' \) -exec clang-format -i {} +

install: all
	@meson configure $(BUILD) --prefix=$(PREFIX)
	ninja -C $(BUILD)
	meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf $(BUILD) $(BUILD)-san $(BUILD)-fuzz

help:
	@echo 'make          build into $(BUILD)/'
	@echo 'make demo     audit a script and show what it did; installs what is missing on Debian and Ubuntu'
	@echo 'make check    all tests that this machine can run, also under ASan and UBSan; installs as well'
	@echo 'make check-vm only the tests in a virtual machine (a part of make check); tests/vm/run --help for one of them'
	@echo 'make bench    compare with strace and with no tracer; WRITE=1 updates docs/benchmarks.md'
	@echo 'make fuzz     60 s of libFuzzer for each target, T=name for one'
	@echo 'make lint     include directions, headers on their own, formatting'
	@echo 'make format   clang-format all sources'
	@echo 'make install  PREFIX (now $(PREFIX)) and DESTDIR are honoured'
	@echo 'make clean    remove the build trees'

.PHONY: all demo check check-vm bench fuzz lint format install clean help
