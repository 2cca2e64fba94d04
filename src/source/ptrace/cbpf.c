// SPDX-License-Identifier: MIT
#include "source/ptrace/cbpf.h"

#include <string.h>

#include "base/macros.h"

struct machine {
	uint32_t a, x;
	uint32_t mem[BPF_MEMWORDS];
};

/* ---- checks ---- */

enum operand {
	OPERAND_NONE,
	OPERAND_DATA,    /* an aligned word of struct seccomp_data */
	OPERAND_MEM,     /* a word that each way here has stored */
	OPERAND_STORE,   /* a word of the machine's memory */
	OPERAND_SHIFT,   /* less than the width of a word */
	OPERAND_DIVISOR, /* not 0 */
	OPERAND_JUMP,    /* how far, in k */
	OPERAND_BRANCH,  /* how far, in jt and jf */
};

static const struct op {
	uint16_t code;
	enum operand operand;
} ops[] = {
	{ BPF_LD | BPF_W | BPF_ABS, OPERAND_DATA },
	{ BPF_LD | BPF_W | BPF_LEN, OPERAND_NONE },
	{ BPF_LDX | BPF_W | BPF_LEN, OPERAND_NONE },
	{ BPF_LD | BPF_IMM, OPERAND_NONE },
	{ BPF_LDX | BPF_IMM, OPERAND_NONE },
	{ BPF_LD | BPF_MEM, OPERAND_MEM },
	{ BPF_LDX | BPF_MEM, OPERAND_MEM },
	{ BPF_ST, OPERAND_STORE },
	{ BPF_STX, OPERAND_STORE },
	{ BPF_RET | BPF_K, OPERAND_NONE },
	{ BPF_RET | BPF_A, OPERAND_NONE },
	{ BPF_MISC | BPF_TAX, OPERAND_NONE },
	{ BPF_MISC | BPF_TXA, OPERAND_NONE },
	{ BPF_ALU | BPF_ADD | BPF_K, OPERAND_NONE },
	{ BPF_ALU | BPF_ADD | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_SUB | BPF_K, OPERAND_NONE },
	{ BPF_ALU | BPF_SUB | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_MUL | BPF_K, OPERAND_NONE },
	{ BPF_ALU | BPF_MUL | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_DIV | BPF_K, OPERAND_DIVISOR },
	{ BPF_ALU | BPF_DIV | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_AND | BPF_K, OPERAND_NONE },
	{ BPF_ALU | BPF_AND | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_OR | BPF_K, OPERAND_NONE },
	{ BPF_ALU | BPF_OR | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_XOR | BPF_K, OPERAND_NONE },
	{ BPF_ALU | BPF_XOR | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_LSH | BPF_K, OPERAND_SHIFT },
	{ BPF_ALU | BPF_LSH | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_RSH | BPF_K, OPERAND_SHIFT },
	{ BPF_ALU | BPF_RSH | BPF_X, OPERAND_NONE },
	{ BPF_ALU | BPF_NEG, OPERAND_NONE },
	{ BPF_JMP | BPF_JA, OPERAND_JUMP },
	{ BPF_JMP | BPF_JEQ | BPF_K, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JEQ | BPF_X, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JGE | BPF_K, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JGE | BPF_X, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JGT | BPF_K, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JGT | BPF_X, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JSET | BPF_K, OPERAND_BRANCH },
	{ BPF_JMP | BPF_JSET | BPF_X, OPERAND_BRANCH },
};

static const struct op *op_of(uint16_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].code == code)
			return &ops[i];
	return NULL;
}

static bool is_valid_insn(const struct sock_filter *insn, size_t left)
{
	const struct op *op = op_of(insn->code);

	if (!op)
		return false;
	switch (op->operand) {
	case OPERAND_NONE:
		return true;
	case OPERAND_DATA:
		return insn->k % sizeof(uint32_t) == 0 && insn->k < sizeof(struct seccomp_data);
	case OPERAND_MEM:
	case OPERAND_STORE:
		return insn->k < BPF_MEMWORDS;
	case OPERAND_SHIFT:
		return insn->k < 32;
	case OPERAND_DIVISOR:
		return insn->k != 0;
	case OPERAND_JUMP:
		return insn->k < left;
	case OPERAND_BRANCH:
		return insn->jt < left && insn->jf < left;
	}
	return false;
}

