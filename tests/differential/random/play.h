/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_PLAY_H
#define UAUDIT_TESTS_DIFFERENTIAL_PLAY_H

/* Both 0, or -1 with a message. */
int seq_setup(const char *file, const char *mount);
int seq_play(const char *file);

#endif
