/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <strings.h>

#include "unit.h"

#include "base/count.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "io/providers.h"
#include "io/state-lines.h"
#include "modem/apn-memory.h"
#include "session/session.h"

/* The table ------------------------------------------------------------------------------*/

#define TWO_NETS                                                                               \
	PROVIDER_HEAD "# a comment\n"                                                          \
		      "=Cheap Talk\n@26201\ncheap.example\n"                                   \
		      "*Big Net\n@26201 26206\nbig.example\n~big.wap\nbig.example|u|p|pap\n"   \
		      "=Blue SIM\n@26201 gid1=4B iccid=894922\nblue.example|blue|blue\n"       \
		      "=Three\n@310260\nthree.example\n=Two\n@31026\ntwo.example\n"            \
		      "=Only Two\n@26203\nonly.example\n"                                      \
		      "=Net\n@26207\nnet.example\n=Guest\n@26207 imsi=262078\nguest.example\n" \
		      "=A\n@26208\none.example\n=B\n@26208\ntwo.example\nmany.example|b\n"     \
		      "=C\n@26208\nmany.example|c\n"

static void each_sim_gets_its_own_first(void **state)
{
	/* clang-format off */
	static const struct {
		struct provider_sim sim;
		const char *tries; /* APNs, with their users */
	} cases[] = {
		/* The network's owner first, the others as they stand, each account late. */
		{ { "262011234567890", 2, "", "", "" }, "big.example cheap.example blue.example:blue big.wap big.example:u " },
		{ { "262011234567890", 2, "BIG NET", "", "" }, "big.example cheap.example blue.example:blue big.wap big.example:u " },
		{ { "262011234567890", 2, "cheap-talk", "", "" }, "cheap.example big.example blue.example:blue big.wap big.example:u " },
		{ { "262011234567890", 2, "Cheap", "", "" }, "cheap.example big.example blue.example:blue big.wap big.example:u " },
		{ { "262011234567890", 2, "", "4bff", "" }, "blue.example:blue big.example cheap.example big.wap big.example:u " },
		{ { "262011234567890", 2, "", "", "8949221" }, "blue.example:blue big.example cheap.example big.wap big.example:u " },
		/* Another group's SIM is none of theirs. */
		{ { "262011234567890", 2, "", "01", "" }, "big.example cheap.example big.wap big.example:u " },
		{ { "262061234567890", 2, "", "", "" }, "big.example big.wap big.example:u " },
		/* EF-AD counts, and without it America has three digits ... */
		{ { "310260123456789", 3, "", "", "" }, "three.example " },
		{ { "310260123456789", 2, "", "", "" }, "two.example " },
		{ { "310260123456789", 0, "", "", "" }, "three.example " },
		/* ... unless only the other reading is known. */
		{ { "262031234567890", 3, "", "", "" }, "only.example " },
		{ { "310269123456789", 3, "", "", "" }, "two.example " },
		{ { "262078123456789", 2, "", "", "" }, "guest.example net.example " },
		/* What two have is likelier than what one has. */
		{ { "262081234567890", 2, "", "", "" }, "many.example:b one.example two.example many.example:c " },
		{ { "262071234567890", 2, "", "", "" }, "net.example " },
		{ { "262991234567890", 2, "", "", "" }, "" },
		{ { "2620", 2, "", "", "" }, "" },
		{ { "", 0, "", "", "" }, "" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct apn_try tries[APN_TRIES_MAX];
		size_t count = provider_find(TWO_NETS, &cases[i].sim, tries, APN_TRIES_MAX);
		struct buf text = BUF_INIT;

		for (size_t k = 0; k < count; k++)
			buf_printf(&text, "%s%s%s ", tries[k].apn, *tries[k].user ? ":" : "",
				   tries[k].user);
		assert_string_equal(buf_str(&text), cases[i].tries);
		buf_free(&text);
		assert_int_equal(provider_find(TWO_NETS, &cases[i].sim, tries, 1), count > 0);
	}
}

static void a_network_has_its_owner_s_name(void **state)
{
	char name[16];

	(void)state;
	assert_true(provider_name(TWO_NETS, "26201", name, sizeof(name)));
	assert_string_equal(name, "Big Net");
	assert_true(provider_name(TWO_NETS, "31026", name, sizeof(name)));
	assert_string_equal(name, "Two");
	assert_true(provider_name(TWO_NETS, "26201", name, 4));
	assert_string_equal(name, "Big");
	/* Who has more of it is its owner, where nobody is called so. */
	assert_true(provider_name(TWO_NETS, "26208", name, sizeof(name)));
	assert_string_equal(name, "B");
	assert_false(provider_name(TWO_NETS, "26299", name, sizeof(name)));
	assert_false(provider_name(TWO_NETS, "", name, sizeof(name)));
	assert_false(provider_name(NULL, "26201", name, sizeof(name)));
}

/* Once each row of it was compared with all others, and that took minutes. */
static void a_table_of_one_network_alone_is_no_burden(void **state)
{
	const struct provider_sim sim = {"262011234567890", 2, "", "", ""};
	struct apn_try tries[APN_TRIES_MAX];
	struct buf table = BUF_INIT;

	(void)state;
	buf_printf(&table, PROVIDER_HEAD);
	for (int i = 0; table.len < PROVIDER_SIZE_MAX - 40; i++)
		buf_printf(&table, "=%x\n@26201\n%x.example\n", i, i);
	assert_int_equal(provider_check(buf_str(&table), table.len), 0);
	assert_int_equal(provider_find(buf_str(&table), &sim, tries, APN_TRIES_MAX), APN_TRIES_MAX);
	assert_string_equal(tries[0].apn, "0.example");
	buf_free(&table);
}

static void a_bad_line_of_a_table_is_named(void **state)
{
	static const struct {
		const char *text;
		int line;
	} cases[] = {
		{TWO_NETS, 0},
		{"", 1},
		{"gobi-dial providers 2\n=A\n@26201\nx\n", 1},
		{PROVIDER_HEAD, 1},
		{PROVIDER_HEAD "=A\n@26201\nx\n", 0},
		{PROVIDER_HEAD "=A\n@26201\nx|y|z|pap\n", 0},
		{PROVIDER_HEAD "=A\n\n# c\n@26201\nx|y|z|odd\n", 6},
		{PROVIDER_HEAD "=A\n@26201\nx|y|z|pap|more\n", 4},
		{PROVIDER_HEAD "=A\n@26201\nx\"y\n", 4},
		{PROVIDER_HEAD "=A\n@26201\nx\\y\n", 4},
		{PROVIDER_HEAD "=A\n@26201\nx\ry\n", 4},
		{PROVIDER_HEAD "=A\n@26201\n|user\n", 4},
		{PROVIDER_HEAD "=A\n@26201 abc\nx\n", 3},
		{PROVIDER_HEAD "=A\n@2620 \nx\n", 3},
		{PROVIDER_HEAD "=A\nx\n", 3},
		{PROVIDER_HEAD "@26201\nx\n", 2},
		{PROVIDER_HEAD "=\n@26201\nx\n", 2},
		{PROVIDER_HEAD "=A\033[2J\n@26201\nx\n", 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(provider_check(cases[i].text, strlen(cases[i].text)),
				 cases[i].line);
	assert_int_equal(provider_check(PROVIDER_HEAD "=A\n", strlen(PROVIDER_HEAD) + 4), 1);
	assert_int_equal(provider_check(providers_builtin(), strlen(providers_builtin())), 0);
}

static void write_table(const char *path, const char *apn)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "gobi-dial providers 1\n=A\n@26201\n%s\n", apn);
	assert_int_equal(fclose(file), 0);
}

static void a_table_on_disk_is_read_again_when_it_is_another(void **state)
{
	struct providers_kept kept = {.text = BUF_INIT};
	char path[] = "/tmp/test-apn-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_table(path, "one.example");
	assert_true(providers_refresh(path, &kept));
	assert_non_null(strstr(kept.table, "one.example"));
	assert_false(providers_refresh(path, &kept));
	write_table(path, "another.example");
	assert_true(providers_refresh(path, &kept));
	assert_non_null(strstr(kept.table, "another.example"));
	unlink(path);
	assert_true(providers_refresh(path, &kept));
	assert_ptr_equal(kept.table, providers_builtin());
	assert_true(providers_refresh("", &kept));
	assert_ptr_equal(kept.table, providers_builtin());
	buf_free(&kept.text);
}

/* The memory ------------------------------------------------------------------------------*/

/* A disk whose power fails after so many steps, or that is full. */
struct disk {
	char now[8192], new[8192];
	bool there, locked;
	int steps, writes, error;
};

static int take_step(struct disk *disk)
{
	return disk->steps-- > 0 ? 0 : -EIO;
}

static int lock_disk(void *ctx)
{
	struct disk *disk = ctx;

	if (disk->locked)
		return -EAGAIN;
	disk->locked = true;
	return 0;
}

static void unlock_disk(void *ctx)
{
	((struct disk *)ctx)->locked = false;
}

static int read_disk(void *ctx, struct buf *text)
{
	struct disk *disk = ctx;

	if (!disk->there)
		return -ENOENT;
	buf_append(text, disk->now, strlen(disk->now));
	return 0;
}

static int salt_disk(void *ctx, char salt[PINS_SALT_SIZE])
{
	(void)ctx;
	memcpy(salt, "$6$abcdefghijklmnop", 20);
	return 0;
}

static int write_disk(void *ctx, const char *text, size_t len)
{
	struct disk *disk = ctx;
	bool whole = take_step(disk) == 0 && !disk->error;

	assert_true(disk->locked && len < sizeof(disk->new));
	disk->writes++;
	snprintf(disk->new, sizeof(disk->new), "%.*s", (int)(whole ? len : len / 2), text);
	return disk->error ? disk->error : whole ? 0 : -EIO;
}

static int replace_disk(void *ctx)
{
	struct disk *disk = ctx;

	if (take_step(disk) < 0)
		return -EIO;
	memcpy(disk->now, disk->new, sizeof(disk->now));
	disk->there = true;
	return 0;
}

static int sync_disk(void *ctx)
{
	return take_step(ctx);
}

static const struct pins_disk disk_ops = {.lock = lock_disk,
					  .unlock = unlock_disk,
					  .read = read_disk,
					  .salt = salt_disk,
					  .write = write_disk,
					  .replace = replace_disk,
					  .sync = sync_disk};

static struct apn_try try_of(const char *apn, const char *user)
{
	struct apn_try try = {.auth = CONF_AUTH_PAP};

	str_copy(try.apn, sizeof(try.apn), apn);
	str_copy(try.user, sizeof(try.user), user);
	str_copy(try.password, sizeof(try.password), "secret");
	return try;
}

static bool remembers(struct disk *disk, const char *key, const struct apn_try *good)
{
	struct apn_try found = *good;

	return apn_memory_recall(&disk_ops, disk, key, &found) == 0 &&
	       strcmp(found.apn, good->apn) == 0 && strcmp(found.user, good->user) == 0 &&
	       strcmp(found.password, good->password) == 0 && found.auth == good->auth;
}

static void what_worked_is_remembered_by_sim(void **state)
{
	struct disk *disk = calloc(1, sizeof(*disk));
	const struct apn_try a = try_of("a", "me"), b = try_of("b", ""), none = {.apn = ""};
	char key[24];

	(void)state;
	disk->steps = 1000;
	assert_false(remembers(disk, "8949", &a));
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "8949", NULL), 0);
	assert_int_equal(disk->writes, 0);
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "8949", &a), 0);
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "8931", &b), 0);
	assert_true(remembers(disk, "8949", &a) && remembers(disk, "8931", &b));
	/* Any SIM's. */
	assert_true(remembers(disk, NULL, &a) && remembers(disk, NULL, &b));
	assert_false(remembers(disk, NULL, &none));
	assert_null(strstr(disk->now, "8949"));
	/* Only what changes is written. */
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "8931", &b), 0);
	assert_int_equal(disk->writes, 2);
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "8949", &none), 0);
	assert_true(remembers(disk, "8949", &none));
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "8949", NULL), 0);
	assert_false(remembers(disk, "8949", &none));
	assert_true(remembers(disk, "8931", &b));
	/* The oldest goes. */
	for (int i = 0; i < APN_MEMORY_MAX; i++) {
		snprintf(key, sizeof(key), "89%d", i);
		assert_int_equal(apn_memory_keep(&disk_ops, disk, key, &a), 0);
	}
	assert_false(remembers(disk, "8931", &b));
	assert_true(remembers(disk, "890", &a));
	free(disk);
}

