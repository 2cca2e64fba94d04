/* SPDX-License-Identifier: MIT */
/* A seed becomes a sequence: the same one everywhere, but for calls that an architecture lacks. */
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "sequence.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct dice {
	uint64_t state;
};

/* splitmix64 */
static uint64_t next(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static unsigned roll(struct dice *dice, unsigned sides)
{
	return (unsigned)(next(dice) % sides);
}

/* Happens so many times in a hundred. */
static bool chance(struct dice *dice, unsigned percent)
{
	return roll(dice, 100) < percent;
}

#define PICK(dice, array) ((array)[roll(dice, ARRAY_SIZE(array))])

/* ---- paths ---- */

/* What is in the tree (setup.c of the cases, play.c) or may come to be there: few, so that calls meet. */
static const char *const names[] = { "f", "f", "g", "d", "d", "d/f", "d/f", "d/sub", "d/sub/deep",
	"empty", "empty", "e2", "lf", "lf", "llf", "ld", "ld/f", "ld/n", "dangling",
	"dangling_in_d", "dangling_dir", "dangling_deep", "loop", "d/up", "secret", "private",
	"private/f", "private/n", "sticky", "sticky/f", "sticky/n", "sticky/mine", "open", "open/n",
	"open/m", "open/f", "n", "n", "n", "m", "m", "n/m", "m/n", "d/n", "d/n", "d/m", "fifo",
	"script", "no_format", "empty_program", "script_missing", "sp ace", "mnt", "mnt/f", "mnt/n",
	"mnt/d", "f/x", "n/x", "loop/x", "dangling/x", "lf/x", "empty/n", "empty/m", "ldev", "labs",
	"labs/f", "ldot", "lslash", "lslash/f", "null", "sock", "sock" };

static const char *const special[] = { ".", "..", "/", "./.", "../t", "../t/f", "d/..", "d/.", "//",
	".//", "/dev/null", "/proc/self/fd/11", "/proc/self/fd/10", "/proc/self/fd/10/f",
	"/proc/self/fd/12/deep", "/proc/self/fd/14", "/proc/self/fd/19/n", "/proc/self/cwd",
	"/proc/self/cwd/n", "/proc/self/cwd/f", "/dev/fd/11", "/dev/fd/10/n", "/proc/self/fd/99",
	"/proc/self/fd/20", "/proc/self/fd/18", "/proc/thread-self/fd/11", "/proc/self/exe",
	"/proc/self/root/dev/null", "/proc/self", "/proc", "/dev/ptmx", "/nowhere", "/nowhere/n",
	"/etc", "/etc/passwd", "/etc/n", "/usr/bin/env", "/tmp", "/proc/self/nowhere",
	"/proc/nowhere", "/dev/full", "/proc/self/fd" };

static void put_name(FILE *to, struct dice *dice)
{
	static const char *const suffixes[] = { "/", "/", "/", "//", "/.", "/..", "/../f", "/../n",
		"/./", "/../../t/f" };
	static const char *const prefixes[] = { "./", ".//", "d/../", "ld/../", "./d/../", "../t/",
		"mnt/../" };
	bool absolute = chance(dice, 8);

	if (absolute)
		fputs("@\"/", to);
	else
		fputs("\"", to);
	if (chance(dice, 8))
		fputs(PICK(dice, prefixes), to);
	fputs(PICK(dice, names), to);
	if (chance(dice, 14))
		fputs(PICK(dice, suffixes), to);
	fputs("\"", to);
}

static void put_path(FILE *to, struct dice *dice)
{
	static const char *const odd[] = { "bad", "0", "\"\"", "\"\"", "\"x\"*4095", "\"x\"*4096",
		"\"n\"*255", "\"n\"*256", "\"./\"*40", "\"d/../\"*30", "\"/\"*3" };

	if (chance(dice, 7))
		fputs(PICK(dice, odd), to);
	else if (chance(dice, 9))
		fprintf(to, "\"%s\"", PICK(dice, special));
	else
		put_name(to, dice);
}

static void put_path2(FILE *to, struct dice *dice)
{
	if (chance(dice, 4))
		fputs("^", to);
	else
		put_path(to, dice);
}

static void put_target(FILE *to, struct dice *dice)
{
	static const char *const targets[] = { "\"f\"", "\"d\"", "\"n\"", "\"../f\"", "\"nowhere\"",
		"\"\"", "bad", "\"d/n\"", "\"x\"*4095", "\"x\"*4096", "@\"/f\"", "\"d/\"", "\".\"",
		"\"m/\"", "\"lf\"" };

	fputs(PICK(dice, targets), to);
}

/* A call that would change the machine is made in vain. */
static void put_missing(FILE *to, struct dice *dice)
{
	static const char *const paths[] = { "\"nowhere/n\"", "\"f/x\"", "bad", "\"\"",
		"\"loop\"" };

	fputs(PICK(dice, paths), to);
}

/* ---- descriptors ---- */

/* 10 to 24 are opened in play.c. */
static const char *const descriptors[] = { "3", "3", "4", "5", "6", "10", "10", "11", "11", "12",
	"13", "14", "15", "17", "18", "19", "20", "22", "23", "24", "-1", "99" };

static void put_dirfd(FILE *to, struct dice *dice)
{
	static const char *const others[] = { "10", "10", "10", "12", "12", "19", "18", "11", "13",
		"14", "3", "4", "5", "-1", "99", "15" };

	fputs(chance(dice, 55) ? "-100" : PICK(dice, others), to);
}

static void put_fd(FILE *to, struct dice *dice)
{
	fputs(PICK(dice, descriptors), to);
}

static void put_newfd(FILE *to, struct dice *dice)
{
	static const char *const low[] = { "3", "4", "5", "6", "99", "-1" };

	fputs(PICK(dice, low), to);
}

static void put_socket(FILE *to, struct dice *dice)
{
	static const char *const sockets[] = { "15", "15", "15", "16", "16", "16", "21", "11", "13",
		"99", "3" };

	fputs(PICK(dice, sockets), to);
}

static void put_notify(FILE *to, struct dice *dice)
{
	static const char *const watchers[] = { "17", "17", "17", "17", "11", "99", "13" };

	fputs(PICK(dice, watchers), to);
}

/* ---- numbers ---- */

static void put_one_of(FILE *to, struct dice *dice, const uint32_t *numbers, unsigned n)
{
	fprintf(to, "%#x", (unsigned)numbers[roll(dice, n)]);
}

#define PUT_ONE_OF(to, dice, ...)                                                                  \
	do {                                                                                       \
		static const uint32_t numbers[] = { __VA_ARGS__ };                                 \
		put_one_of(to, dice, numbers, ARRAY_SIZE(numbers));                                \
	} while (0)

/* Always without waiting: a FIFO would hold the sequence up. */
static unsigned oflags(struct dice *dice)
{
	static const unsigned access[] = { O_RDONLY, O_RDONLY, O_WRONLY, O_RDWR, O_RDWR, 3 };
	static const unsigned more[] = { O_CREAT, O_CREAT, O_CREAT, O_EXCL, O_TRUNC, O_TRUNC,
		O_NOFOLLOW, O_NOFOLLOW, O_DIRECTORY, O_DIRECTORY, O_PATH, O_TMPFILE, O_APPEND,
		O_CLOEXEC, O_CREAT | O_EXCL, O_CREAT | O_NOFOLLOW, O_NOCTTY, O_TMPFILE | O_RDWR,
		O_NOATIME, O_DIRECT, O_SYNC, O_PATH | O_NOFOLLOW };
	unsigned flags = PICK(dice, access) | O_NONBLOCK;
	unsigned n = roll(dice, 4);

	while (n--)
		flags |= PICK(dice, more);
	return flags;
}

static void put_oflags(FILE *to, struct dice *dice)
{
	fprintf(to, "%#x", oflags(dice));
}

static void put_how(FILE *to, struct dice *dice)
{
	static const unsigned modes[] = { 0, 0, 0644, 0600, 0777, 010000 };
	static const unsigned resolves[] = { 0, 0, 0, RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS,
		RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT, 0x40,
		RESOLVE_BENEATH | RESOLVE_IN_ROOT, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	unsigned flags = oflags(dice);
	unsigned mode = PICK(dice, modes), resolve = PICK(dice, resolves);

	if (chance(dice, 3)) {
		fputs("bad", to);
		return;
	}
	/* a mode without O_CREAT is refused: mostly not */
	if (!(flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) && chance(dice, 90))
		mode = 0;
	/* and so are flags beside O_PATH */
	if ((flags & O_PATH) && chance(dice, 80))
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	fprintf(to, "how(%#x,%#o,%#x)", flags, mode, resolve);
}

static void put_howsize(FILE *to, struct dice *dice)
{
	static const char *const sizes[] = { "24", "24", "24", "24", "24", "24", "24", "24", "24",
		"24", "24", "32", "0", "8", "5000" };

	fputs(PICK(dice, sizes), to);
}

static void put_mode(FILE *to, struct dice *dice)
{
	static const unsigned modes[] = { 0644, 0755, 0777, 0700, 0600, 0, 01777, 02755, 04755,
		0100644, 07777, 0444, 0111 };

	fprintf(to, "%#o", PICK(dice, modes));
}

static void put_node(FILE *to, struct dice *dice)
{
	static const unsigned types[] = { 0, S_IFREG, S_IFIFO, S_IFCHR, S_IFBLK, S_IFSOCK, S_IFDIR,
		S_IFLNK, 0170000 };

	fprintf(to, "%#o", PICK(dice, types) | 0644);
}

static void put_dev(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0x103, 0x105, 0, 0xffff);
}

static void put_id(FILE *to, struct dice *dice)
{
	static const char *const ids[] = { "0", "65534", "65533", "-1", "4242" };

	fputs(PICK(dice, ids), to);
}

static void put_atflags(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 0, 0, AT_SYMLINK_NOFOLLOW, AT_SYMLINK_NOFOLLOW, AT_SYMLINK_FOLLOW,
		AT_SYMLINK_FOLLOW, AT_EMPTY_PATH, AT_EMPTY_PATH, AT_EACCESS, AT_NO_AUTOMOUNT, 4,
		AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH | AT_SYMLINK_FOLLOW, 0x6000);
}

