/* SPDX-License-Identifier: ISC */
/*
 * Random walks through restarts, kills, power cuts at any step, replugs, lost
 * answers, disks that fail, other PINs in the configuration and other SIMs. The
 * cards count: a PIN that one has refused does not come a second time, and one
 * that is right does come when it may.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "conf/conf.h"
#include "modem/pins.h"
#include "modem/script.h"

#define WALKS  4000
#define CARDS  3
#define MODEMS 2

/* In the place of crypt(3)'s: with 5000 rounds a walk would take a second. test-pins.c has the real
 * one. */
char *crypt(const char *key, const char *salt);

char *crypt(const char *key, const char *salt)
{
	static char out[128];
	uint64_t sum = 1469598103934665603u;
	size_t len = strlen(salt);

	for (const char *s = salt; *s; s++)
		sum = (sum ^ (unsigned char)*s) * 1099511628211u;
	for (const char *s = key; *s; s++)
		sum = (sum ^ (unsigned char)*s) * 1099511628211u;
	memcpy(out, salt, len);
	out[len++] = '$';
	memset(out + len, '.', 86);
	snprintf(out + len, 17, "%016llx", (unsigned long long)sum);
	out[len + 16] = '.';
	out[len + 86] = '\0';
	return out;
}

/* With Luhn's digit. */
static const char *const iccids[CARDS] = {"89490200000863940057", "89490200000863940156",
					  "89490200000863940255"};

static uint32_t walk; /* which it is, for a debugger */

static const char *const pins[] = {"1111", "2222", "3333", "4444"};

struct card {
	char iccid[MODEM_ICCID_SIZE];
	unsigned right; /* which of the pins */
	bool open;
	int left;
	int refused[COUNT(pins)], came[COUNT(pins)];
	bool noted[COUNT(pins)]; /* the refusal is in the file */
};

/* What a running system sees, and what a power cut leaves. */
struct file {
	bool there;
	char text[PINS_FILE_MAX + 1];
	size_t len;
};

struct world {
	uint32_t seed;
	struct card cards[CARDS];
	unsigned in[MODEMS]; /* the card in it; CARDS: none */
	unsigned modem;      /* the one that is plugged in */
	bool hides_iccid;    /* then cards stay where they are */
	bool lies;           /* its counter says 3 always */
	bool hides_counter;  /* it has none */
	bool faults;         /* answers get lost, disks fail */
	struct file seen, durable, fresh;
	int steps;    /* until the end comes; -1: it does not */
	bool ended;   /* killed, or without power: nothing happens any more */
	bool by_kill; /* the end is the program's, not the machine's */
	bool gone;    /* the modem went away */
	int told;     /* the counter's last word to this script; -1 */
	bool last_attempt;
	int pins_in; /* since the world began */
};

static uint32_t draw(struct world *world, uint32_t below)
{
	world->seed ^= world->seed << 13;
	world->seed ^= world->seed >> 17;
	world->seed ^= world->seed << 5;
	return world->seed % below;
}

static bool happens(struct world *world, uint32_t one_in)
{
	return world->faults && draw(world, one_in) == 0;
}

/* Each thing that is done counts; true when it is not done any more. */
static bool is_over(struct world *world)
{
	if (!world->ended && world->steps >= 0 && world->steps-- == 0)
		world->ended = true;
	return world->ended;
}

/* The disk ---------------------------------------------------------------------*/

static int disk_lock(void *ctx)
{
	struct world *world = ctx;

	if (is_over(world))
		return -EIO;
	return happens(world, 8) ? -EAGAIN : 0;
}

static void disk_unlock(void *ctx)
{
	(void)ctx;
}

static int disk_read(void *ctx, struct buf *text)
{
	struct world *world = ctx;

	if (is_over(world) || happens(world, 50))
		return -EIO;
	if (!world->seen.there)
		return -ENOENT;
	buf_append(text, world->seen.text, world->seen.len);
	return 0;
}

static int disk_salt(void *ctx, char salt[PINS_SALT_SIZE])
{
	snprintf(salt, PINS_SALT_SIZE, "$6$%08x", draw(ctx, UINT32_MAX));
	return 0;
}

/* The end in the middle of it leaves a piece, which no one may read. */
static int disk_write(void *ctx, const char *text, size_t len)
{
	struct world *world = ctx;
	bool fails = is_over(world) || happens(world, 30);

	assert_true(len <= PINS_FILE_MAX);
	world->fresh.there = true;
	world->fresh.len = fails ? draw(world, (uint32_t)len) : len;
	memcpy(world->fresh.text, text, world->fresh.len);
	return fails ? -ENOSPC : 0;
}

