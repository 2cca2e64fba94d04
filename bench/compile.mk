# SPDX-License-Identifier: MIT
# The compile of the benchmarks: part of this project's own source. make -f bench/compile.mk OUT=directory
SOURCES := $(wildcard src/base/*.c src/abi/*.c src/event/*.c src/rule/*.c)
OBJECTS := $(patsubst src/%.c,$(OUT)/%.o,$(SOURCES))

$(OUT)/part.a: $(OBJECTS)
	ar rcs $@ $^

$(OUT)/%.o: src/%.c
	@mkdir -p $(dir $@)
	cc -std=gnu17 -D_GNU_SOURCE -O1 -g -Isrc -c -o $@ $<
