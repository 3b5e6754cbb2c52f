/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_POWER_PLAN_H
#define GD_MODEM_POWER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct modem_family;

enum power_act { POWER_ON, POWER_OFF, POWER_CYCLE, POWER_ACT_COUNT };
enum power_line { POWER_KEY, POWER_RESET, POWER_STATUS };

/* How long a model wants its lines pressed, and what it needs afterwards. Makers' hardware design
 * guides have these; a press may be longer than the least they ask for, but the one that switches
 * on should be too short to switch a running module off. */
struct power_times {
	const char *model;         /* a word in its answer to ATI; "": any; NULL ends the rows */
	int key_on_ms, key_off_ms; /* a press of the key */
	int boot_ms;               /* from that to its first answer or to STATUS, at the longest */
	int down_ms;               /* from that to the end of its farewells */
	int reset_ms;              /* a press of the reset line; 0: POWER_RESET_MS */
};

#define POWER_RESET_MS 300

/* What the configuration says to switch with. */
struct power_wiring {
	bool key, reset, status;
};

/* Press a line, and wait for what that is for. A step that would bring what STATUS says already is
 * left out, for the key that switches on is the one that switches off. */
struct power_step {
	enum power_line line;
	int press_ms;
	int status; /* after it: 1 on, 0 off */
	/* How long that may take; without a STATUS line it is just waited for, unless this is the
	 * last step. */
	int within_ms;
};

#define POWER_STEPS_MAX 3

/* What is known when somebody wants the modem switched. */
struct power_case {
	enum power_act act;
	int status;  /* 1 on, 0 off, -1: there is no such line */
	bool silent; /* not a byte came from the modem, at any rate */
	int last;    /* the enum power_act of the last press; -1: none since the machine started */
	int64_t since_ms; /* that or the machine's start */
};

enum power_verdict {
	POWER_LEAVE, /* it is as wanted, or may well be */
	POWER_AWAIT, /* it may be starting: see again in wait_ms */
	POWER_PRESS, /* in wait_ms */
};

/* Whether anything can be switched: power.key, reset or command is given. */
bool power_is_configured(const struct conf *conf);

struct power_wiring power_wiring(const struct conf *conf);

/* The times of the model that has answered ATI with `identity`, with those of the configuration in
 * their place. A modem that was off all the time has no family yet: NULL is what suits nearly
 * all. */
struct power_times power_times(const struct conf *conf, const struct modem_family *family,
			       const char *identity);

/* The steps; 0: there is no line for it. */
size_t power_plan(enum power_act act, const struct power_wiring *wiring,
		  const struct power_times *times, struct power_step steps[POWER_STEPS_MAX]);

enum power_verdict power_judge(const struct power_case *what, const struct power_times *times,
			       int *wait_ms);

/* "on", "off", "cycle". Static. */
const char *power_act_name(enum power_act act);

/* The act of that name; POWER_ACT_COUNT when there is none. */
enum power_act power_act_find(const char *name);

#endif