static void put_remove(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 0, 0, AT_REMOVEDIR, AT_REMOVEDIR, AT_REMOVEDIR, AT_EMPTY_PATH);
}

static void put_rename(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 0, RENAME_NOREPLACE, RENAME_NOREPLACE, RENAME_EXCHANGE,
		RENAME_EXCHANGE, RENAME_EXCHANGE, RENAME_WHITEOUT, RENAME_WHITEOUT, 8,
		RENAME_NOREPLACE | RENAME_EXCHANGE, RENAME_NOREPLACE | RENAME_WHITEOUT);
}

static void put_access(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 1, 2, 3, 4, 4, 6, 7, 8);
}

static void put_size(FILE *to, struct dice *dice)
{
	static const char *const sizes[] = { "0", "1", "100", "-1", "2000000", "0x7fffffff" };

	fputs(PICK(dice, sizes), to);
}

static void put_out(FILE *to, struct dice *dice)
{
	static const char *const buffers[] = { "out", "out", "out", "out", "out", "out", "out",
		"out", "bad", "0" };

	fputs(PICK(dice, buffers), to);
}

static void put_outsize(FILE *to, struct dice *dice)
{
	static const char *const sizes[] = { "200", "200", "200", "4096", "0", "1", "-1", "70000" };

	fputs(PICK(dice, sizes), to);
}

