/* SPDX-License-Identifier: ISC */
/* Hostile values go through the configuration, the options file and the real pppd, and have to come
 * out of its variables as they went in. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/unit.h"

#include "base/buf.h"
#include "conf/conf.h"
#include "conf/ppp-option.h"
#include "io/conf-load.h"
#include "ppp/options.h"

#define RUNS        170
#define VALUES      (5 + EXTRAS)
#define VALUE_BYTES 255
/* The last option in the file: when it arrives, nothing before it has swallowed what follows. */
#define LAST "unit 4711\n"

/* Options that take any text, written as the options file writes them: more values for each start
 * of pppd. */
static const struct {
	const char *option;
	const char *symbol;
} extras[] = {
	{"init", "initializer"},
	{"disconnect", "disconnect_script"},
	{"welcome", "welcomer"},
};

#define EXTRAS (sizeof(extras) / sizeof(*extras))

struct value {
	char text[1024];
};

struct pppd {
	char dir[32];
	char options[64];
	char readback[64];
	char shim[512];
	int tty; /* pppd's stdin, so that it needs no device's name */
	int master;
	unsigned long long seed;
	unsigned carried, refused;
};

static unsigned random_below(struct pppd *pppd, unsigned limit)
{
	pppd->seed = pppd->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(pppd->seed >> 33) % limit;
}

/* clang-format off */
static const char *const words[] = {
	"", "\"", "'", "\\", "#", "\n", " ", "\t", "\r", "\v", "\f", "\"\"",
	"\\\"", "'\"'\"", "\\n", "\\040", "\\x41", "\\\n", "a\\", "\\0011",
	"nodetach", "-detach", "plugin /tmp/x.so", "\nplugin /tmp/x.so\n",
	"\" plugin x \"", "' persist '", "# comment", "a#b", "a # b", "--help",
	"/dev/ttyUSB0", "115200", "10.0.0.1:10.0.0.2", "file /etc/passwd",
	"call gobi", "$(id)", "`id`", ";id", "|id", "%s%n", "@/etc/passwd",
	"*", "--", "\xc3\xa9", "\xff\xfe", "\x80", "\x7f", "\0011", "\0337",
	"a b", " a", "a ", "auth", "logfd 1", "updetach\n", "password x",
};
/* clang-format on */

#define WORD_COUNT (sizeof(words) / sizeof(*words))

static char random_byte(struct pppd *pppd, unsigned kind)
{
	static const char nasty[] = "\"'\\# \t\n\r017xnsA\xa0";

	switch (kind) {
	case 0:
		return (char)(1 + random_below(pppd, 255));
	case 1:
		return (char)(0x80 + random_below(pppd, 0x80));
	case 2:
		return nasty[random_below(pppd, sizeof(nasty) - 1)];
	default:
		return (char)(0x20 + random_below(pppd, 0x5f));
	}
}

/* A list of known devils first, then bytes of four kinds in lengths up to the longest that pppd
 * takes. */
static struct value make_value(struct pppd *pppd, unsigned run, unsigned which)
{
	unsigned index = run * VALUES + which;
	struct value value = {""};
	unsigned kind = random_below(pppd, 4);
	size_t len = random_below(pppd, 8) == 0 ? VALUE_BYTES : 1 + random_below(pppd, VALUE_BYTES);

	if (index < WORD_COUNT * VALUES) {
		strcpy(value.text, words[(run + 11 * which) % WORD_COUNT]);
		return value;
	}
	for (size_t i = 0; i < len; i++)
		value.text[i] = random_byte(pppd, kind);
	return value;
}

static void add_setting(struct buf *config, const char *name, const struct value *value)
{
	buf_printf(config, "%s = \"", name);
	for (const char *c = value->text; *c; c++)
		buf_printf(config, "\\x%02x", (unsigned char)*c);
	buf_printf(config, "\"; ");
}

/* `name VALUE` as an item of ppp.options, when it can be one. */
static bool add_item(struct pppd *pppd, struct conf *conf, const char *name,
		     const struct value *value)
{
	struct buf item = BUF_INIT, why = BUF_INIT;
	char quote = strchr(value->text, '"') ? '\'' : '"';
	bool good, control = false;

	for (const char *c = value->text; *c; c++)
		control |= (unsigned char)*c < 0x20 || *c == 0x7f;
	buf_printf(&item, "%s %c%s%c", name, quote, value->text, quote);
	good = conf_ppp_option(buf_str(&item), NULL, &why);
	if (good != (!control && !strchr(value->text, quote)))
		fail_msg("\"%s\": %d \"%s\"", buf_str(&item), good, buf_str(&why));
	if (good) {
		char *copy = strdup(buf_str(&item));

		assert_non_null(copy);
		conf->ppp.options.items[conf->ppp.options.count++] = copy;
		pppd->carried++;
	} else {
		assert_true(why.len > 0);
		pppd->refused++;
	}
	buf_free(&item);
	buf_free(&why);
	return good;
}

