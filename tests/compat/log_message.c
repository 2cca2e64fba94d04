/* SPDX-License-Identifier: MIT */
/* The ten lines that programs have had for the audit system for decades; compiled with the distribution's header. */
#include <libaudit.h>
#include <stddef.h>

int main(int argc, char **argv)
{
	int fd = audit_open();
	int r = audit_log_user_message(fd, AUDIT_USYS_CONFIG, argc > 1 ? argv[1] : "op=test",
		argc > 2 ? argv[2] : NULL, NULL, NULL, 1);

	audit_close(fd);
	return r > 0 ? 0 : 1;
}