static int disk_replace(void *ctx)
{
	struct world *world = ctx;

	if (is_over(world) || happens(world, 30))
		return -EIO;
	assert_true(world->fresh.there);
	world->seen = world->fresh;
	return 0;
}

static int disk_remove(void *ctx)
{
	struct world *world = ctx;

	if (is_over(world) || happens(world, 30))
		return -EIO;
	world->seen.there = false;
	return 0;
}

static int disk_sync(void *ctx)
{
	struct world *world = ctx;

	if (is_over(world) || happens(world, 30))
		return -EIO;
	world->durable = world->seen;
	return 0;
}

static const struct pins_disk disk = {
	.lock = disk_lock,
	.unlock = disk_unlock,
	.read = disk_read,
	.salt = disk_salt,
	.write = disk_write,
	.replace = disk_replace,
	.remove = disk_remove,
	.sync = disk_sync,
};

static struct card *card_in(struct world *world)
{
	unsigned which = world->in[world->modem];

	return which < CARDS ? &world->cards[which] : NULL;
}

static unsigned find_pin(const char *text)
{
	unsigned pin = 0;

	while (pin < COUNT(pins) && strncmp(text, pins[pin], 4) != 0)
		pin++;
	assert_true(pin < COUNT(pins));
	return pin;
}

static bool note_pending(void *ctx)
{
	return pins_pending(&disk, ctx);
}

static int note_pin(void *ctx, enum pins_event event, const struct pins_key *key, struct buf *why)
{
	struct card *card = card_in(ctx);
	int error = pins_note(&disk, ctx, event, key);

	if (error < 0 && event == PINS_EVENT_SEND)
		pins_describe(error, "FILE", why);
	if (error == 0 && event == PINS_EVENT_REFUSED && card)
		card->noted[find_pin(key->pin)] = true;
	return error;
}

static const struct pins_ops memory = {note_pin, note_pending};

/* What is not synced may be there after a power cut, or not. */
static void cut_power(struct world *world)
{
	if (draw(world, 2))
		world->seen = world->durable;
	else
		world->durable = world->seen;
	for (int i = 0; i < CARDS; i++)
		world->cards[i].open = false;
}

/* The modem ----------------------------------------------------------------------*/

static void replug(struct world *world)
{
	struct card *card = card_in(world);

	world->gone = true;
	if (card)
		card->open = false;
}

static struct at_final final_of(enum at_final_kind kind, int code)
{
	return (struct at_final){.kind = kind, .code = code};
}

/* Where the claim is. */
static struct at_final take_pin(struct world *world, const char *text)
{
	struct card *card = card_in(world);
	unsigned pin = find_pin(text + 1);

	if (!card || card->open || card->left == 0)
		return final_of(AT_FINAL_CME, 3);
	world->pins_in++;
	card->came[pin]++;
	/* A counter that lies costs a second one where the refusal was not heard or not noted. */
	assert_true(card->refused[pin] <= (world->lies && !card->noted[pin]));
	assert_true(world->told != 1 || world->last_attempt);
	if (pin == card->right) {
		card->open = true;
		card->left = 3;
		return final_of(AT_FINAL_OK, 0);
	}
	card->refused[pin]++;
	card->left--;
	/* Some find other words for it. */
	switch (happens(world, 3) ? draw(world, 4) : 3) {
	case 0:
		return final_of(AT_FINAL_ERROR, 0);
	case 1:
		return final_of(AT_FINAL_CME, 14);
	case 2:
		return final_of(AT_FINAL_OK, 0);
	default:
		return final_of(AT_FINAL_CME, card->left ? 16 : 12);
	}
}

static struct at_final answer(struct world *world, const char *text, char *out, size_t size)
{
	struct card *card = card_in(world);

	out[0] = '\0';
	if (strncmp(text, "AT+CPIN=", 8) == 0)
		return take_pin(world, text + 8);
	if (strcmp(text, "AT+CPIN?") == 0) {
		if (!card)
			return final_of(AT_FINAL_CME, 10);
		if (happens(world, 6))
			return final_of(AT_FINAL_CME, 14);
		snprintf(out, size, "+CPIN: %s",
			 card->open   ? "READY"
			 : card->left ? "SIM PIN"
				      : "SIM PUK");
	} else if (card && !world->hides_counter && strcmp(text, "AT+CPINC?") == 0) {
		snprintf(out, size, "+CPINC: %d, 3, 10, 10", world->lies ? 3 : card->left);
	} else if (card && !world->hides_iccid && strcmp(text, "AT+CCID") == 0) {
		snprintf(out, size, "+CCID: %s", card->iccid);
	} else if (strcmp(text, "AT+CGSN") == 0) {
		snprintf(out, size, "3512340401%u3450", world->modem);
	} else if (strstr(text, "CCID") || strstr(text, "CRSM") || strstr(text, "PIN")) {
		return final_of(AT_FINAL_ERROR, 0);
	}
	return final_of(AT_FINAL_OK, 0);
}

