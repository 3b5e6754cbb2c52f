/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "conf/conf.h"
#include "modem/script.h"

static void words_come_back_as_they_were(void **state)
{
	static const struct {
		const char *word;
		int allowed, preferred;
	} cases[] = {
		{"auto", MODE_ALL, 0},
		{"2g", MODE_2G, 0},
		{"5g", MODE_5G, 0},
		{"3g-preferred", MODE_ALL, MODE_3G},
		{"2g+3g", MODE_2G | MODE_3G, 0},
		{"3g+4g+5g", MODE_3G | MODE_4G | MODE_5G, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text = BUF_INIT;
		struct mode mode;

		assert_true(mode_parse(cases[i].word, &mode));
		assert_int_equal(mode.allowed, cases[i].allowed);
		assert_int_equal(mode.preferred, cases[i].preferred);
		mode_print(mode, &text);
		assert_string_equal(buf_str(&text), cases[i].word);
		buf_free(&text);
	}
}

static void other_words_are_none(void **state)
{
	static const char *const words[] = {
		"",      "g",       "1g",   "3g-",  "3g-only",         "+3g", "3g+", "3g+auto",
		"3g 4g", "auto+3g", "3g++", "AUTO", "3g+4g-preferred",
	};
	struct mode mode;

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		assert_false(mode_parse(words[i], &mode));
}

#define SELRAT_3G                                                 \
	"!SELRAT: Index, Name\n00, Automatic\n01, UMTS 3G Only\n" \
	"02, GSM 2G Only\n03, UMTS 3G Preferred\n04, GSM 2G Preferred"
#define SELRAT_LTE                                                       \
	"!SELRAT: Index, Name\n00, Automatic\n01, UMTS 3G Only\n"        \
	"02, GSM 2G Only\n03, Automatic\n04, Automatic\n"                \
	"05, GSM and UMTS Only\n06, LTE Only\n07, GSM, UMTS, LTE\n"      \
	"08, CDMA, HRPD, GSM, UMTS, LTE\n09, CDMA only\n0A, HRPD only\n" \
	"11, UMTS and LTE Only\n12, GSM and LTE Only"
#define SELRAT_NR                                                 \
	"!SELRAT: Index, Name\n00, Automatic\n01, UMTS 3G Only\n" \
	"04, LTE Only\n05, NR5G Only\n06, UMTS and LTE Only\n"    \
	"20, LTE and NR5G Only"
#define SYSCFGEX                                                            \
	"^SYSCFGEX: (\"00\",\"03\",\"02\",\"01\",\"99\"),"                  \
	"((2000004e80380,\"GSM850/GSM900/WCDMA2100\"),(3fffffff,\"All\"))," \
	"(0-2),(0-4),((800d7,\"LTE2100\"))"
#define SYSCFGEX_NR "^SYSCFGEX: (\"01\",\"02\",\"03\",\"08\"),((3fffffff,\"All\"))"
#define QCFG                                                               \
	"+QCFG: \"gprsattach\",(0,1)\n+QCFG: \"nwscanmode\",(0-3),(0,1)\n" \
	"+QCFG: \"nwscanseq\",(00-0102030405),(0,1)"
#define QCFG_BG96 "+QCFG: \"nwscanmode\",(0,1,3),(0,1)\n+QCFG: \"servicedomain\",(1,2)"
#define CNMP      "+CNMP: (2,13,14,38,19,39,51,54)"
#define CNMP_7000 "+CNMP: ((2-Automatic),(13-GSM Only),(38-LTE Only),(51-GSM And LTE Only))"
#define ZSNT      "+ZSNT: (0,1,2,6),(0,1),(0,1,2)"
#define XACT      "+XACT: (0-6),(0-2),0,900,1800,1900,850,1,2,4,5,8,101,102,120"

/* What the modem says before and after, and what it is told. A NULL answer is ERROR. A dialect's
 * commands end in "?" and "=?" as 27.007's do. */
static const struct {
	const char *family, *want;
	const char *read, *list, *then;
	const char *told; /* all commands about the mode, joined by | */
} modems[] = {
	/* By name: the index is another one in other firmware. */
	{"sierra", "3g", "!SELRAT: 00, Automatic", SELRAT_3G, "!SELRAT: 01, UMTS 3G Only",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=01|AT!SELRAT?|"},
	{"sierra", "3g-preferred", "!SELRAT: 00, Automatic", SELRAT_3G,
	 "!SELRAT: 03, UMTS 3G Preferred", "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=03|AT!SELRAT?|"},
	{"sierra", "2g+3g", "!SELRAT: 02, GSM 2G Only", SELRAT_3G, "!SELRAT: 00, Automatic",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=00|AT!SELRAT?|"},
	{"sierra", "2g+3g", "!SELRAT: 00, Automatic", SELRAT_3G, NULL, "AT!SELRAT?|AT!SELRAT=?|"},
	{"sierra", "4g", "!SELRAT: 00, Automatic", SELRAT_LTE, "!SELRAT: 06, LTE Only",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=06|AT!SELRAT?|"},
	{"sierra", "4g", "!SELRAT: 00, Automatic", SELRAT_NR, "!SELRAT: 04, LTE Only",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=04|AT!SELRAT?|"},
	{"sierra", "4g+5g", "!SELRAT: 00, Automatic", SELRAT_NR, "!SELRAT: 20, LTE and NR5G Only",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=20|AT!SELRAT?|"},
	{"sierra", "3g+4g", "!SELRAT: 06, LTE Only", SELRAT_LTE, "!SELRAT: 11, UMTS and LTE Only",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=11|AT!SELRAT?|"},
	{"sierra", "2g+3g+4g", "!SELRAT: 06, LTE Only", SELRAT_LTE, "!SELRAT: 07, GSM, UMTS, LTE",
	 "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=00|AT!SELRAT?|"},
	{"sierra", "4g", "!SELRAT: 06, LTE Only", SELRAT_LTE, NULL, "AT!SELRAT?|"},
	/* Automatic prefers the newest. */
	{"sierra", "4g-preferred", "!SELRAT: 00, Automatic", SELRAT_LTE, NULL,
	 "AT!SELRAT?|AT!SELRAT=?|"},

	{"huawei", "4g", "^SYSCFGEX: \"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF", SYSCFGEX,
	 "^SYSCFGEX: \"03\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF",
	 "AT^SYSCFGEX?|AT^SYSCFGEX=?|AT^SYSCFGEX=\"03\",40000000,2,4,40000000,,|AT^SYSCFGEX?|"},
	{"huawei", "3g-preferred", "^SYSCFGEX:\"030201\",3FFFFFFF,1,2,800C5", SYSCFGEX,
	 "^SYSCFGEX:\"020301\",3FFFFFFF,1,2,800C5",
	 "AT^SYSCFGEX?|AT^SYSCFGEX=?|AT^SYSCFGEX=\"020301\",40000000,2,4,40000000,,|AT^SYSCFGEX?|"},
	{"huawei", "2g+3g", "^SYSCFGEX:\"0201\",3FFFFFFF,1,2,800C5", SYSCFGEX, NULL,
	 "AT^SYSCFGEX?|"},
	{"huawei", "4g+5g", "^SYSCFGEX:\"080302\",3FFFFFFF,1,2,1", SYSCFGEX_NR,
	 "^SYSCFGEX:\"0803\",3FFFFFFF,1,2,1",
	 "AT^SYSCFGEX?|AT^SYSCFGEX=?|AT^SYSCFGEX=\"0803\",40000000,2,4,40000000,,|AT^SYSCFGEX?|"},

	{"zte", "2g", "+ZSNT: 0,0,0", ZSNT, "+ZSNT: 1,0,0",
	 "AT+ZSNT?|AT+ZSNT=?|AT+ZSNT=1,0,0|AT+ZSNT?|"},
	{"zte", "3g-preferred", "+ZSNT: 6,0,0", ZSNT, "+ZSNT: 0,0,2",
	 "AT+ZSNT?|AT+ZSNT=?|AT+ZSNT=0,0,2|AT+ZSNT?|"},
	{"zte", "3g", "+ZSNT: 2,0,1", ZSNT, NULL, "AT+ZSNT?|"},

	{"quectel", "3g", "+QCFG: \"nwscanmode\",0", QCFG, "+QCFG: \"nwscanmode\",2",
	 "AT+QCFG=\"nwscanmode\"|AT+QCFG=?|AT+QCFG=\"nwscanmode\",2|AT+QCFG=\"nwscanmode\"|"},
	{"quectel", "2g+4g", "+QCFG: \"nwscanmode\",3", QCFG_BG96, "+QCFG: \"nwscanmode\",0",
	 "AT+QCFG=\"nwscanmode\"|AT+QCFG=?|AT+QCFG=\"nwscanmode\",0|AT+QCFG=\"nwscanmode\"|"},

	{"simcom", "4g", "+CNMP: 2", CNMP, "+CNMP: 38", "AT+CNMP?|AT+CNMP=?|AT+CNMP=38|AT+CNMP?|"},
	{"simcom", "3g+4g", "+CNMP: 2", CNMP, "+CNMP: 54",
	 "AT+CNMP?|AT+CNMP=?|AT+CNMP=54|AT+CNMP?|"},
	{"simcom", "2g", "+CNMP: 38", CNMP_7000, "+CNMP: 13",
	 "AT+CNMP?|AT+CNMP=?|AT+CNMP=13|AT+CNMP?|"},

	{"telit", "4g", "+WS46: 25", "+WS46: (12,22,25,28,29)", "+WS46: 28",
	 "AT+WS46?|AT+WS46=?|AT+WS46=28|AT+WS46?|"},
	{"telit", "3g+4g", "+WS46: 28", "+WS46: (22,28,31)", "+WS46: 31",
	 "AT+WS46?|AT+WS46=?|AT+WS46=31|AT+WS46?|"},
	/* Before LTE 25 was 2g and 3g; and no prefix, as Cinterion has it. */
	{"generic", "2g+3g", "25", "(12,22,25)", NULL, "AT+WS46?|AT+WS46=?|"},

	{"cinterion", "3g", "^SXRAT: 6,0,2", "^SXRAT: (0-6), (0,2,3), (0,2,3)", "^SXRAT: 2",
	 "AT^SXRAT?|AT^SXRAT=?|AT^SXRAT=2|AT^SXRAT?|"},
	{"cinterion", "4g-preferred", "^SXRAT: 6,2", "^SXRAT: (0-6),(0,2,3)", "^SXRAT: 6,3",
	 "AT^SXRAT?|AT^SXRAT=?|AT^SXRAT=6,3|AT^SXRAT?|"},

	{"u-blox", "4g", "+URAT: 4,3", "+URAT: (0-6),(0,2,3)", "+URAT: 3",
	 "AT+URAT?|AT+URAT=?|AT+COPS=2|AT+URAT=3|AT+COPS=0|AT+URAT?|"},
	{"u-blox", "4g", "+URAT: 8", "+URAT: (7,8)", "+URAT: 7",
	 "AT+URAT?|AT+URAT=?|AT+COPS=2|AT+URAT=7|AT+COPS=0|AT+URAT?|"},
	{"u-blox", "3g-preferred", "+URAT: 0", "+URAT: (0-2),(0,2)", "+URAT: 1,2",
	 "AT+URAT?|AT+URAT=?|AT+COPS=2|AT+URAT=1,2|AT+COPS=0|AT+URAT?|"},

	{"option n.v", "2g", "_OPSYS: 3,2", NULL, "_OPSYS: 0,2",
	 "AT_OPSYS?|AT_OPSYS=?|AT_OPSYS=0,2|AT_OPSYS?|"},
	{"novatel", "2g-preferred", "$NWRAT: 0,2,3", NULL, "$NWRAT: 1,2,3",
	 "AT$NWRAT?|AT$NWRAT=?|AT$NWRAT=1,2|AT$NWRAT?|"},
	{"ericsson", "3g", "+CFUN: 1", "+CFUN: (0,1,4-6),(0,1)", "+CFUN: 6",
	 "AT+CFUN?|AT+CFUN=?|AT+CFUN=6|AT+CFUN?|"},
	{"fibocom", "4g", "+XACT: 6,2,1,900,1800,1,2,101", XACT, "+XACT: 2,2,1,900",
	 "AT+XACT?|AT+XACT=?|AT+XACT=2|AT+XACT?|"},
	{"fibocom", "3g-preferred", "+XACT: 6,2,1,900", XACT, "+XACT: 6,1,2",
	 "AT+XACT?|AT+XACT=?|AT+XACT=6,1|AT+XACT?|"},
};

struct talk {
	struct conf conf;
	struct script script;
	const char *read, *list, *then;
	const char *refuse;    /* commands that start so get an ERROR */
	struct at_final error; /* the ERROR that it gets */
	bool stubborn;         /* says OK and does nothing */
	bool written;
	const char *registration;
	int64_t now;
	char log[1024];
};

static struct talk *talk_new(const char *family, const char *want)
{
	struct talk *talk = calloc(1, sizeof(*talk));

	assert_non_null(talk);
	assert_int_equal(conf_init(&talk->conf), 0);
	*talk->conf.network.apn = '\0'; /* as the modem has it */
	free(talk->conf.network.mode);
	talk->conf.network.mode = strdup(want);
	script_init(&talk->script, &talk->conf);
	talk->script.facts.sim = MODEM_SIM_READY;
	talk->script.family = modem_family_find(0, family);
	talk->registration = "+CREG: 0,2";
	talk->error = (struct at_final){AT_FINAL_ERROR, 0, "ERROR"};
	return talk;
}

static void talk_free(struct talk *talk)
{
	script_free(&talk->script);
	conf_free(&talk->conf);
	free(talk);
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), tail = strlen(with);

	return len >= tail && strcmp(text + len - tail, with) == 0;
}

/* NULL: ERROR. */
static const char *answer_mode(struct talk *talk, const char *command)
{
	size_t name = talk->read ? strcspn(talk->read, ":") : 0;

	if (talk->refuse && starts(command, talk->refuse))
		return NULL;
	if (strcmp(command, "AT+COPS=2") == 0 || strcmp(command, "AT+COPS=0") == 0)
		return "";
	/* Another dialect. */
	if (talk->read && talk->read[name] && strncmp(command + 2, talk->read, name) != 0)
		return NULL;
	if (ends(command, "=?"))
		return talk->list;
	if (ends(command, "?") || ends(command, "=\"nwscanmode\"") ||
	    ends(command, "=\"mode_pref\""))
		return talk->written ? talk->then : talk->read;
	talk->written = !talk->stubborn;
	return "";
}

static bool is_of_mode(const char *command)
{
	static const char *const others[] = {"AT&C",    "AT+CMEE",  "AT+CPIN",  "AT+CGDCONT",
					     "AT+CREG", "AT+CGREG", "AT+CEREG", "AT+CSQ"};

	for (size_t i = 0; i < COUNT(others); i++)
		if (starts(command, others[i]))
			return false;
	return true;
}

static const char *answer(struct talk *talk, const char *command)
{
	size_t len = strlen(talk->log);

	if (strcmp(command, "AT+CPIN?") == 0)
		return "+CPIN: READY";
	if (strcmp(command, "AT+CREG?") == 0)
		return talk->registration;
	if (!is_of_mode(command))
		return "";
	snprintf(talk->log + len, sizeof(talk->log) - len, "%s|", command);
	return answer_mode(talk, command);
}

static enum script_verdict run(struct talk *talk, enum script_stage stage, int64_t limit_ms)
{
	int64_t until = talk->now + limit_ms;
	enum script_verdict verdict = SCRIPT_WAIT;
	const struct at_final ok = {.kind = AT_FINAL_OK};
	struct at_command command;

	script_start(&talk->script, stage, talk->now);
	while (talk->now < until) {
		const char *text;

		verdict = script_next(&talk->script, &command, talk->now);
		if (verdict == SCRIPT_WAIT)
			talk->now = talk->script.wake_at;
		if (verdict == SCRIPT_DONE || verdict == SCRIPT_FAILED)
			break;
		if (verdict != SCRIPT_COMMAND)
			continue;
		talk->now += 20;
		text = answer(talk, command.text);
		script_reply(&talk->script,
			     &(struct at_event){.type = AT_EVENT_REPLY,
						.final = text ? ok : talk->error,
						.text = text ? text : "",
						.command = command.text},
			     talk->now);
	}
	return verdict;
}

static void each_family_is_told_in_its_own_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(modems); i++) {
		struct talk *talk = talk_new(modems[i].family, modems[i].want);

		talk->read = modems[i].read;
		talk->list = modems[i].list;
		talk->then = modems[i].then;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_string_equal(talk->log, modems[i].told);
		assert_string_equal(buf_str(&talk->script.notices), "");
		assert_int_not_equal(talk->script.facts.mode.allowed, 0);
		talk_free(talk);
	}
}

static void what_is_so_already_is_not_written_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(modems); i++) {
		struct talk *talk = talk_new(modems[i].family, modems[i].want);

		if (!modems[i].then || strstr(modems[i].then, "07, GSM")) {
			talk_free(talk);
			continue;
		}
		talk->read = modems[i].then;
		talk->list = modems[i].list;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_false(talk->written);
		talk_free(talk);
	}
}

static void auto_costs_no_command(void **state)
{
	struct talk *talk = talk_new("sierra", "auto");

	(void)state;
	talk->read = "!SELRAT: 06, LTE Only";
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_string_equal(talk->log, "");
	talk_free(talk);
}

static void auto_lifts_what_keeps_the_modem_from_every_network(void **state)
{
	struct talk *talk = talk_new("sierra", "auto");

	(void)state;
	talk->read = "!SELRAT: 06, LTE Only";
	talk->list = SELRAT_LTE;
	talk->then = "!SELRAT: 00, Automatic";
	assert_int_equal(run(talk, SCRIPT_REGISTER, 14000), SCRIPT_WAIT);
	assert_null(strstr(talk->log, "SELRAT"));
	talk->log[0] = '\0';
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_WAIT);
	assert_non_null(strstr(talk->log, "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=00|AT!SELRAT?|"));
	assert_null(strstr(strstr(talk->log, "SELRAT=00") + 1, "SELRAT=00"));
	assert_non_null(strstr(buf_str(&talk->script.notices), "the modem's mode is 4g"));
	talk_free(talk);
}

static void auto_leaves_alone_what_is_automatic(void **state)
{
	static const char *const reads[] = {
		"!SELRAT: 00, Automatic", "!SELRAT: 03, UMTS 3G Preferred",
		"!SELRAT: 07, GSM, UMTS, LTE", "!SELRAT: 08, CDMA, HRPD, GSM, UMTS, LTE"};

	(void)state;
	for (size_t i = 0; i < COUNT(reads); i++) {
		struct talk *talk = talk_new("sierra", "auto");

		talk->read = reads[i];
		talk->list = SELRAT_LTE;
		assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_WAIT);
		assert_non_null(strstr(talk->log, "AT!SELRAT?"));
		assert_false(talk->written);
		talk_free(talk);
	}
}