static void neither_a_power_cut_nor_a_full_disk_loses_it(void **state)
{
	const struct apn_try a = try_of("a", "me"), b = try_of("b", "");

	(void)state;
	for (int steps = 0; steps < 4; steps++) {
		struct disk *disk = calloc(1, sizeof(*disk));
		bool before, after;

		disk->steps = 1000;
		assert_int_equal(apn_memory_keep(&disk_ops, disk, "1", &a), 0);
		disk->steps = steps;
		apn_memory_keep(&disk_ops, disk, "1", &b);
		disk->steps = 1000;
		before = remembers(disk, "1", &a);
		after = remembers(disk, "1", &b);
		assert_true(before != after);
		/* Another instance, and no place. */
		disk->locked = true;
		assert_int_equal(apn_memory_keep(&disk_ops, disk, "2", &b), -EAGAIN);
		disk->locked = false;
		disk->error = -ENOSPC;
		assert_int_equal(apn_memory_keep(&disk_ops, disk, "2", &b), -ENOSPC);
		disk->error = 0;
		assert_int_equal(apn_memory_keep(&disk_ops, disk, "2", &b), 0);
		assert_true(remembers(disk, "2", &b));
		free(disk);
	}
}

static void a_damaged_memory_is_begun_anew(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"gobi-dial apns 2\n$6$rounds=1000$abc\n",
		"gobi-dial apns 1\n$1$abc\n",
		"gobi-dial apns 1\n$6$rounds=1000$abc",
		"gobi-dial apns 1\n$6$rounds=1000$a|b\nx\ny|z\n",
		"gobi-dial apns 1\n$6$rounds=1000$a:b\001\n",
	};
	const struct apn_try a = try_of("a", "me");

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct disk *disk = calloc(1, sizeof(*disk));

		disk->steps = 1000;
		disk->there = true;
		snprintf(disk->now, sizeof(disk->now), "%s", texts[i]);
		assert_false(remembers(disk, "1", &a));
		apn_memory_keep(&disk_ops, disk, "1", &a);
		assert_true(remembers(disk, "1", &a));
		free(disk);
	}
}

