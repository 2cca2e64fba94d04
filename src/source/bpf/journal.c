// SPDX-License-Identifier: MIT
#include "source/bpf/journal.h"

#include "base/macros.h"

void journal_init(struct journal *j, struct cap_journal_entry *memory, size_t n)
{
	j->head = (struct cap_journal_head *)(void *)memory;
	j->entries = memory + 1;
	j->n = n - 1;
}

static struct cap_journal_entry *entry_at(const struct journal *j, uint64_t i)
{
	return &j->entries[i % j->n];
}

/* Serials have no 0. */
static uint32_t serial_behind(uint32_t serial)
{
	return serial + 1 ? serial + 1 : 1;
}

static bool is_at_or_before(uint32_t serial, uint32_t other)
{
	return (int32_t)(other - serial) >= 0;
}

/* Whoever reads this after our death sees the stores in this order: the compiler keeps it, and there is no other CPU in it. */
static void publish(struct journal *j, uint64_t n)
{
	__atomic_store_n(&j->head->n, n, __ATOMIC_RELEASE);
}

void journal_begin(struct journal *j, uint32_t serial, bool is_loss, uint64_t where, uint64_t value)
{
	*entry_at(j, j->head->n) = (struct cap_journal_entry){
		.first = serial_behind(serial),
		.last = serial_behind(serial),
		.lines = CAP_JOURNAL_OPEN,
		.is_loss = is_loss,
		.where = where,
		.value = value,
	};
	publish(j, j->head->n + 1);
}

void journal_end(struct journal *j, uint32_t serial, uint32_t lines)
{
	struct cap_journal_entry *entry = entry_at(j, j->head->n - 1);

	if (serial_behind(serial) == entry->first) {
		publish(j, j->head->n - 1);
		return;
	}
	entry->last = serial;
	j->head->serial = serial;
	__atomic_store_n(&entry->lines, lines, __ATOMIC_RELEASE);
}

struct recovery {
	const struct journal_log *log;
	bool has_serial;
	uint32_t serial; /* of the last line that counts */
};

/* Whether all lines of the entry, to which the log's last one belongs, are there; if not, those that are are taken away. */
static int settle_last(struct recovery *r, const struct cap_journal_entry *entry, bool *ret_is_done)
{
	bool is_open = entry->lines == CAP_JOURNAL_OPEN;
	int64_t n =
		r->log->count(r->log->userdata, entry->first, is_open ? r->serial : entry->last);
	int error;

	if (n < 0)
		return (int)n;
	*ret_is_done = !is_open && n >= entry->lines;
	if (*ret_is_done)
		return 0;
	error = r->log->cut(r->log->userdata, (uint64_t)n);
	if (error == 0)
		r->serial = entry->first - 1;
	return error;
}

static int settle(struct recovery *r, const struct cap_journal_entry *entry, bool *ret_is_done)
{
	bool is_open = entry->lines == CAP_JOURNAL_OPEN;

	*ret_is_done = false;
	if (!r->has_serial || !is_at_or_before(entry->first, r->serial))
		return 0;
	if (is_open || is_at_or_before(r->serial, entry->last))
		return settle_last(r, entry, ret_is_done);
	*ret_is_done = true;
	return 0;
}

int journal_recover(struct journal *j, const struct journal_log *log, const struct journal_ops *ops,
	uint32_t *ret_serial)
{
	struct recovery r = { .log = log };
	uint64_t n = j->head->n;
	bool is_done;
	int error;

	r.has_serial = log && log->last_serial(log->userdata, &r.serial);
	for (uint64_t i = n > j->n ? n - j->n : 0; i < n; i++) {
		const struct cap_journal_entry *entry = entry_at(j, i);

		if (!ops->is_pending(ops->userdata, entry))
			continue;
		error = settle(&r, entry, &is_done);
		if (error < 0)
			return error;
		if (is_done)
			ops->done(ops->userdata, entry);
	}
	/* what is not done will get entries of its own, perhaps with other serials */
	publish(j, 0);
	*ret_serial = r.has_serial ? r.serial : j->head->serial;
	return 0;
}