static void a_mode_that_is_not_offered_is_a_mistake_in_the_config(void **state)
{
	static const struct {
		const char *family, *want, *read, *list, *says;
	} cases[] = {
		{"sierra", "4g", "!SELRAT: 00, Automatic", SELRAT_3G,
		 "the modem cannot do network.mode \"4g\"; it can: auto, 3g, "
		 "2g, 3g-preferred, 2g-preferred"},
		{"sierra", "5g-preferred", "!SELRAT: 00, Automatic", SELRAT_LTE,
		 "the modem cannot do network.mode \"5g-preferred\"; it can: "
		 "auto, 3g, 2g, 2g+3g, 4g, 2g+3g+4g, 2g+3g+4g+cdma, cdma, 3g+4g, 2g+4g"},
		{"quectel", "2g-preferred", "+QCFG: \"nwscanmode\",0", QCFG,
		 "it can: auto, 2g, 3g, 4g"},
		{"telit", "5g", "+WS46: 25", "+WS46: (12,22,25,28)", "it can: auto, 2g, 3g, 4g"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk *talk = talk_new(cases[i].family, cases[i].want);

		talk->read = cases[i].read;
		talk->list = cases[i].list;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_CONFIG);
		assert_non_null(strstr(buf_str(&talk->script.text), cases[i].says));
		assert_false(talk->written);
		talk_free(talk);
	}
}

