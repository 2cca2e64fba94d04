/* SPDX-License-Identifier: MIT */
/*
 * Makes pinned programs look like those of another version.
 *
 * usage: poke PIN_DIR build|schema VALUE
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi/capture.h"

int main(int argc, char **argv)
{
	struct cap_control *control;
	union bpf_attr attr = { 0 };
	char path[4096];
	int fd;

	if (argc != 4)
		return 2;
	(void)snprintf(path, sizeof(path), "%s/map_control", argv[1]);
	attr.pathname = (uint64_t)(uintptr_t)path;
	fd = (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
	control = fd < 0 ? MAP_FAILED
			 : mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (control == MAP_FAILED) {
		perror(path);
		return 1;
	}
	if (strcmp(argv[2], "build") == 0)
		control->build = strtoull(argv[3], NULL, 0);
	else
		control->schema = (uint32_t)strtoul(argv[3], NULL, 0);
	return 0;
}
