// SPDX-License-Identifier: MIT
/*
 * The rule index in the kernel against the one here and against the walk over the lists: random rule sets, random events.
 *
 *   index_bpf [SEED [PAIRS]]
 *
 * The program must answer what the same code answers here. Where it is sure, that is the walk's rule; where it is not, since
 * facts were held back from it or since rules test labels, it says "always" at least where the walk does.
 * Exit status 0; 1: it does not; 77: nobody may load programs here.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_eval.h"
#include "rule/rule_first.h"
#include "rule/rule_index_eval.h"
#include "rule_random.h"

#include "index_test.skel.h" /* needs the types above */

#define PAIRS        50000
#define PAIRS_OF_SET 1000

struct tester {
	struct index_test_bpf *skeleton;
	struct index_blob *blob; /* the map's only value */
	struct rule_random random;
	uint64_t seed, n_pairs;
	/* how many: all, those that a rule decides, those that the program is not sure of, and of these "always" in vain */
	uint64_t pairs, decided, unsure, in_vain;
};

/* One question, and its three answers. */
struct trial {
	const struct rule_set *set;
	unsigned list;
	struct random_event r;
	const struct audit_krule *walked;
	struct index_work here;
};

static int complain(const struct tester *t, const struct trial *trial, const char *what)
{
	const struct index_work *there = &t->skeleton->bss->work;

	fprintf(stderr,
		"seed %llu, pair %llu, list %s, call %d: %s\n"
		"the kernel: rule %d, action %u, sure %u; here: rule %d, action %u, sure %u; the walk: %s\n",
		(unsigned long long)t->seed, (unsigned long long)t->pairs, list_name(trial->list),
		trial->r.ev.h.nr, what, there->position, there->action, there->is_sure,
		trial->here.position, trial->here.action, trial->here.is_sure,
		trial->walked ? action_name(trial->walked->action) : "no rule");
	return -1;
}

static const struct audit_krule *answered(const struct trial *trial, const struct index_work *work)
{
	return work->position < 0 ? NULL : trial->set->lists[trial->list][work->position];
}

static int judge(struct tester *t, const struct trial *trial)
{
	const struct index_work *there = &t->skeleton->bss->work, *here = &trial->here;
	const struct audit_krule *walked = trial->walked;
	bool is_wanted = walked && walked->action == AUDIT_ALWAYS;

	if (there->position != here->position || there->action != here->action ||
		there->is_sure != here->is_sure)
		return complain(t, trial, "the kernel's answer is another");
	if (there->is_sure && answered(trial, there) != walked)
		return complain(t, trial, "it is sure of another rule");
	if (is_wanted && there->action != AUDIT_ALWAYS)
		return complain(t, trial, "an event would be lost");
	t->decided += walked != NULL;
	t->unsure += !there->is_sure;
	t->in_vain += !there->is_sure && !is_wanted && there->action == AUDIT_ALWAYS;
	return 0;
}

/* What the blob says of the call itself. */
static int judge_call(struct tester *t, const struct trial *trial)
{
	uint8_t flags = t->blob->head.nrs[t->skeleton->bss->facts.abi]
					 [t->skeleton->bss->facts.nr & (INDEX_NRS - 1)];
	bool has_items = trial->r.ev.n_paths;

	if (trial->list != AUDIT_FILTER_EXIT || t->skeleton->bss->facts.nr >= INDEX_NRS)
		return 0;
	if (t->skeleton->bss->perm != rule_perms(&trial->r.ev))
		return complain(t, trial, "the permissions of the call are others");
	/* random events have path items where real calls have none */
	if (trial->walked && !has_items && !(flags & RULE_NR_CANDIDATE))
		return complain(t, trial, "a call that is no candidate was selected");
	if (trial->walked && !has_items && trial->walked->action == AUDIT_ALWAYS &&
		!(flags & RULE_NR_ALWAYS))
		return complain(t, trial, "a call that no rule records was selected");
	return 0;
}

static int try(struct tester *t, struct rule_index *index, const struct rule_set *set)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct index_test_bpf__bss *bss = t->skeleton->bss;
	bool is_uring = random_below(&t->random, 6) == 0;
	struct trial trial = {
		.set = set,
		.list = is_uring ? AUDIT_FILTER_URING_EXIT : AUDIT_FILTER_EXIT,
	};
	struct index_facts facts;
	int r;

	random_event(&t->random, &trial.r, set, is_uring ? EVT_URING : EVT_SYSCALL, trial.list);
	if (!rule_index_facts(&facts, index, set, trial.list, &trial.r.ev))
		return 0;
	if (random_below(&t->random, 4) == 0)
		facts.unknown |= INDEX_BIT(random_below(&t->random, _INDEX_SOURCES));
	if (random_below(&t->random, 16) == 0)
		facts.unknown |= INDEX_ITEM_SOURCES;
	t->pairs++;
	bss->facts = facts;
	bss->board = is_uring ? INDEX_BOARD_URING : INDEX_BOARD_EXIT;
	memcpy(bss->args, trial.r.ev.h.args, sizeof(bss->args));
	bss->how_flags = trial.r.ev.specials ? trial.r.ev.openat2.flags : 0;
	r = bpf_prog_test_run_opts(bpf_program__fd(t->skeleton->progs.eval), &run);
	if (r < 0 || run.retval) {
		fprintf(stderr, "running the program: %s, status %u\n", strerror(-r), run.retval);
		return -1;
	}
	(void)index_eval_list(
		rule_index_blob(index, &(size_t){ 0 }), &facts, &trial.here, bss->board);
	trial.walked = rule_walk_call(set, trial.list, &trial.r.ev, 0);
	r = judge(t, &trial);
	return r < 0 ? r : judge_call(t, &trial);
}