/* EM7455 wants AT!ENTERCND first and says ERROR without. */
static void where_one_command_is_refused_the_next_one_is_tried(void **state)
{
	static const struct {
		const char *family, *want, *refuse, *read, *list, *then, *told;
	} cases[] = {
		{"sierra", "4g", "AT!", "+WS46: 25", "+WS46: (12,22,25,28)", "+WS46: 28",
		 "AT!SELRAT?|AT+WS46?|AT+WS46=?|AT+WS46=28|AT+WS46?|"},
		{"huawei", "3g", "AT^SYSCFGEX", "^SYSCFG:2,0,3FFFFFFF,1,2",
		 "^SYSCFG:(2,13,14,16),(0-3),((400000,\"WCDMA2100\"))", "^SYSCFG:14,0,3FFFFFFF,1,2",
		 "AT^SYSCFGEX?|AT^SYSCFG?|AT^SYSCFG=?|AT^SYSCFG=14,2,40000000,2,4|AT^SYSCFG?|"},
		{"huawei", "2g-preferred", "AT^SYSCFGEX", "^SYSCFG:2,2,3FFFFFFF,1,2", NULL,
		 "^SYSCFG:2,1,3FFFFFFF,1,2",
		 "AT^SYSCFGEX?|AT^SYSCFG?|AT^SYSCFG=?|AT^SYSCFG=2,1,40000000,2,4|AT^SYSCFG?|"},
		{"fibocom", "4g", "AT+XACT", "+GTACT: 20,6,3,1,2,4,5,8,101",
		 "+GTACT: (1,2,4,10,14,16,17,20),(2,3,6),(2,3,6),(),(1,2,4)",
		 "+GTACT: 2,6,3,1,2,4,5,8,101",
		 "AT+XACT?|AT+GTACT?|AT+GTACT=?|AT+GTACT=2|AT+GTACT?|"},
		{"quectel", "5g", "AT+QCFG", "+QNWPREFCFG: \"mode_pref\",AUTO", NULL,
		 "+QNWPREFCFG: \"mode_pref\",NR5G",
		 "AT+QCFG=\"nwscanmode\"|AT+QNWPREFCFG=\"mode_pref\"|"
		 "AT+QNWPREFCFG=?|AT+QNWPREFCFG=\"mode_pref\",NR5G|AT+QNWPREFCFG=\"mode_pref\"|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk *talk = talk_new(cases[i].family, cases[i].want);

		talk->read = cases[i].read;
		talk->list = cases[i].list;
		talk->then = cases[i].then;
		talk->refuse = cases[i].refuse;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_string_equal(talk->log, cases[i].told);
		talk_free(talk);
	}
}

static void without_a_command_of_its_own_the_operator_is_selected_by_it(void **state)
{
	static const struct {
		const char *want, *operator, * read, *told;
	} cases[] = {
		{"4g", "auto", "+COPS: 0,2,\"26201\",2", "AT+WS46?|AT+COPS?|AT+COPS=0,,,7|"},
		{"4g", "26202", "+COPS: 0", "AT+WS46?|AT+COPS?|AT+COPS=1,2,\"26202\",7|"},
		{"4g", "auto", "+COPS: 0,2,\"26201\",7", "AT+WS46?|AT+COPS?|"},
		{"2g+3g", "auto", "+COPS: 0,0,\"T-Mobile D\",6", "AT+WS46?|AT+COPS?|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk *talk = talk_new("generic", cases[i].want);

		free(talk->conf.network.operator);
		talk->conf.network.operator= strdup(cases[i].operator);
		talk->read = cases[i].read;
		talk->refuse = "AT+WS46";
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_string_equal(talk->log, cases[i].told);
		talk_free(talk);
	}
}

static void a_mode_that_all_commands_refuse_is_told_of(void **state)
{
	struct talk *talk = talk_new("sierra", "4g");

	(void)state;
	talk->read = "!SELRAT: 00, Automatic";
	talk->list = SELRAT_LTE;
	talk->refuse = "AT!SELRAT=06";
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_CONFIG);
	assert_string_equal(talk->log, "AT!SELRAT?|AT!SELRAT=?|AT!SELRAT=06|AT+WS46?|AT+COPS?|");
	assert_string_equal(buf_str(&talk->script.text), "the modem refuses network.mode \"4g\"");
	assert_string_equal(buf_str(&talk->script.notices), "4AT!SELRAT=06 refused: ERROR\n");
	talk_free(talk);
}

static void a_modem_that_left_its_network_for_it_is_brought_back(void **state)
{
	struct talk *talk = talk_new("u-blox", "4g");

	(void)state;
	talk->read = "+URAT: 4,3";
	talk->list = "+URAT: (0-6),(0,2,3)";
	talk->refuse = "AT+URAT=3";
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_string_equal(talk->log, "AT+URAT?|AT+URAT=?|AT+COPS=2|AT+URAT=3|AT+COPS=0|"
				       "AT+WS46?|AT+COPS?|");
	assert_string_equal(buf_str(&talk->script.notices), "4AT+URAT refused: ERROR\n");
	talk_free(talk);
}

static void a_modem_that_knows_no_modes_is_told_of(void **state)
{
	struct talk *talk = talk_new("ericsson", "3g");

	(void)state;
	talk->refuse = "AT";
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_CONFIG);
	assert_string_equal(buf_str(&talk->script.text),
			    "the modem knows no command for network.mode \"3g\"");
	talk_free(talk);
}