static void put_mask(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0x7ff, 0x7ff, 0x7ff, 0xfff, 0, 0x80000000);
}

static void put_watch(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, IN_CREATE, IN_ALL_EVENTS, IN_OPEN | IN_DONT_FOLLOW,
		IN_CREATE | IN_ONLYDIR, IN_MODIFY | IN_ONLYDIR | IN_DONT_FOLLOW, 0,
		IN_OPEN | IN_MASK_CREATE, IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE);
}

static void put_times(FILE *to, struct dice *dice)
{
	static const char *const times[] = { "0", "0", "times(0,0)", "times(1,2)",
		"times(0x3fffffff,0x3ffffffe)", "times(0x3ffffffe,0x3ffffffe)",
		"times(2000000000,0)", "bad" };

	fputs(PICK(dice, times), to);
}

static void put_xname(FILE *to, struct dice *dice)
{
	static const char *const attributes[] = { "\"user.colour\"", "\"user.colour\"",
		"\"user.x\"", "\"trusted.t\"", "\"security.capability\"", "\"security.capability\"",
		"\"security.x\"", "\"bogus\"", "\"bogus.x\"", "\"\"", "bad", "\"user.\"",
		"\"u\"*255", "\"u\"*256", "\"user.\"*50" };

	fputs(PICK(dice, attributes), to);
}