/* Where cards move only their number tells them apart: it does not get lost. */
static bool may_get_lost(const struct world *world, const char *text)
{
	return world->hides_iccid || strcmp(text, "AT+CCID") != 0;
}

static void talk(struct world *world, struct script *script, const struct at_command *command,
		 int64_t now)
{
	char text[64] = "";
	struct at_event event = {.type = AT_EVENT_REPLY, .text = text, .command = "AT+X"};
	bool lost = may_get_lost(world, command->text) && happens(world, 12);

	event.final = final_of(AT_FINAL_TIMEOUT, 0);
	if (is_over(world))
		return;
	/* Lost on its way there, or back. */
	if (!lost || draw(world, 2)) {
		struct at_final final = answer(world, command->text, text, sizeof(text));

		if (lost)
			text[0] = '\0';
		else
			event.final = final;
	}
	if (happens(world, 40)) {
		replug(world);
		return;
	}
	if (is_over(world))
		return;
	script_reply(script, &event, now);
	world->told = script->facts.pin_left;
}

/* The program --------------------------------------------------------------------*/

static enum script_verdict prepare(struct world *world, struct script *script, int64_t *now)
{
	struct at_command command;
	enum script_verdict verdict = SCRIPT_PENDING;

	world->gone = false;
	world->told = -1;
	script_start(script, SCRIPT_PREPARE, *now);
	while (!world->ended && !world->gone) {
		verdict = script_next(script, &command, *now);
		if (verdict == SCRIPT_COMMAND)
			talk(world, script, &command, *now += 20);
		else if (verdict == SCRIPT_WAIT)
			*now = script->wake_at;
		else
			break;
	}
	return verdict;
}

/* As run does it: a modem that goes is waited for, another failure is tried again, and a PIN or PUK
 * that is wanted ends it. True: the SIM is open. */
static bool live(struct world *world, const char *pin)
{
	enum script_verdict verdict = SCRIPT_PENDING;
	struct conf conf;
	struct script script;
	int64_t now = 1000;

	assert_int_equal(conf_init(&conf), 0);
	free(conf.sim.pin);
	conf.sim.pin = strdup(pin);
	conf.sim.last_attempt = world->last_attempt;
	script_init(&script, &conf);
	script.pins = &memory;
	script.pins_ctx = world;
	for (int tries = 0; tries < 5 && !world->ended; tries++) {
		verdict = prepare(world, &script, &now);
		if (verdict == SCRIPT_DONE && happens(world, 2))
			replug(world);
		else if (!world->gone && (verdict == SCRIPT_DONE ||
					  cause_reaction(script.cause) == CAUSE_REACTION_STOP))
			break;
	}
	script_free(&script);
	conf_free(&conf);
	return verdict == SCRIPT_DONE && !world->ended;
}

static void run_once(struct world *world, const char *pin)
{
	world->steps = draw(world, 3) ? -1 : (int)draw(world, 40);
	world->by_kill = draw(world, 2);
	world->ended = false;
	live(world, pin);
	if (world->ended && !world->by_kill)
		cut_power(world);
	if (draw(world, 3) == 0)
		cut_power(world);
	world->ended = false;
	world->steps = -1;
}

static void change_something(struct world *world, const char **pin)
{
	switch (draw(world, 5)) {
	case 0:
		*pin = pins[draw(world, 3)];
		break;
	case 1:
		replug(world);
		world->modem = draw(world, MODEMS);
		break;
	case 2:
		if (world->hides_iccid)
			break;
		replug(world);
		for (unsigned i = 0; i < MODEMS; i++)
			world->in[i] = (world->in[i] + 1) % CARDS;
		break;
	case 3:
		world->last_attempt = draw(world, 6) == 0;
		break;
	default:
		break;
	}
}

static void begin(struct world *world, uint32_t seed)
{
	memset(world, 0, sizeof(*world));
	world->seed = seed * 2654435761u + 1;
	world->hides_iccid = draw(world, 3) == 0;
	world->lies = draw(world, 4) == 0;
	world->hides_counter = draw(world, 4) == 0;
	world->faults = draw(world, 5) > 0;
	world->steps = -1;
	for (unsigned i = 0; i < CARDS; i++) {
		struct card *card = &world->cards[i];

		snprintf(card->iccid, sizeof(card->iccid), "%s", iccids[i]);
		card->right = draw(world, 3);
		card->left = 3;
	}
	for (unsigned i = 0; i < MODEMS; i++)
		world->in[i] = i;
}