static void a_modem_that_is_busy_is_no_mistake_in_the_config(void **state)
{
	static const struct at_final finals[] = {
		{AT_FINAL_TIMEOUT, 0, ""},
		{AT_FINAL_CME, 14, "+CME ERROR: 14"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(finals); i++) {
		struct talk *talk = talk_new("sierra", "3g");

		talk->refuse = "AT";
		talk->error = finals[i];
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_NOT_REGISTERED);
		talk_free(talk);
	}
}

static void an_ok_that_changes_nothing_is_told_and_survived(void **state)
{
	struct talk *talk = talk_new("u-blox", "3g");

	(void)state;
	talk->read = "+URAT: 4,3";
	talk->list = "+URAT: (0-6),(0,2,3)";
	talk->stubborn = true;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_non_null(
		strstr(buf_str(&talk->script.notices), "its mode is 4g-preferred all the same"));
	assert_ptr_equal(strstr(strstr(talk->log, "URAT=2") + 1, "URAT=2"), NULL);
	talk_free(talk);
}

static void an_only_mode_is_named_where_no_network_is_found(void **state)
{
	struct talk *talk = talk_new("simcom", "4g");
	struct buf where = BUF_INIT;

	(void)state;
	talk->read = "+CNMP: 38";
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_WAIT);
	script_describe_registration(&talk->script, &where);
	assert_non_null(strstr(buf_str(&where), "; the modem is told to use 4g only, by "
						"network.mode"));
	buf_free(&where);
	talk_free(talk);
}