static void half_a_memory_gives_no_half_of_a_name(void **state)
{
	const struct apn_try a = try_of("internet.example", "me"), b = try_of("other.example", "");
	struct disk *disk = calloc(1, sizeof(*disk));
	struct apn_try found;
	char whole[sizeof(disk->now)];
	size_t len;

	(void)state;
	disk->steps = 100000;
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "2", &b), 0);
	assert_int_equal(apn_memory_keep(&disk_ops, disk, "1", &a), 0);
	memcpy(whole, disk->now, sizeof(whole));
	len = strlen(whole);
	for (size_t cut = 0; cut < len; cut += 3) {
		memcpy(disk->now, whole, sizeof(whole));
		disk->now[cut] = '\0';
		assert_true(apn_memory_recall(&disk_ops, disk, "1", &found) < 0 ||
			    strcmp(found.apn, a.apn) == 0);
		assert_true(apn_memory_recall(&disk_ops, disk, "2", &found) < 0 ||
			    strcmp(found.apn, b.apn) == 0);
		assert_int_equal(apn_memory_keep(&disk_ops, disk, "1", &a), 0);
		assert_true(remembers(disk, "1", &a));
	}
	free(disk);
}

/* The dials -------------------------------------------------------------------------------*/

/* A modem, its SIM and a network that takes one account; time is the variable `now`. */
struct life {
	struct conf conf;
	struct session session;
	int64_t now;
	/* the SIM */
	char imsi[16];
	int mnc_digits;    /* of EF-AD; 0: it has none */
	const char *iccid; /* NULL: it cannot be read */
	/* the modem */
	char contexts[17][APN_SIZE];
	bool defined[17];
	bool lte, attached;
	int context; /* of the call */
	/* the network */
	const char *apn, *user; /* "": any */
	enum { AT_CALL, AT_AUTH, AT_IPCP, AT_MUTE, AT_TYPE, AT_STILL, AT_OK, AT_DEAF } refuses;
	const char *reason; /* what +CEER says of a refused call; NULL: nothing */
	bool dead;          /* refuses everything */
	int64_t dead_until; /* the same; 0: not */
	int64_t redial_at;  /* a person wants it then; 0: nobody */
	bool by_attach; /* denies one whose context 1 has another APN when the radio comes on, */
	bool has_own;   /* or at once, and has one of its own for a modem that names none; */
	int denial;     /* by this stat; 0: 3 */
	int csq;        /* with that signal */
	int64_t packets_at; /* before that it is registered for calls alone */
	int dials;
	/* what lies */
	int hidden_at;   /* the dial before which the IMSI is not told; 0: none */
	bool changes;    /* another IMSI each time */
	bool no_room;    /* in the state folder, the first time */
	uint32_t lies;   /* the seed of random answers; 0: none */
	char said[1024]; /* the last answer */
	/* the process */
	enum session_goal goal;
	const char *spent; /* by the last call of another process */
	/* what is asked of us */
	char command[160];
	int id;
	bool ppp_runs, commanded;
	int writes; /* of contexts */
	/* the state folder */
	char key[APN_KEY_SIZE];
	struct apn_try kept;
	const char *other; /* another SIM's; NULL: none */
	int keeps, forgets;
};

static int begin_nothing(void *ctx)
{
	(void)ctx;
	return 0;
}

static void end_nothing(void *ctx)
{
	(void)ctx;
}

static int take_command(void *ctx, const struct at_command *command)
{
	struct life *life = ctx;

	snprintf(life->command, sizeof(life->command), "%s", command->text);
	life->id = command->id;
	life->commanded = true;
	return 0;
}

static int run_ppp(void *ctx, enum session_ppp action)
{
	struct life *life = ctx;

	if (action == SESSION_PPP_START)
		life->ppp_runs = true;
	return 0;
}

static bool recall(void *ctx, const char *key, struct apn_try *to)
{
	struct life *life = ctx;

	if (!key)
		return life->other && strcmp(to->apn, life->other) == 0;
	*to = life->kept;
	return strcmp(key, life->key) == 0;
}

static bool keep(void *ctx, const char *key, const struct apn_try *good)
{
	struct life *life = ctx;

	if (!good) {
		assert_string_equal(key, life->key);
		life->key[0] = '\0';
		life->forgets++;
		return true;
	}
	if (life->no_room)
		return life->no_room = false;
	str_copy(life->key, sizeof(life->key), key);
	life->kept = *good;
	life->keeps++;
	return true;
}

static int recover_not(void *ctx, enum ladder_rung rung)
{
	(void)ctx;
	(void)rung;
	return -ENOSYS;
}

static const struct apn_ops apns = {recall, keep};

static const struct session_ops ops = {
	.probe = begin_nothing,
	.probe_cancel = end_nothing,
	.bind_cancel = end_nothing,
	.recover = recover_not,
	.recover_cancel = end_nothing,
	.command = take_command,
	.ppp = run_ppp,
	.link_up = begin_nothing,
	.hang_up = end_nothing,
	.port_close = end_nothing,
	.apns = &apns,
};

static bool lies_now(const struct life *life)
{
	return life->lies && life->now < 1000000;
}

static bool takes_apn(const struct life *life)
{
	const char *apn = life->contexts[life->context];

	return !life->dead && life->now >= life->dead_until && !lies_now(life) &&
	       life->context < 17 && life->defined[life->context] &&
	       (strcasecmp(apn, life->apn) == 0 || (life->has_own && !*apn));
}

static bool takes_account(const struct life *life)
{
	return !*life->user || strcmp(script_account(&life->session.script).user, life->user) == 0;
}

static bool denies(const struct life *life)
{
	return life->by_attach && !life->attached;
}

static int stat_of(const struct life *life)
{
	return !denies(life) ? 1 : life->denial ? life->denial : 3;
}

static void attach(struct life *life)
{
	life->attached = strcasecmp(life->contexts[1], life->apn) == 0 ||
			 (life->has_own && !*life->contexts[1]);
}

static enum at_final_kind answer(struct life *life, struct buf *text)
{
	const char *command = life->command;
	char apn[APN_SIZE] = "";
	int cid;

