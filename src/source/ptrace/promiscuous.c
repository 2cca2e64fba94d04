// SPDX-License-Identifier: MIT
#include "source/ptrace/promiscuous.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/ptrace/call.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_fd.h"
#include "source/ptrace/task_mem.h"

_Static_assert(
	sizeof(((struct evt_anom_promiscuous *)0)->device) == IFNAMSIZ, "a device's name fits");

/* The name of the device that the call is about, as the task's network namespace has it. */
static bool find_device(const struct call *call, char name[static IFNAMSIZ])
{
	struct packet_mreq asked;
	_cleanup_close_ int fd = -1;
	struct ifreq request = { 0 };

	if (strcmp(call->info->name, "ioctl") == 0) {
		if ((uint32_t)call->args[1] != SIOCSIFFLAGS ||
			task_mem_read(call->tid, call->args[2], name, IFNAMSIZ) < 0)
			return false;
		name[IFNAMSIZ - 1] = '\0';
		return true;
	}
	if ((uint32_t)call->args[1] != SOL_PACKET ||
		((uint32_t)call->args[2] != PACKET_ADD_MEMBERSHIP &&
			(uint32_t)call->args[2] != PACKET_DROP_MEMBERSHIP) ||
		(int32_t)call->args[4] < (int32_t)sizeof(asked) ||
		task_mem_read(call->tid, call->args[3], &asked, sizeof(asked)) < 0 ||
		asked.mr_type != PACKET_MR_PROMISC)
		return false;
	/* the socket knows the namespace whose indexes it uses */
	fd = task_fd_get(call->tid, call->tgid, (int)call->args[0]);
	request.ifr_ifindex = asked.mr_ifindex;
	if (fd < 0 || ioctl(fd, SIOCGIFNAME, &request) < 0)
		return false;
	memcpy(name, request.ifr_name, IFNAMSIZ);
	name[IFNAMSIZ - 1] = '\0';
	return true;
}

/*
 * 0, 1, or negative errno. Sockets do not tell: what they show as IFF_PROMISC is whether the flag was asked for, not
 * whether the device is listening. sysfs does, and the one that the task has mounted is that of its namespace.
 */
static int is_listening(const struct call *call, int procfd, const char *device)
{
	char path[PROC_NAME_MAX], text[32];
	ssize_t n;

	if (!device[0] || strchr(device, '/') || device[0] == '.')
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "root/sys/class/net/%s/flags", device);
	n = proc_read(procfd, call->tid, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	return strtoul(text, NULL, 16) & IFF_PROMISC ? 1 : 0;
}

void promiscuous_entry(struct call *call, int procfd)
{
	struct promiscuous_call *p = &call->promiscuous;
	int was;

	p->is_promiscuous = false;
	memset(&p->item, 0, sizeof(p->item));
	if (!find_device(call, p->item.device))
		return;
	was = is_listening(call, procfd, p->item.device);
	if (was < 0)
		return;
	p->item.was = (uint32_t)was;
	p->is_promiscuous = true;
}

void promiscuous_exit(struct call *call, int procfd, struct event_writer *w)
{
	struct promiscuous_call *p = &call->promiscuous;
	int now;

	if (!p->is_promiscuous)
		return;
	now = is_listening(call, procfd, p->item.device);
	if (now < 0 || (uint32_t)now == p->item.was)
		return;
	p->item.is_now = (uint32_t)now;
	event_put(w, EVT_ITEM_ANOM_PROMISCUOUS, &p->item, sizeof(p->item));
}