static void write_file(const char *path, const struct buf *text)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void run_pppd(struct pppd *pppd, const struct buf *options)
{
	char *argv[] = {(char *)PPPD_PATH, (char *)"file", pppd->options, (char *)"dryrun", NULL};
	int status = 0;
	pid_t pid;

	write_file(pppd->options, options);
	unlink(pppd->readback);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(pppd->tty, 0);
		dup2(null, 1);
		dup2(null, 2);
		setenv("LD_PRELOAD", pppd->shim, 1);
		setenv("PPP_SHIM_OUT", pppd->readback, 1);
		execv(PPPD_PATH, argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("pppd ended with %#x:\n%s", status, buf_str(options));
}

/* What pppd's variable holds has to be `value`. */
static void expect(const struct buf *readback, const char *symbol, const char *value)
{
	struct buf want = BUF_INIT;

	buf_printf(&want, "\n%s ", symbol);
	for (; *value; value++)
		buf_printf(&want, "%02x", (unsigned char)*value);
	buf_printf(&want, "\n");
	if (!strstr(buf_str(readback), buf_str(&want)))
		fail_msg("no \"%s\" in:%s", buf_str(&want), buf_str(readback));
	buf_free(&want);
}

static void read_file(const char *path, struct buf *text)
{
	char chunk[4096];
	FILE *file = fopen(path, "r");
	size_t n;

	assert_non_null(file);
	buf_append(text, "\n", 1);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_append(text, chunk, n);
	fclose(file);
}

/* What one start of pppd is given. */
struct trip {
	struct value values[VALUES];
	bool has_name, has_remote;
};

enum { USER, PASSWORD, CONNECT, NAME, REMOTE, EXTRA };

static void make_conf(struct pppd *pppd, struct trip *trip, struct conf *conf)
{
	struct buf config = BUF_INIT, errors = BUF_INIT;

	buf_printf(&config, "network: { ");
	add_setting(&config, "user", &trip->values[USER]);
	add_setting(&config, "password", &trip->values[PASSWORD]);
	buf_printf(&config, "}; ");
	if (conf_load_text(conf, "t", config.data, config.len, &errors))
		fail_msg("%s", buf_str(&errors));
	trip->has_name = add_item(pppd, conf, "name", &trip->values[NAME]);
	trip->has_remote = add_item(pppd, conf, "remotename", &trip->values[REMOTE]);
	buf_free(&config);
}

static void make_options(const struct trip *trip, const struct conf *conf, struct buf *options)
{
	struct ppp_run run = {"gobi", trip->values[CONNECT].text, 9, PPP_ECHO_PLAIN};
	struct buf error = BUF_INIT;

	if (ppp_options_write(conf, &run, options, &error))
		fail_msg("%s", buf_str(&error));
	for (unsigned i = 0; i < EXTRAS; i++) {
		buf_printf(options, "%s ", extras[i].option);
		conf_ppp_quote(options, trip->values[EXTRA + i].text);
		buf_printf(options, "\n");
	}
	buf_printf(options, LAST);
}

static void expect_all(const struct pppd *pppd, const struct trip *trip)
{
	const char *user = trip->values[USER].text;
	const char *password = trip->values[PASSWORD].text;
	struct buf readback = BUF_INIT;

	read_file(pppd->readback, &readback);
	expect(&readback, "user", user);
	expect(&readback, "passwd", user[0] || password[0] ? password : "none");
	expect(&readback, "connect_script", trip->values[CONNECT].text);
	expect(&readback, "linkname", "gobi");
	expect(&readback, "req_ifname", "wwan-gobi");
	expect(&readback, "ipparam", "gobi-dial:gobi");
	for (unsigned i = 0; i < EXTRAS; i++)
		expect(&readback, extras[i].symbol, trip->values[EXTRA + i].text);
	/* For an empty name pppd takes the host's. */
	if (trip->has_name && trip->values[NAME].text[0])
		expect(&readback, "our_name", trip->values[NAME].text);
	if (trip->has_remote)
		expect(&readback, "remote_name", trip->values[REMOTE].text);
	assert_non_null(strstr(buf_str(&readback), "\nreq_unit 4711\n"));
	buf_free(&readback);
}

static void round_trip(struct pppd *pppd, unsigned run)
{
	struct buf options = BUF_INIT;
	struct conf conf;
	struct trip trip;

	for (unsigned i = 0; i < VALUES; i++)
		trip.values[i] = make_value(pppd, run, i);
	make_conf(pppd, &trip, &conf);
	make_options(&trip, &conf, &options);
	run_pppd(pppd, &options);
	expect_all(pppd, &trip);
	pppd->carried += 3 + EXTRAS;
	buf_free(&options);
	conf_free(&conf);
}

static void hostile_values_reach_pppd_as_they_are(void **state)
{
	struct pppd *pppd = *state;

	if (geteuid() != 0 || access(PPPD_PATH, X_OK) != 0) {
		print_message("needs root and %s\n", PPPD_PATH);
		skip();
	}
	for (unsigned run = 0; run < RUNS; run++)
		round_trip(pppd, run);
	print_message("# %u values carried, %u refused\n", pppd->carried, pppd->refused);
	assert_true(pppd->carried >= 1000);
	assert_true(pppd->refused >= 100);
}

/* clang-format off */
/* Of all versions and builds. */
static const char *const harmless[] = {
	"mru 1400", "mtu 1400", "default-mru", "asyncmap 0",
	"default-asyncmap", "escape 41", "receive-all", "noaccomp",
	"nopcomp", "nomagic", "passive", "silent", "lcp-restart 3",
	"lcp-max-configure 3", "lcp-max-failure 3", "lcp-max-terminate 3",
	"ipcp-restart 3", "ipcp-max-configure 3", "ipcp-max-failure 3",
	"ipcp-max-terminate 3", "ipcp-no-addresses",
	"netmask 255.255.255.0", "proxyarp", "noproxyarp", "ipv6 ::1,::2",
	"ipv6cp-accept-local", "ipv6cp-restart 3",
	"ipv6cp-max-configure 3", "ipv6cp-max-failure 3",
	"ipv6cp-max-terminate 3", "ipv6cp-use-ipaddr", "pap-restart 3",
	"pap-max-authreq 3", "pap-timeout 3", "chap-restart 3",
	"chap-max-challenge 3", "refuse-pap", "refuse-chap", "refuse-eap",
	"remotename 3", "remotenumber 3", "domain 'a b'",
	"connect-delay 3", "idle 3", "maxconnect 3", "debug", "kdebug 3",
	"ktune", "noktune", "set A=b", "unset A", "crtscts", "nocrtscts",
	"local", "modem", "datarate 3", "ipparam 3", "ip-up-script /3",
	"ip-down-script /3",
};
/* clang-format on */

/* Were one of them to take another number of words than our table says, the last one would not
 * arrive. */
static void options_take_the_words_we_think(void **state)
{
	struct pppd *pppd = *state;
	struct buf options = BUF_INIT, why = BUF_INIT, readback = BUF_INIT;

	if (geteuid() != 0 || access(PPPD_PATH, X_OK) != 0)
		skip();
	buf_printf(&options, "noauth\n");
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (!conf_ppp_option(harmless[i], &options, &why))
			fail_msg("%s: %s", harmless[i], buf_str(&why));
	buf_printf(&options, LAST);
	run_pppd(pppd, &options);
	read_file(pppd->readback, &readback);
	assert_non_null(strstr(buf_str(&readback), "\nreq_unit 4711\n"));
	buf_free(&options);
	buf_free(&readback);
}

static void the_longest_word_arrives_whole(void **state)
{
	struct pppd *pppd = *state;
	struct buf options = BUF_INIT, error = BUF_INIT, readback = BUF_INIT;
	struct value connect = {""};
	struct ppp_run run = {"gobi", connect.text, -1, PPP_ECHO_PLAIN};
	struct conf conf;

	if (geteuid() != 0 || access(PPPD_PATH, X_OK) != 0)
		skip();
	assert_int_equal(conf_init(&conf), 0);
	memset(connect.text, '\\', sizeof(connect.text) - 1);
	assert_int_equal(ppp_options_write(&conf, &run, &options, &error), 0);
	run_pppd(pppd, &options);
	read_file(pppd->readback, &readback);
	expect(&readback, "connect_script", connect.text);
	buf_free(&options);
	buf_free(&readback);
	conf_free(&conf);
}

static int setup(void **state)
{
	struct pppd *pppd = calloc(1, sizeof(*pppd));
	const char *top = getenv("top_builddir");

	strcpy(pppd->dir, "/tmp/test-pppd-XXXXXX");
	if (!mkdtemp(pppd->dir))
		return -1;
	snprintf(pppd->options, sizeof(pppd->options), "%s/options", pppd->dir);
	snprintf(pppd->readback, sizeof(pppd->readback), "%s/readback", pppd->dir);
	snprintf(pppd->shim, sizeof(pppd->shim), "%s/tests/e2e/ppp-shim.so", top ? top : ".");
	pppd->seed = 20240229;
	pppd->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pppd->master < 0 || grantpt(pppd->master) != 0 || unlockpt(pppd->master) != 0)
		return -1;
	pppd->tty = open(ptsname(pppd->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	*state = pppd;
	return pppd->tty < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct pppd *pppd = *state;

	unlink(pppd->options);
	unlink(pppd->readback);
	rmdir(pppd->dir);
	close(pppd->tty);
	close(pppd->master);
	free(pppd);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_values_reach_pppd_as_they_are),
		cmocka_unit_test(options_take_the_words_we_think),
		cmocka_unit_test(the_longest_word_arrives_whole),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