	if (strcmp(command, "AT+CPIN?") == 0) {
		buf_printf(text, "+CPIN: READY");
	} else if (strcmp(command, "AT+CIMI") == 0) {
		if (life->hidden_at && life->dials + 1 == life->hidden_at)
			return AT_FINAL_ERROR;
		life->imsi[14] = (char)(life->changes ? '0' + life->dials % 10 : life->imsi[14]);
		buf_printf(text, "%s", life->imsi);
	} else if (strcmp(command, "AT+CRSM=176,28589,0,0,4") == 0 && life->mnc_digits) {
		buf_printf(text, "+CRSM: 144,0,\"0000000%d\"", life->mnc_digits);
	} else if (strcmp(command, "AT+CCID") == 0 && life->iccid) {
		buf_printf(text, "+CCID: %s", life->iccid);
	} else if (str_starts(command, "AT+CRSM") || str_starts(command, "AT+CCID") ||
		   str_starts(command, "AT+ICCID")) {
		return AT_FINAL_ERROR;
	} else if (strcmp(command, "AT+CGDCONT?") == 0) {
		for (cid = 1; cid < 17; cid++)
			if (life->defined[cid])
				buf_printf(text, "%s+CGDCONT: %d,\"IP\",\"%s\",\"\",0,0",
					   text->len ? "\n" : "", cid, life->contexts[cid]);
	} else if (strcmp(command, "AT+CGDCONT=?") == 0) {
		buf_printf(text, "+CGDCONT: (1-16),\"IP\",,,(0),(0)");
	} else if (sscanf(command, "AT+CGDCONT=%d,\"IP\",\"%100[^\"]", &cid, apn) > 0) {
		assert_in_range(cid, 1, 16);
		life->defined[cid] = true;
		life->writes++;
		str_copy(life->contexts[cid], APN_SIZE, apn);
		if (life->has_own)
			attach(life);
	} else if (str_starts(command, "AT+CREG?")) {
		buf_printf(text, "+CREG: 0,%d", stat_of(life));
	} else if (strcmp(command, "AT+CFUN?") == 0) {
		buf_printf(text, "+CFUN: 1");
	} else if (strcmp(command, "AT+CFUN=1") == 0) {
		attach(life);
	} else if (strcmp(command, "AT+CGATT?") == 0) {
		buf_printf(text, "+CGATT: %d", !denies(life) && life->now >= life->packets_at);
	} else if (strcmp(command, "AT+CGATT=1") == 0 && life->now < life->packets_at) {
		return AT_FINAL_ERROR;
	} else if (strcmp(command, "AT+CEREG?") == 0) {
		if (!life->lte)
			return AT_FINAL_ERROR;
		buf_printf(text, "+CEREG: 0,%d", stat_of(life));
	} else if (strcmp(command, "AT+CSQ") == 0) {
		buf_printf(text, "+CSQ: %d,99", life->csq);
	} else if (strcmp(command, "AT+CEER") == 0 && life->reason) {
		buf_printf(text, "+CEER: %s", life->reason);
	} else if (strcmp(command, "AT+CEER") == 0 && life->refuses == AT_DEAF) {
		return AT_FINAL_TIMEOUT;
	} else if (str_starts(command, "ATD")) {
		life->dials++;
		life->context = 1;
		sscanf(command, "ATD*99***%d#", &life->context);
		if (life->now < life->packets_at)
			return AT_FINAL_NO_CARRIER;
		if (takes_apn(life))
			return AT_FINAL_CONNECT;
		if (life->refuses == AT_STILL || life->refuses == AT_DEAF)
			return AT_FINAL_TIMEOUT;
		if (life->refuses == AT_OK)
			return AT_FINAL_OK;
		return life->refuses == AT_CALL ? AT_FINAL_NO_CARRIER : AT_FINAL_CONNECT;
	}
	return AT_FINAL_OK;
}

/* One answer in three is another one than the modem's. */
static enum at_final_kind lie(struct life *life, enum at_final_kind final, struct buf *text)
{
	static const char *const urcs[] = {
		"+CREG: 2",  "+CGREG: 3,,,,,0,15", "+CIMI: 1", "", "+CRSM: 144,0,\"ffffffffffffff",
		"+CGATT: -1"};
	uint32_t draw = life->lies = life->lies * 1664525u + 1013904223u;
	char before[sizeof(life->said)];

	str_copy(before, sizeof(before), life->said);
	str_copy(life->said, sizeof(life->said), buf_str(text));
	if (!lies_now(life) || draw >> 24 > 85 || final == AT_FINAL_CONNECT ||
	    str_starts(life->command, "AT+CGDCONT") || str_starts(life->command, "AT+CPIN"))
		return final;
	switch (draw >> 20 & 7) {
	case 0:
		return AT_FINAL_ERROR;
	case 1:
		return AT_FINAL_TIMEOUT;
	case 2:
		buf_clear(text);
		break;
	case 3:
		buf_printf(text, "\n%s", life->said);
		break;
	case 4:
		buf_clear(text);
		buf_printf(text, "%.*s", (int)(draw >> 12 & 15), life->said);
		break;
	case 5:
		buf_clear(text);
		buf_printf(text, "%s", before);
		break;
	case 6:
		buf_printf(text, "\n%s", urcs[(draw >> 10) % COUNT(urcs)]);
		break;
	default:
		for (size_t i = 0; i < text->len; i++)
			if (text->data[i] >= '0' && text->data[i] <= '9')
				text->data[i] = (char)('0' + (draw >> i % 24) % 10);
	}
	return final;
}

static void tell(struct life *life, struct session_event event)
{
	event.now = life->now;
	if (event.type == SESSION_EVENT_PPP_EXIT)
		life->ppp_runs = false;
	session_handle(&life->session, &event);
}

static void negotiate(struct life *life)
{
	static const enum cause causes[] = {
		[AT_CALL] = CAUSE_PPP_AUTH, [AT_AUTH] = CAUSE_PPP_AUTH, [AT_IPCP] = CAUSE_PPP};
	struct ppp_event address = {PPP_EVENT_LOCAL, "10.0.0.2"},
			 mute = {PPP_EVENT_LCP_TIMEOUT, ""}, no_ipv4 = {PPP_EVENT_NO_IPV4, ""};

	life->now += 1000;
	if (life->refuses == AT_MUTE) {
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &mute});
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
						  .cause = CAUSE_PPP,
						  .text = "mute"});
	} else if (life->refuses == AT_TYPE) {
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &no_ipv4});
	} else if (takes_apn(life) && takes_account(life)) {
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &address});
	} else {
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
						  .cause = causes[life->refuses],
						  .text = "refused"});
	}
}

