// SPDX-License-Identifier: MIT
/* The program that everybody writes first; compiled against the distribution's header, run with our library. */

#include <libaudit.h>
#include <stdio.h>

#ifndef HOST
#define HOST "localhost"
#endif

int main(void)
{
	int fd = audit_open();
	int r = audit_log_user_message(fd, AUDIT_USYS_CONFIG, "op=test", HOST, NULL, NULL, 1);

	(void)printf("%d\n", r);
	audit_close(fd);
	return r > 0 ? 0 : 1;
}