static void put_xvalue(FILE *to, struct dice *dice)
{
	static const char *const values[] = { "\"blue\"", "\"blue\"", "\"\"", "bad", "0",
		"\"\\x01\\x00\\x00\\x02\\x00\\x04\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00"
		"\\x00\\x00\\x00\\x00\"",
		"\"\\x00\\x00\\x00\\x02\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00"
		"\\x00\\x00\\x00\\x00\"",
		"\"\\x01\\x00\\x00\\x03\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
		"\\x00\\x00\\x00\\x00\\xe8\\x03\\x00\\x00\"" };

	fputs(PICK(dice, values), to);
}

static void put_xsize(FILE *to, struct dice *dice)
{
	static const char *const sizes[] = { "len", "len", "len", "len", "len", "0", "1", "65537" };

	fputs(PICK(dice, sizes), to);
}

static void put_xflags(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 0, 0, 1, 2, 4);
}

static void put_argv(FILE *to, struct dice *dice)
{
	static const char *const lists[] = { "argv", "argv", "argv", "argv", "0", "bad" };

	fputs(PICK(dice, lists), to);
}

static void put_address(FILE *to, struct dice *dice)
{
	static const char *const odd[] = { "bad", "0", "sun\"\"", "sun\"\\x00abstract\"",
		"sun\"n\"*107", "sun\"n\"*108", "sun\"/dev/null\"" };

	if (chance(dice, 10)) {
		fputs(PICK(dice, odd), to);
		return;
	}
	fputs("sun", to);
	put_name(to, dice);
}

static void put_addrlen(FILE *to, struct dice *dice)
{
	static const char *const sizes[] = { "110", "110", "110", "len", "len", "2", "0", "3",
		"200", "-1", "16" };

	fputs(PICK(dice, sizes), to);
}

static void put_handle(FILE *to, struct dice *dice)
{
	static const char *const handles[] = { "handle(128)", "handle(128)", "handle(128)",
		"handle(0)", "handle(200)", "bad" };

	fputs(PICK(dice, handles), to);
}

/* Q_GETINFO, Q_SYNC, nonsense: none changes anything. */
static void put_quota(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0x80000500, 0x80000100, 0x123400);
}

static void put_xargs(FILE *to, struct dice *dice)
{
	static const char *const args[] = { "xargs(0)", "xargs(0)", "xargs(1)", "xargs(2)", "bad" };

	fputs(PICK(dice, args), to);
}

static void put_xargssize(FILE *to, struct dice *dice)
{
	static const char *const sizes[] = { "16", "16", "16", "16", "8", "5000" };

	fputs(PICK(dice, sizes), to);
}

static void put_tree(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 1, 1, 0x8001, AT_EMPTY_PATH, AT_EMPTY_PATH | 1, AT_SYMLINK_NOFOLLOW,
		AT_NO_AUTOMOUNT, 2);
}

static void put_pick(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, 1, 2, 4, 8, 16);
}

/* Where something may be mounted: nothing that leads out of the tree. */
static void put_place(FILE *to, struct dice *dice)
{
	static const char *const places[] = { "\"d\"", "\"e2\"", "\"empty\"", "\"mnt\"", "\"mnt\"",
		"\"d/sub\"", "\"ld\"", "\"f\"", "\"g\"", "\"open\"", "\"n\"", "\"loop\"", "\"\"",
		"bad", "\"lslash\"", "\"d/\"", "\"labs\"", "@\"/d\"", "\"f/\"", "\"mnt/d\"" };

	fputs(PICK(dice, places), to);
}

static void put_fstype(FILE *to, struct dice *dice)
{
	static const char *const types[] = { "0", "\"none\"", "\"nosuch\"", "bad", "\"ext4\"" };

	fputs(PICK(dice, types), to);
}