static void live_on(struct life *life)
{
	struct session *session = &life->session;
	int64_t deadline = session_deadline(session);

	if (session->state == SESSION_PROBING && session->probe_runs) {
		tell(life, (struct session_event){.type = SESSION_EVENT_PROBED,
						  .port = "/dev/ttyUSB2",
						  .family = modem_family_find(0, ""),
						  .text = ""});
	} else if (life->commanded) {
		struct buf text = BUF_INIT;
		struct at_event at = {.type = AT_EVENT_REPLY, .id = life->id};
		char command[160];

		life->commanded = false;
		life->now += 20;
		str_copy(command, sizeof(command), life->command);
		at.final.kind = answer(life, &text);
		if (life->lies)
			at.final.kind = lie(life, at.final.kind, &text);
		at.text = buf_str(&text);
		at.command = command;
		tell(life, (struct session_event){.type = SESSION_EVENT_AT, .at = &at});
		buf_free(&text);
	} else if (session->state == SESSION_DIALING && !session->ppp_ready) {
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_READY});
	} else if (session->state == SESSION_NEGOTIATING) {
		negotiate(life);
	} else if (session->state == SESSION_HANGING_UP && life->ppp_runs) {
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
						  .cause = CAUSE_LINK_LOST,
						  .text = "told to"});
	} else {
		assert_true(deadline >= 0);
		if (deadline > life->now)
			life->now = deadline;
		tell(life, (struct session_event){.type = SESSION_EVENT_TIMEOUT});
	}
}

/* A new start of the program. How many dials it takes; -1: it does not get there by 40. */
static int dial(struct life *life, bool once)
{
	static const struct ppp_event local = {PPP_EVENT_LOCAL, ""};
	const struct session_event address = {.type = SESSION_EVENT_PPP_LOG, .ppp = &local};
	bool connected, is_long = life->lies || life->dead_until;

	life->dials = 0;
	life->commanded = life->ppp_runs = false;
	session_init(&life->session, &life->conf, &ops, life, once, 7);
	life->session.script.providers = providers_builtin();
	session_set_goal(&life->session, life->goal);
	life->session.script.has_spent =
		life->spent && provider_parse_account(life->spent, strlen(life->spent),
						      &life->session.script.spent);
	session_start(&life->session, life->now);
	for (int i = 0;
	     i < (is_long ? 400000 : 4000) && !session_is_over(&life->session) &&
	     life->dials < (is_long ? 4000 : 40) && life->session.state != SESSION_CONNECTED;
	     i++) {
		live_on(life);
		if (life->redial_at && life->now >= life->redial_at) {
			life->redial_at = 0;
			tell(life, (struct session_event){.type = SESSION_EVENT_REDIAL});
		}
	}
	connected = life->session.state == SESSION_CONNECTED;
	if (connected && life->goal == SESSION_GOAL_CALL) {
		assert_int_equal(life->keeps, 0);
		assert_true(session_deadline(&life->session) > life->now);
		tell(life, address);
		assert_int_equal(session_deadline(&life->session), -1);
	}
	/* The next link. */
	if (connected && life->keeps == 0)
		script_succeeded(&life->session.script);
	assert_int_equal(life->session.forbidden, 0);
	session_free(&life->session);
	return connected ? life->dials : -1;
}

static void begin_life(struct life *life, const char *network, size_t digits)
{
	memset(life, 0, sizeof(*life));
	assert_int_equal(conf_init(&life->conf), 0);
	life->now = 100000;
	life->apn = life->user = "";
	life->mnc_digits = (int)digits - 3;
	snprintf(life->imsi, sizeof(life->imsi), "%.*s%0*d", (int)digits, network, 15 - (int)digits,
		 1234567);
}

/* Calls `visit` for each network of the table, once. */
static int each_network(void (*visit)(const char *network, size_t digits, void *ctx), void *ctx)
{
	const char *table = providers_builtin(), *line = table, *at;
	size_t len;
	int count = 0;

	for (; *line; line += strcspn(line, "\n") + 1) {
		if (*line != '@')
			continue;
		for (at = line; *at == '@' || *at == ' '; at += 1 + len) {
			char word[16];

			len = strspn(at + 1, "0123456789");
			snprintf(word, sizeof(word), "%.*s", (int)len, at + 1);
			/* It stood further up. */
			if (strstr(table, word) < at + 1)
				continue;
			visit(word, len, ctx);
			count++;
		}
	}
	return count;
}

struct tally {
	int all, in_three, dials, worst;
};

/* The network takes the last one of the list alone, which is the worst for us. */
static void try_last(const char *network, size_t digits, void *ctx)
{
	struct tally *tally = ctx;
	struct apn_try tries[APN_TRIES_MAX];
	struct life *life = malloc(sizeof(*life));
	struct provider_sim sim;
	size_t count;
	int dials;

	begin_life(life, network, digits);
	sim = (struct provider_sim){life->imsi, life->mnc_digits, "", "", ""};
	count = provider_find(providers_builtin(), &sim, tries, APN_TRIES_MAX);
	assert_in_range(count, 1, APN_TRIES_MAX - 2);
	life->apn = tries[count - 1].apn;
	life->user = tries[count - 1].user;
	life->refuses = tally->all % 2 ? AT_CALL : AT_IPCP;
	dials = dial(life, tally->all % 3 == 0);
	assert_in_range(dials, 1, count);
	tally->all++;
	tally->in_three += dials <= 3;
	tally->dials += dials;
	if (dials > tally->worst)
		tally->worst = dials;
	assert_int_equal(life->keeps, 1);
	/* The second time at once, also where the modem's contexts are gone. */
	if (tally->all % 2)
		memset(life->defined, 0, sizeof(life->defined));
	assert_int_equal(dial(life, false), 1);
	assert_int_equal(life->keeps, 1);
	conf_free(&life->conf);
	free(life);
}

static void every_network_of_the_table_is_met(void **state)
{
	struct tally tally = {0, 0, 0, 0};
	int count = each_network(try_last, &tally);

	(void)state;
	printf("# %d networks, %d within 3 dials, %d dials in all, at most %d\n", count,
	       tally.in_three, tally.dials, tally.worst);
	assert_true(count >= 798);
	assert_true(tally.in_three >= 686);
}

static void what_the_modem_has_comes_first_and_stays(void **state)
{
	static const struct {
		const char *context, *apn;
		bool lte;
		int writes;
	} cases[] = {
		{"mine.example", "mine.example", false, 0},
		{"mine.example", "mine.example", true, 0},
		{"old.example", "internet.t-mobile", false, 1},
		{"old.example", "internet.t-mobile", true, 1},
	};
	struct life life;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin_life(&life, "26201", 5);
		life.defined[1] = true;
		str_copy(life.contexts[1], APN_SIZE, cases[i].context);
		life.apn = cases[i].apn;
		life.lte = cases[i].lte;
		assert_in_range(dial(&life, false), 1, 6);
		if (cases[i].writes == 0)
			assert_int_equal(life.writes, 0);
		assert_string_equal(life.contexts[1], cases[i].context);
		assert_int_equal(dial(&life, false), 1);
		assert_string_equal(life.contexts[1], cases[i].context);
		conf_free(&life.conf);
	}
	/* What an earlier run, or `prepare`, has put there keeps the table's account. */
	begin_life(&life, "42402", 5);
	life.defined[1] = true;
	str_copy(life.contexts[1], APN_SIZE, "MNET");
	life.apn = "MNET";
	life.user = "mnet";
	life.refuses = AT_AUTH;
	assert_int_equal(dial(&life, false), 1);
	assert_int_equal(life.writes, 0);
	conf_free(&life.conf);
}