/* A PIN that never went anywhere, on a disk that works, at a SIM that has all its attempts: it has
 * to open it, and again after the power was off. */
static void right_pin_opens(struct world *world)
{
	struct card *card;

	world->faults = false;
	world->last_attempt = false;
	card = card_in(world);
	if (card->left == 0)
		return;
	card->right = 3;
	card->left = 3;
	for (int i = 0; i < 3; i++) {
		card->open = false;
		assert_true(live(world, pins[3]));
		assert_true(card->open);
		assert_int_equal(card->came[3], i + 1);
		cut_power(world);
	}
}

/* A card in a modem that tells all, with a PIN that is right or wrong; the end comes after so many
 * steps, as a kill (0), or with the power, when the disk has all or only what was synced. */
static bool end_after(struct world *world, const char *pin, int steps, int how)
{
	bool opened;

	world->steps = steps;
	opened = live(world, pin);
	if (world->ended && how > 0) {
		if (how == 1)
			world->seen = world->durable;
		else
			world->durable = world->seen;
		world->cards[0].open = false;
	}
	world->ended = false;
	world->steps = -1;
	return opened;
}

static void a_right_pin_survives_an_end_at_any_step(void **state)
{
	struct world *world = malloc(sizeof(*world));

	(void)state;
	assert_non_null(world);
	for (int how = 0; how < 3; how++) {
		bool opened = false;

		for (int steps = 0; !opened; steps++) {
			begin(world, 1);
			world->faults = world->lies = world->hides_counter = false;
			world->hides_iccid = steps % 2;
			/* The end may come again and again, if the SIM was seen open between. */
			for (int ends = 0; ends < 3; ends++) {
				opened = end_after(world, pins[world->cards[0].right], steps, how);
				assert_true(live(world, pins[world->cards[0].right]));
				assert_true(world->cards[0].open);
				assert_false(world->seen.there);
				world->cards[0].open = false;
			}
			assert_true(steps < 1000);
		}
	}
	free(world);
}

static void a_wrong_pin_survives_no_end_at_any_two_steps(void **state)
{
	struct world *world = malloc(sizeof(*world));
	bool all_over = false;

	(void)state;
	assert_non_null(world);
	for (int first = 0; !all_over; first++) {
		all_over = true;
		for (int second = 0; second < 60; second++)
			for (int how = 0; how < 9; how++) {
				begin(world, 1);
				world->faults = world->lies = false;
				world->hides_counter = second % 2;
				world->steps = -1;
				world->cards[0].right = 2;
				/* The claim is in take_pin. */
				end_after(world, pins[1], first, how % 3);
				all_over &= world->cards[0].refused[1] == 1;
				end_after(world, pins[1], second, how / 3);
				for (int i = 0; i < 3; i++)
					assert_false(live(world, pins[1]));
				/* The right one opens it, and the wrong one stays where it is. */
				assert_true(live(world, pins[2]));
				cut_power(world);
				assert_false(live(world, pins[1]));
				assert_true(world->cards[0].refused[1] <= 1);
			}
		assert_true(first < 1000);
		all_over &= first > 60;
	}
	free(world);
}

static void no_walk_makes_a_refused_pin_go_out_twice(void **state)
{
	struct world *world = malloc(sizeof(*world));
	int pins_in = 0, refused = 0;

	(void)state;
	assert_non_null(world);
	for (uint32_t seed = 1; seed <= WALKS; seed++) {
		const char *pin = pins[0];

		begin(world, seed);
		walk = seed;
		for (int i = 0; i < 12; i++) {
			run_once(world, pin);
			change_something(world, &pin);
		}
		right_pin_opens(world);
		pins_in += world->pins_in;
		for (int i = 0; i < CARDS; i++)
			for (size_t j = 0; j < COUNT(pins); j++)
				refused += world->cards[i].refused[j];
	}
	/* Or there was nothing to claim. */
	assert_true(refused > WALKS / 2);
	assert_true(pins_in > refused + 3 * WALKS / 2);
	free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_pin_survives_an_end_at_any_step),
		cmocka_unit_test(a_wrong_pin_survives_no_end_at_any_two_steps),
		cmocka_unit_test(no_walk_makes_a_refused_pin_go_out_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
