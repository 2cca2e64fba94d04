/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_RULE_CHOICES_H
#define UAUDIT_TESTS_RULE_CHOICES_H

/* Where we do not answer as auditctl 3.0.9 does, on purpose: docs/compatibility.md, section Rules. */

struct choice {
	const char *line;
	const char *ours;
	const char *reason;
};

/* Lines for which we do not give the answer of auditctl 3.0.9. */
static const struct choice choices[] = {
	{ "-a always,exit -F arch=b64 -S connect -F exe=/tmp/t/prog -F saddr_fam=inet",
		"-a always,exit -F arch=b64 -S connect -F exe=/tmp/t/prog -F saddr_fam=2",
		"names of families are names, not 0" },
	{ "-a always,exit -F arch=b64 -S openat -F exe!=/tmp/t/prog -F pid=4194304",
		"-a always,exit -F arch=b64 -S openat -F exe!=/tmp/t/prog -F pid=4194304",
		"as 4.2: the operator is listed" },
	{ "-a always,exclude -F exe=/tmp/t/prog -k ex",
		"-a always,exclude -F exe=/tmp/t/prog -F key=ex",
		"as 4.2: a key on the exclude list" },
	{ "-a always,io_uring -S openat -F exe=/tmp/t/prog",
		"-a always,io_uring -S openat -F exe=/tmp/t/prog", "the list io_uring, as 4.2" },
	{ "-a always,io_uring -F exe=/tmp/t/prog", "-a always,io_uring -S all -F exe=/tmp/t/prog",
		"the list io_uring, as 4.2" },
	{ "-a always,io_uring -S all -F exe=/tmp/t/prog",
		"-a always,io_uring -S all -F exe=/tmp/t/prog",
		"the list io_uring; all means all, 4.2 leaves operations out" },
	{ "-a always,io_uring -S uring_cmd,sendmsg -F exe=/tmp/t/prog -k ur",
		"-a always,io_uring -S sendmsg,uring_cmd -F exe=/tmp/t/prog -F key=ur",
		"the list io_uring; 4.2 drops names that it does not know" },
	{ "-a always,io_uring -S bogusop -F exe=/tmp/t/prog", "ERROR:io_uring op unknown: bogusop",
		"the list io_uring, as 4.2" },
	{ "-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F sessionid=abc",
		"ERROR:-F value should be number for sessionid",
		"what is no number is refused, not read as 0" },
	{ "-w /tmp/t/f -p wa -F perm=r",
		"-a always,exit -S all -F path=/tmp/t/f -F perm=wa -F perm=r",
		"listed so that it loads again as the same rule" },
	{ "-a always,exit -F path=/etc/passwd -F perm=wa -F path=/etc/group",
		"-a always,exit -S all -F path=/etc/passwd -F perm=wa -F path=/etc/group",
		"listed so that it loads again as the same rule" },
	{ "-a always,exit -F perm=wa", "-a always,exit -S all -F perm=wa",
		"listed so that it loads again as the same rule" },
	{ "-a always,exit -F arch=b64 -S openat2,quotactl_fd,fchmodat2",
		"-a always,exit -F arch=b64 -S openat2,quotactl_fd,fchmodat2",
		"as 4.2: newer syscalls have names" },
	{ "-a always,exit -F arch=b64 -S 437,443,452",
		"-a always,exit -F arch=b64 -S openat2,quotactl_fd,fchmodat2",
		"as 4.2: newer syscalls have names" },
	{ "-a always,exit -F arch=riscv64 -S openat", "-a always,exit -F arch=b64 -S openat",
		"as 4.2: the machine is known" },
	{ "-a never,filesystem -F fstype!=cgroup2 -k cg",
		"-a never,filesystem -F fstype!=cgroup2 -F key=cg",
		"as 4.2: the file system is known" },
	{ "-a never,filesystem -F fstype=cgroup", "-a never,filesystem -F fstype=cgroup",
		"as 4.2: the file system is known" },
	{ "-a always,io_uring -S openat,connect -k uring",
		"-a always,io_uring -S connect,openat -F key=uring", "the list io_uring, as 4.2" },
	{ "-a always,io_uring -S unlinkat -F uid=0", "-a always,io_uring -S unlinkat -F uid=0",
		"the list io_uring, as 4.2" },
	{ "-a always,io_uring -S 18", "-a always,io_uring -S openat", "the list io_uring, as 4.2" },
	{ "-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F filetype=32768",
		"-a always,exit -F arch=b64 -S openat -F exe=/tmp/t/prog -F filetype=32768",
		"what is listed loads again" },
};

#endif