static void an_empty_context_is_the_last_try(void **state)
{
	struct life life;
	int dials;

	(void)state;
	begin_life(&life, "26201", 5);
	life.defined[1] = true;
	dials = dial(&life, false);
	assert_in_range(dials, 2, 12);
	assert_int_equal(dial(&life, false), 1);
	/* A network that is in no table. */
	conf_free(&life.conf);
	begin_life(&life, "99999", 5);
	life.defined[1] = true;
	assert_int_equal(dial(&life, false), 1);
	assert_int_equal(life.writes, 0);
	conf_free(&life.conf);
}

static void what_was_refused_is_forgotten(void **state)
{
	struct life life;
	int first;

	(void)state;
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-mobile";
	first = dial(&life, false);
	assert_in_range(first, 1, 12);
	assert_int_equal(life.keeps, 1);
	life.apn = "internet.t-d1.de";
	assert_in_range(dial(&life, false), 2, 12);
	assert_int_equal(life.forgets, 1);
	assert_int_equal(life.keeps, 2);
	assert_int_equal(dial(&life, false), 1);
	/* Another SIM has another memory. */
	memcpy(life.imsi, "26202", 5);
	life.apn = "web.vodafone.de";
	assert_in_range(dial(&life, false), 2, 12);
	conf_free(&life.conf);
}

/* A card with several IMSIs, as IoT's have, is known by its own number. */
static void another_imsi_of_the_same_card_is_remembered(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.iccid = "89883070000004712345";
	life.apn = "internet.t-d1.de";
	assert_in_range(dial(&life, false), 2, 12);
	memcpy(life.imsi, "732123", 6);
	life.mnc_digits = 3;
	memset(life.defined, 0, sizeof(life.defined));
	assert_int_equal(dial(&life, false), 1);
	assert_int_equal(life.keeps, 1);
	conf_free(&life.conf);
}

/* Its context 1 still has the last SIM's. */
static void an_lte_modem_attaches_with_the_right_one(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "42403", 5);
	life.defined[1] = true;
	str_copy(life.contexts[1], APN_SIZE, "old.example");
	life.apn = "du";
	life.lte = life.by_attach = true;
	assert_int_equal(dial(&life, false), 1);
	assert_string_equal(life.contexts[1], "du");
	assert_int_equal(dial(&life, false), 1);
	/* What is denied with each APN is overwritten once for each, and has its own again then. */
	conf_free(&life.conf);
	begin_life(&life, "26201", 5);
	life.defined[1] = true;
	str_copy(life.contexts[1], APN_SIZE, "old.example");
	life.apn = "none of these";
	life.lte = life.by_attach = true;
	assert_int_equal(dial(&life, false), -1);
	assert_string_equal(life.contexts[1], "old.example");
	assert_in_range(life.writes, 1, 9);
	conf_free(&life.conf);
}

/* It was registered without a name in context 1, and is no longer with a guess of ours: denied, or
 * searching for ever. */
static void a_guess_that_keeps_an_lte_modem_out_is_followed(void **state)
{
	static const char *const names[] = {"gprs.startas.lt", "in no table"};
	struct life life;

	(void)state;
	for (int i = 0; i < 4; i++) {
		begin_life(&life, "24601", 5);
		life.defined[1] = life.lte = life.by_attach = life.has_own = life.attached = true;
		life.denial = i < 2 ? 3 : 2;
		life.apn = names[i % 2];
		assert_int_equal(dial(&life, false), 1);
		assert_in_range(life.writes, i < 2 ? 2 : 0, i < 2 ? 3 : 2);
		assert_string_equal(life.contexts[1], i ? "" : names[0]);
		conf_free(&life.conf);
	}
}

/* The package has Verizon's IMS before its internet. */
static void what_ims_has_is_never_tried(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "311480", 6);
	life.apn = "vzwinternet";
	assert_int_equal(dial(&life, false), 1);
	conf_free(&life.conf);
}

/* Where the network's own context 1 stays as it is, all of ours have one number. */
static void the_next_one_takes_the_number_of_the_last(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.defined[1] = life.lte = true;
	str_copy(life.contexts[1], APN_SIZE, "lte.default");
	life.apn = "internet.t-d1.de";
	assert_in_range(dial(&life, false), 2, 6);
	assert_string_equal(life.contexts[1], "lte.default");
	assert_string_equal(life.contexts[2], life.apn);
	assert_false(life.defined[3]);
	conf_free(&life.conf);
}

/* A SIM7080 whose context has the last SIM's searches for ever. What the user wants of the attach
 * is known with network.apn alone, and that it is not for want of a network by its signal. */
static void an_lte_modem_that_searches_gets_the_configured_one(void **state)
{
	static const struct {
		const char *apn;
		int csq, dials;
	} cases[] = {{"iot.example", 29, 1}, {"iot.example", 99, -1}, {"auto", 29, -1}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct life life;

		begin_life(&life, "26201", 5);
		free(life.conf.network.apn);
		life.conf.network.apn = strdup(cases[i].apn);
		assert_non_null(life.conf.network.apn);
		life.defined[1] = true;
		str_copy(life.contexts[1], APN_SIZE, "old.example");
		life.apn = "iot.example";
		life.lte = life.by_attach = true;
		life.denial = 2;
		life.csq = cases[i].csq;
		assert_int_equal(dial(&life, false), cases[i].dials);
		assert_string_equal(life.contexts[1],
				    cases[i].dials > 0 ? "iot.example" : "old.example");
		conf_free(&life.conf);
	}
}

/* The packet network comes seconds after the calls', as to a LARA-R6. */
static void a_modem_that_is_not_attached_spends_none(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-mobile";
	life.packets_at = life.now + 7000;
	assert_in_range(dial(&life, false), 2, 8);
	assert_int_equal(life.writes, 1);
	conf_free(&life.conf);
	/* One that never says that it is attached has that explained for a while. */
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-d1.de";
	life.packets_at = life.now + 60000;
	assert_in_range(dial(&life, false), 2, 40);
	assert_in_range(life.writes, 2, 20);
	conf_free(&life.conf);
}

/* What we have left in context 1 for another SIM keeps nobody out for ever. The network has one of
 * its own for a modem that names none, as most have. */