static void put_mount(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, MS_BIND, MS_BIND, MS_BIND | MS_REC, MS_MOVE, MS_REMOUNT | MS_BIND,
		MS_PRIVATE, 0, MS_BIND | MS_RDONLY);
}

static void put_umount(FILE *to, struct dice *dice)
{
	PUT_ONE_OF(to, dice, 0, MNT_DETACH, MNT_DETACH, UMOUNT_NOFOLLOW, 16);
}

static void put_zero(FILE *to, struct dice *dice)
{
	(void)dice;
	fputs("0", to);
}

typedef void (*put_fn)(FILE *to, struct dice *dice);

static const put_fn put_functions[] = {
	[SEQ_NONE] = NULL,
	[SEQ_DIRFD] = put_dirfd,
	[SEQ_FD] = put_fd,
	[SEQ_NEWFD] = put_newfd,
	[SEQ_SOCKET] = put_socket,
	[SEQ_NOTIFY] = put_notify,
	[SEQ_PATH] = put_path,
	[SEQ_PATH2] = put_path2,
	[SEQ_TARGET] = put_target,
	[SEQ_MISSING] = put_missing,
	[SEQ_OFLAGS] = put_oflags,
	[SEQ_MODE] = put_mode,
	[SEQ_NODE] = put_node,
	[SEQ_DEV] = put_dev,
	[SEQ_ID] = put_id,
	[SEQ_ATFLAGS] = put_atflags,
	[SEQ_REMOVE] = put_remove,
	[SEQ_RENAME] = put_rename,
	[SEQ_ACCESS] = put_access,
	[SEQ_SIZE] = put_size,
	[SEQ_OUT] = put_out,
	[SEQ_OUTSIZE] = put_outsize,
	[SEQ_MASK] = put_mask,
	[SEQ_WATCH] = put_watch,
	[SEQ_HOW] = put_how,
	[SEQ_HOWSIZE] = put_howsize,
	[SEQ_TIMES] = put_times,
	[SEQ_XNAME] = put_xname,
	[SEQ_XVALUE] = put_xvalue,
	[SEQ_XSIZE] = put_xsize,
	[SEQ_XFLAGS] = put_xflags,
	[SEQ_ARGV] = put_argv,
	[SEQ_ADDRESS] = put_address,
	[SEQ_ADDRLEN] = put_addrlen,
	[SEQ_HANDLE] = put_handle,
	[SEQ_QUOTA] = put_quota,
	[SEQ_XARGS] = put_xargs,
	[SEQ_XARGSSIZE] = put_xargssize,
	[SEQ_TREE] = put_tree,
	[SEQ_PICK] = put_pick,
	[SEQ_PLACE] = put_place,
	[SEQ_FSTYPE] = put_fstype,
	[SEQ_MOUNT] = put_mount,
	[SEQ_UMOUNT] = put_umount,
	[SEQ_ZERO] = put_zero,
};

/* ---- sequences ---- */

static const struct seq_row *pick_row(struct dice *dice)
{
	unsigned total = 0, at;

	for (size_t i = 0; i < seq_n_rows; i++)
		total += seq_rows[i].nr < 0 ? 0 : seq_rows[i].weight;
	at = roll(dice, total);
	for (size_t i = 0;; i++) {
		unsigned weight = seq_rows[i].nr < 0 ? 0 : seq_rows[i].weight;

		if (at < weight)
			return &seq_rows[i];
		at -= weight;
	}
}

void seq_generate(FILE *to, uint64_t seed, unsigned n_calls)
{
	static const char *const users[] = { "root", "root", "nobody", "owner" };
	struct dice dice = { seed };

	/* neighbouring seeds must not share their numbers */
	dice.state = next(&dice);
	fprintf(to, "sequence s%llu %s\n", (unsigned long long)seed, PICK(&dice, users));
	for (unsigned n = 0; n < n_calls; n++) {
		const struct seq_row *row = pick_row(&dice);

		fputs(row->name, to);
		for (size_t i = 0; i < SEQ_ARGS && row->kinds[i] != SEQ_NONE; i++) {
			fputc(' ', to);
			put_functions[row->kinds[i]](to, &dice);
		}
		fputc('\n', to);
	}
}
