/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_SKELETON_H
#define UAUDIT_SOURCE_BPF_SKELETON_H

/* The BPF programs as the program carries them: compiled for kernels with casts (bpf/load.bpf.h), and for those without. */

struct uaudit_bpf;

/* Opened, not loaded; freed by uaudit_bpf__destroy(). NULL with errno. */
struct uaudit_bpf *skeleton_open(void);

#endif