static void an_lte_modem_gets_another_sim(void **state)
{
	static const struct {
		const char *known; /* of this SIM */
		int denial;
	} cases[] = {{NULL, 2}, {NULL, 3}, {"internet.t-mobile", 2}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct life life;

		begin_life(&life, "26201", 5);
		life.defined[1] = true;
		life.other = "web.vodafone.de";
		str_copy(life.contexts[1], APN_SIZE, life.other);
		life.apn = "internet.t-mobile";
		life.lte = life.by_attach = true;
		life.has_own = !cases[i].known;
		life.denial = cases[i].denial;
		if (cases[i].known) {
			str_copy(life.key, sizeof(life.key), life.imsi);
			str_copy(life.kept.apn, APN_SIZE, cases[i].known);
		}
		assert_in_range(dial(&life, false), 1, 6);
		assert_true(life.attached);
		assert_string_not_equal(life.contexts[1], life.other);
		assert_in_range(life.writes, 1, 6);
		conf_free(&life.conf);
	}
}

static void what_no_apn_explains_spends_none(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-mobile";
	life.refuses = AT_MUTE;
	assert_int_equal(dial(&life, false), -1);
	assert_int_equal(life.writes, 1);
	conf_free(&life.conf);
}

/* It lets the modem's timer run out, or the modem says OK and no more. */
static void a_network_that_says_nothing_gets_the_next_one(void **state)
{
	struct life life;

	(void)state;
	for (int how = AT_STILL; how <= AT_OK; how++) {
		begin_life(&life, "26201", 5);
		life.apn = "internet.t-d1.de";
		life.refuses = how;
		assert_in_range(dial(&life, true), 2, 40);
		assert_int_equal(life.keeps, 1);
		conf_free(&life.conf);
	}
	/* A modem that answers nothing any more is no word of the network's. */
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-d1.de";
	life.refuses = AT_DEAF;
	assert_int_equal(dial(&life, true), -1);
	assert_int_equal(life.dials, 1);
	conf_free(&life.conf);
}

static void a_name_with_the_network_s_end_is_no_other(void **state)
{
	/* The second has an account. */
	static const char *const networks[] = {"42403", "26201"};
	static const char *const names[][2] = {
		{"du", "DU.mnc003.mcc424.gprs"},
		{"internet.t-mobile", "internet.t-mobile.mnc001.mcc262.gprs"},
	};
	struct life life;
	int dials[2];

	(void)state;
	for (size_t i = 0; i < COUNT(networks); i++) {
		for (int k = 0; k < 2; k++) {
			begin_life(&life, networks[i], 5);
			life.defined[1] = life.lte = true;
			str_copy(life.contexts[1], APN_SIZE, names[i][k]);
			life.apn = "nowhere.example";
			assert_int_equal(dial(&life, true), -1);
			dials[k] = life.dials;
			conf_free(&life.conf);
		}
		assert_int_equal(dials[0], dials[1]);
	}
}

static void a_sim_that_is_not_told_once_still_has_its_table(void **state)
{
	struct life life;

	(void)state;
	for (int at = 1; at <= 3; at++) {
		begin_life(&life, "26201", 5);
		life.defined[1] = true;
		str_copy(life.contexts[1], APN_SIZE, "old.example");
		life.apn = "internet.t-d1.de";
		life.hidden_at = at;
		assert_in_range(dial(&life, false), 3, 12);
		conf_free(&life.conf);
	}
	/* One that is another each time has no more dials without a pause than a list. */
	begin_life(&life, "26201", 5);
	life.apn = "nowhere.example";
	life.changes = true;
	assert_int_equal(dial(&life, true), -1);
	assert_in_range(life.dials, 2, 30); /* with its two other forms */
	conf_free(&life.conf);
}

/* With pauses: the network may be so with two of them. */
static void a_protocol_that_two_refuse_may_be_the_third_one_s(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.defined[1] = true;
	str_copy(life.contexts[1], APN_SIZE, "old.example");
	life.apn = "internet.t-d1.de";
	life.reason = "\"SM cause\",50";
	assert_in_range(dial(&life, false), 3, 12);
	conf_free(&life.conf);
}

static void what_found_no_room_is_kept_with_the_next_link(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-mobile";
	life.no_room = true;
	assert_in_range(dial(&life, false), 1, 12);
	assert_int_equal(life.keeps, 1);
	conf_free(&life.conf);
}

static void an_outage_of_a_day_wears_nothing_out(void **state)
{
	struct life life;

	(void)state;
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-d1.de";
	life.dead_until = 24 * 3600000LL;
	assert_in_range(dial(&life, false), 300, 2000);
	assert_in_range(life.writes, 5, 300);
	assert_true(life.now - life.dead_until <= 40 * 60000);
	conf_free(&life.conf);
	/* A person need not wait. */
	begin_life(&life, "26201", 5);
	life.apn = "internet.t-d1.de";
	life.redial_at = life.dead_until = 10 * 3600000LL;
	assert_in_range(dial(&life, false), 100, 2000);
	assert_true(life.now - life.dead_until <= 360000); /* a pause, in which nobody asks */
	conf_free(&life.conf);
}

/* For a quarter of an hour the network is dead, and the modem gives other answers than the right
 * ones; but it tells what contexts there are, and the SIM asks for nothing. */
static void random_answers_do_no_harm_and_are_forgotten(void **state)
{
	struct provider_sim sim;
	struct apn_try tries[APN_TRIES_MAX];

	(void)state;
	for (uint32_t seed = 1; seed <= 100; seed++) {
		struct life *life = malloc(sizeof(*life));
		size_t count;

		begin_life(life, seed % 2 ? "26201" : "23415", 5);
		sim = (struct provider_sim){life->imsi, life->mnc_digits, "", "", ""};
		count = provider_find(providers_builtin(), &sim, tries, APN_TRIES_MAX);
		life->apn = tries[seed % count].apn;
		life->refuses = seed % 3 ? AT_CALL : AT_IPCP;
		life->lte = seed % 5 == 0;
		life->defined[1] = true;
		str_copy(life->contexts[1], APN_SIZE, "old.example");
		life->lies = seed;
		assert_in_range(dial(life, false), 1, 4000);
		/* LTE's is for the last, where it is the one that attaches. */
		if (!life->lte)
			assert_string_equal(life->contexts[1], "old.example");
		conf_free(&life->conf);
		free(life);
	}
}

/* pppd's own, that runs us: what PPP came to is known when the next process starts. */
static void another_pppd_gets_the_next_one(void **state)
{
	static const struct {
		const char *spent, *next;
	} cases[] = {
		{NULL, "old.example"},
		{"old.example|||", "internet.t-mobile"},
		{"internet.t-mobile|t-mobile|tm|", "internet.t-d1.de"},
		{"nowhere.example|||", "internet.t-mobile"},
		{"|||", "old.example"}, /* the last */
	};
	struct life life;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin_life(&life, "26201", 5);
		life.defined[1] = true;
		str_copy(life.contexts[1], APN_SIZE, "old.example");
		life.goal = SESSION_GOAL_CALL;
		life.refuses = AT_IPCP;
		life.apn = cases[i].next;
		life.spent = cases[i].spent;
		assert_int_equal(dial(&life, false), 1);
		assert_string_equal(life.contexts[life.context], cases[i].next);
		assert_int_equal(life.keeps, 1);
		conf_free(&life.conf);
	}
}

