/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_SETUP_H
#define UAUDIT_TESTS_DIFFERENTIAL_SETUP_H

/* Fills the working directory. programs: absolute path of the directory of the programs. 0 or -1 with a message. */
int setup_tree(const char *programs);

#endif