/*
 * check_load_and_stores(): no word may be loaded that some way to the load has not stored. stored[i] is what has been
 * stored on every way that leads to instruction i, as jumps go forward it is complete when i is reached.
 */
static bool loads_what_was_stored(const struct sock_filter *insns, size_t n)
{
	uint16_t stored[BPF_MAXINSNS], valid = 0;

	memset(stored, 0xff, n * sizeof(stored[0]));
	for (size_t i = 0; i < n; i++) {
		const struct sock_filter *insn = &insns[i];

		valid &= stored[i];
		switch (op_of(insn->code)->operand) {
		case OPERAND_STORE:
			valid |= (uint16_t)(1u << insn->k);
			break;
		case OPERAND_MEM:
			if (!(valid & (1u << insn->k)))
				return false;
			break;
		case OPERAND_JUMP:
			stored[i + 1 + insn->k] &= valid;
			valid = 0xffff;
			break;
		case OPERAND_BRANCH:
			stored[i + 1 + insn->jt] &= valid;
			stored[i + 1 + insn->jf] &= valid;
			valid = 0xffff;
			break;
		default:
			break;
		}
	}
	return true;
}

bool cbpf_is_valid(const struct sock_filter *insns, size_t n)
{
	if (n == 0 || n > BPF_MAXINSNS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_valid_insn(&insns[i], n - 1 - i))
			return false;
	return BPF_CLASS(insns[n - 1].code) == BPF_RET && loads_what_was_stored(insns, n);
}

/* ---- execution ---- */

static void load(struct machine *m, const struct sock_filter *insn, const struct seccomp_data *data)
{
	uint32_t *to = BPF_CLASS(insn->code) == BPF_LD ? &m->a : &m->x;

	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		memcpy(to, (const char *)data + insn->k, sizeof(*to));
		break;
	case BPF_LEN:
		*to = sizeof(*data);
		break;
	case BPF_IMM:
		*to = insn->k;
		break;
	case BPF_MEM:
		*to = m->mem[insn->k];
		break;
	}
}

/* Shifts by X use its low bits, as eBPF does, which the kernel makes of the program. */
static void compute(struct machine *m, uint16_t op, uint32_t by)
{
	switch (op) {
	case BPF_ADD:
		m->a += by;
		break;
	case BPF_SUB:
		m->a -= by;
		break;
	case BPF_MUL:
		m->a *= by;
		break;
	case BPF_DIV:
		m->a /= by; /* the caller has looked */
		break;
	case BPF_AND:
		m->a &= by;
		break;
	case BPF_OR:
		m->a |= by;
		break;
	case BPF_XOR:
		m->a ^= by;
		break;
	case BPF_LSH:
		m->a <<= by & 31;
		break;
	case BPF_RSH:
		m->a >>= by & 31;
		break;
	case BPF_NEG:
		m->a = -m->a;
		break;
	}
}

static size_t jump(const struct machine *m, const struct sock_filter *insn, uint32_t with)
{
	bool taken = false;

	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		return insn->k;
	case BPF_JEQ:
		taken = m->a == with;
		break;
	case BPF_JGT:
		taken = m->a > with;
		break;
	case BPF_JGE:
		taken = m->a >= with;
		break;
	case BPF_JSET:
		taken = m->a & with;
		break;
	}
	return taken ? insn->jt : insn->jf;
}

uint32_t cbpf_run(const struct sock_filter *insns, size_t n, const struct seccomp_data *data)
{
	struct machine m = { 0 };

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *insn = &insns[pc];
		uint32_t source = BPF_SRC(insn->code) == BPF_X ? m.x : insn->k;

		switch (BPF_CLASS(insn->code)) {
		case BPF_LD:
		case BPF_LDX:
			load(&m, insn, data);
			break;
		case BPF_ST:
			m.mem[insn->k] = m.a;
			break;
		case BPF_STX:
			m.mem[insn->k] = m.x;
			break;
		case BPF_ALU:
			/* what a division by 0 in X returns */
			if (BPF_OP(insn->code) == BPF_DIV && !source)
				return 0;
			compute(&m, BPF_OP(insn->code), source);
			break;
		case BPF_JMP:
			pc += jump(&m, insn, source);
			break;
		case BPF_RET:
			return BPF_RVAL(insn->code) == BPF_A ? m.a : insn->k;
		case BPF_MISC:
			if (BPF_MISCOP(insn->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		}
	}
	return 0; /* a valid program does not come here */
}