/* What the network says of the protocol, or of itself, is the same with each of them. */
static void what_two_explain_alike_is_the_network(void **state)
{
	static const struct {
		const char *reason;
		int dials; /* 0: each has its turn */
	} cases[] = {
		{"\"SM cause\",50", 2},          {"\"SM cause\",51", 2}, {"\"SM cause\",28", 2},
		{"\"SM cause\",38", 1},          {"\"SM cause\",34", 1}, {"\"SM cause\",26", 1},
		{"ESM sync up with network", 1}, {"\"SM cause\",33", 0}, {"\"SM cause\",30", 0},
		{"\"SM cause\",31", 0},
	};
	struct life life;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin_life(&life, "26201", 5);
		life.apn = "nowhere.example";
		life.reason = cases[i].reason;
		assert_int_equal(dial(&life, true), -1);
		if (cases[i].dials)
			assert_int_equal(life.dials, cases[i].dials);
		else
			assert_in_range(life.dials, 4, 12);
		conf_free(&life.conf);
	}
	begin_life(&life, "26201", 5);
	life.refuses = AT_TYPE;
	assert_int_equal(dial(&life, true), -1);
	assert_int_equal(life.dials, 2);
	/* One that was good is not to blame. */
	life.refuses = AT_IPCP;
	life.apn = "internet.t-d1.de";
	assert_in_range(dial(&life, true), 1, 12);
	life.refuses = AT_TYPE;
	assert_int_equal(dial(&life, true), -1);
	assert_int_equal(life.dials, 1);
	assert_int_equal(life.forgets, 0);
	conf_free(&life.conf);
}

static void what_is_given_beats_the_table(void **state)
{
	struct life life;

	(void)state;
	/* Without an APN of the table: the modem's own context alone. */
	begin_life(&life, "26201", 5);
	*life.conf.network.apn = '\0';
	life.apn = "internet.t-mobile";
	assert_int_equal(dial(&life, false), -1);
	assert_int_equal(life.keeps, 0);
	assert_string_equal(life.contexts[1], "");
	conf_free(&life.conf);
	/* Its own account with the table's APN. */
	begin_life(&life, "42402", 5);
	life.apn = "mnet";
	life.user = "me";
	life.refuses = AT_AUTH;
	free(life.conf.network.user);
	life.conf.network.user = strdup("me");
	assert_int_equal(dial(&life, false), 1);
	assert_string_equal(life.contexts[1], "mnet");
	conf_free(&life.conf);
}

/* What is known by a key: dial strings by model, rates by port */

static void a_line_is_kept_by_its_key(void **state)
{
	char path[] = "/tmp/gobi-forms-XXXXXX", form[64], model[32];
	struct stat before, after;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_false(state_lines_recall("/nowhere/to/be", "A 1", form, sizeof(form)));
	state_lines_keep("/nowhere/to/be", "A 1", "ATD*99#");
	assert_false(state_lines_recall(path, "A 1", form, sizeof(form)));
	state_lines_keep(path, "A 1", "ATD*99#");
	state_lines_keep(path, "B", "ATDT*99***%d#");
	assert_true(state_lines_recall(path, "A 1", form, sizeof(form)));
	assert_string_equal(form, "ATD*99#");
	assert_false(state_lines_recall(path, "A", form, sizeof(form)));
	/* What changes nothing is not written. */
	assert_int_equal(stat(path, &before), 0);
	state_lines_keep(path, "A 1", "ATD*99#");
	state_lines_keep(path, "C", "");
	state_lines_keep(path, "C\t", "ATD*99#");
	state_lines_keep(path, "C", "ATD\n");
	assert_int_equal(stat(path, &after), 0);
	assert_true(before.st_ino == after.st_ino);
	state_lines_keep(path, "A 1", "");
	assert_false(state_lines_recall(path, "A 1", form, sizeof(form)));
	/* The oldest go. */
	for (int i = 0; i < 200; i++) {
		snprintf(model, sizeof(model), "Maker Model %d", i);
		state_lines_keep(path, model, "ATD*99#");
	}
	assert_true(state_lines_recall(path, "Maker Model 199", form, sizeof(form)));
	assert_true(state_lines_recall(path, "Maker Model 150", form, sizeof(form)));
	assert_false(state_lines_recall(path, "B", form, sizeof(form)));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sim_gets_its_own_first),
		cmocka_unit_test(a_network_has_its_owner_s_name),
		cmocka_unit_test(a_table_of_one_network_alone_is_no_burden),
		cmocka_unit_test(a_bad_line_of_a_table_is_named),
		cmocka_unit_test(what_worked_is_remembered_by_sim),
		cmocka_unit_test(neither_a_power_cut_nor_a_full_disk_loses_it),
		cmocka_unit_test(a_damaged_memory_is_begun_anew),
		cmocka_unit_test(half_a_memory_gives_no_half_of_a_name),
		cmocka_unit_test(every_network_of_the_table_is_met),
		cmocka_unit_test(what_the_modem_has_comes_first_and_stays),
		cmocka_unit_test(an_empty_context_is_the_last_try),
		cmocka_unit_test(a_table_on_disk_is_read_again_when_it_is_another),
		cmocka_unit_test(what_was_refused_is_forgotten),
		cmocka_unit_test(another_imsi_of_the_same_card_is_remembered),
		cmocka_unit_test(an_lte_modem_attaches_with_the_right_one),
		cmocka_unit_test(an_lte_modem_that_searches_gets_the_configured_one),
		cmocka_unit_test(an_lte_modem_gets_another_sim),
		cmocka_unit_test(a_guess_that_keeps_an_lte_modem_out_is_followed),
		cmocka_unit_test(what_ims_has_is_never_tried),
		cmocka_unit_test(the_next_one_takes_the_number_of_the_last),
		cmocka_unit_test(a_modem_that_is_not_attached_spends_none),
		cmocka_unit_test(what_no_apn_explains_spends_none),
		cmocka_unit_test(a_network_that_says_nothing_gets_the_next_one),
		cmocka_unit_test(a_name_with_the_network_s_end_is_no_other),
		cmocka_unit_test(a_sim_that_is_not_told_once_still_has_its_table),
		cmocka_unit_test(a_protocol_that_two_refuse_may_be_the_third_one_s),
		cmocka_unit_test(what_found_no_room_is_kept_with_the_next_link),
		cmocka_unit_test(an_outage_of_a_day_wears_nothing_out),
		cmocka_unit_test(random_answers_do_no_harm_and_are_forgotten),
		cmocka_unit_test(another_pppd_gets_the_next_one),
		cmocka_unit_test(what_two_explain_alike_is_the_network),
		cmocka_unit_test(what_is_given_beats_the_table),
		cmocka_unit_test(a_line_is_kept_by_its_key),
	};

	log_init(LOG_LEVEL_ERROR);
	if (!providers_builtin()) {
		printf("1..0 # SKIP built --without-providers\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