static void lies_and_noise_are_not_taken_for_modes(void **state)
{
	static const struct {
		const char *family;
		const char *line;
	} cases[] = {
		{"sierra", "!SELRAT: Index, Name"},
		{"sierra", "!SELRAT: "},
		{"sierra", "!SELRAT: 1;+CFUN=0, LTE Only"},
		{"sierra", "!SELRAT: 06, Something Else"},
		{"sierra", "^RSSI: 17"},
		{"huawei", "^SYSCFGEX: \"99\",3FFFFFFF"},
		{"huawei", "^SYSCFGEX: \"030201030201\""},
		{"huawei", "^RSSI: 17"},
		{"quectel", "+QCFG: \"nwscanseq\",0"},
		{"quectel", "+QCFG: \"nwscanmode\""},
		{"quectel", "+QCFG: \"nwscanmode\",42"},
		{"generic", "+WS46: "},
		{"generic", "+WS46: 99999999999999999999"},
		{"ericsson", "+CFUN: 4"},
		{"fibocom", "+XACT: ,,,"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mode_choice choice = {"", {0, 0}};

		assert_false(mode_decode(modem_family_find(0, cases[i].family)->mode, cases[i].line,
					 &choice));
		assert_int_equal(choice.mode.allowed, 0);
	}
}

static void a_list_without_end_is_cut(void **state)
{
	struct mode_choices choices = {.count = 0};

	(void)state;
	for (int i = 0; i < 100; i++)
		mode_decode_list(modem_family_find(0, "sierra")->mode, "06, LTE Only", &choices);
	assert_int_equal(choices.count, MODE_CHOICES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_come_back_as_they_were),
		cmocka_unit_test(other_words_are_none),
		cmocka_unit_test(each_family_is_told_in_its_own_words),
		cmocka_unit_test(what_is_so_already_is_not_written_again),
		cmocka_unit_test(auto_costs_no_command),
		cmocka_unit_test(auto_lifts_what_keeps_the_modem_from_every_network),
		cmocka_unit_test(auto_leaves_alone_what_is_automatic),
		cmocka_unit_test(a_mode_that_is_not_offered_is_a_mistake_in_the_config),
		cmocka_unit_test(where_one_command_is_refused_the_next_one_is_tried),
		cmocka_unit_test(without_a_command_of_its_own_the_operator_is_selected_by_it),
		cmocka_unit_test(a_mode_that_all_commands_refuse_is_told_of),
		cmocka_unit_test(a_modem_that_left_its_network_for_it_is_brought_back),
		cmocka_unit_test(a_modem_that_knows_no_modes_is_told_of),
		cmocka_unit_test(a_modem_that_is_busy_is_no_mistake_in_the_config),
		cmocka_unit_test(an_ok_that_changes_nothing_is_told_and_survived),
		cmocka_unit_test(an_only_mode_is_named_where_no_network_is_found),
		cmocka_unit_test(lies_and_noise_are_not_taken_for_modes),
		cmocka_unit_test(a_list_without_end_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