/* 1: this set makes a blob that does not go into the map. */
static int try_set(struct tester *t, struct rule_set *set)
{
	struct rule_index *index;
	const void *blob;
	size_t len;
	int r = rule_index_build(&index, set);

	if (r < 0) {
		fprintf(stderr, "rule_index_build: %s\n", strerror(-r));
		return r;
	}
	blob = rule_index_blob(index, &len);
	if (len > sizeof(*t->blob)) {
		rule_index_free(index);
		return 1;
	}
	memcpy(t->blob, blob, len);
	random_marks(&t->random, set);
	for (size_t i = 0; i < PAIRS_OF_SET && r == 0; i++)
		r = try(t, index, set);
	rule_index_free(index);
	return r;
}

static int try_all(struct tester *t)
{
	static const size_t sizes[] = { 50, 1000, 4096, 1, 64, 65, 300 };
	size_t n = 0, too_large = 0;

	while (t->pairs < t->n_pairs) {
		size_t size = n < ARRAY_SIZE(sizes) ? sizes[n] : 1 + random_below(&t->random, 400);
		struct rule_set *set = random_set(&t->random, size);
		int r = set ? try_set(t, set) : -ENOMEM;

		rule_set_free(set);
		if (r < 0)
			return r;
		too_large += r > 0;
		n++;
	}
	printf("%zu sets, %zu of them too large for a map; %llu pairs, a rule decides in %llu; unsure in %llu, of these "
	       "let through in vain %llu\n",
		n, too_large, (unsigned long long)t->pairs, (unsigned long long)t->decided,
		(unsigned long long)t->unsure, (unsigned long long)t->in_vain);
	/* a test without answers of both kinds would be none */
	return t->decided * 5 > t->pairs && t->unsure * 5 < t->pairs * 4 ? 0 : -1;
}

static struct bpf_prog_info info_of(const struct tester *t)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	(void)bpf_obj_get_info_by_fd(bpf_program__fd(t->skeleton->progs.eval), &info, &len);
	return info;
}

static void print_time(const struct tester *t)
{
	struct bpf_prog_info info = info_of(t);

	if (info.run_cnt)
		printf("%llu ns a run, the program's frame included\n",
			(unsigned long long)(info.run_time_ns / info.run_cnt));
}

static int load(struct tester *t)
{
	struct bpf_prog_info info;
	void *blob;

	t->skeleton = index_test_bpf__open_and_load();
	if (!t->skeleton)
		return -errno;
	info = info_of(t);
	printf("the verifier went through %u instructions, %u bytes of machine code\n",
		info.verified_insns, info.jited_prog_len);
	blob = mmap(NULL, sizeof(*t->blob), PROT_READ | PROT_WRITE, MAP_SHARED,
		bpf_map__fd(t->skeleton->maps.blobs), 0);
	if (blob == MAP_FAILED)
		return -errno;
	t->blob = blob;
	return 0;
}

int main(int argc, char **argv)
{
	struct tester t = { .seed = 20251128, .n_pairs = PAIRS };
	int r, stats;

	if (geteuid() != 0) {
		printf("skipped: only root may load BPF programs\n");
		return 77;
	}
	if (argc > 1)
		t.seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		t.n_pairs = strtoull(argv[2], NULL, 0);
	rule_random_init(&t.random, t.seed);
	printf("seed %llu, %llu pairs\n", (unsigned long long)t.seed,
		(unsigned long long)t.n_pairs);
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME); /* as long as this is open */
	r = load(&t);
	if (r == -EPERM || r == -ENOSYS) {
		printf("skipped: this machine lets nobody load BPF programs: %s\n", strerror(-r));
		r = 77;
	} else {
		if (r < 0)
			fprintf(stderr, "loading the program: %s\n", strerror(-r));
		r = r < 0 || try_all(&t) < 0;
		if (t.blob)
			print_time(&t);
	}
	if (stats >= 0)
		(void)close(stats);
	if (t.blob)
		(void)munmap(t.blob, sizeof(*t.blob));
	index_test_bpf__destroy(t.skeleton);
	return r;
}
