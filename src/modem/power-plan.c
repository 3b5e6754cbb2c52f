/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "conf/conf.h"
#include "modem/family.h"
#include "modem/power-plan.h"

/* SIM800 wants a second to switch on, and most others no more; SIM7600 and A7670 want 2.5 s to
 * switch off. The slowest say their farewells for half a minute. */
static const struct power_times usual = {"", 1100, 2600, 20000, 30000, 0};

static bool is_wired(const char *line)
{
	return *line && strcmp(line, "-1") != 0;
}

struct power_wiring power_wiring(const struct conf *conf)
{
	return (struct power_wiring){is_wired(conf->power.key), is_wired(conf->power.reset),
				     is_wired(conf->power.status)};
}

bool power_is_configured(const struct conf *conf)
{
	struct power_wiring wiring = power_wiring(conf);

	return wiring.key || wiring.reset || *conf->power.command;
}

struct power_times power_times(const struct conf *conf, const struct modem_family *family,
			       const char *identity)
{
	struct power_times times = usual;
	bool known = false;

	/* A model's name is one maker's alone, and not all of them say who made them. */
	for (const struct modem_family *const *at = modem_families; *at && !known; at++) {
		const struct power_times *row = (*at)->power;

		for (; row && row->model && !known; row++) {
			known = *row->model && strcasestr(identity, row->model);
			if (known || (*at == family && !*row->model))
				times = *row;
		}
	}
	if (conf->power.key_on_ms > 0)
		times.key_on_ms = conf->power.key_on_ms;
	if (conf->power.key_off_ms > 0)
		times.key_off_ms = conf->power.key_off_ms;
	if (times.reset_ms == 0)
		times.reset_ms = POWER_RESET_MS;
	return times;
}

/* Where STATUS cannot be seen, and there is a reset line, a cycle is a reset: that does the same to
 * a modem in any state, while the key would switch on one that is off. */
size_t power_plan(enum power_act act, const struct power_wiring *wiring,
		  const struct power_times *times, struct power_step steps[POWER_STEPS_MAX])
{
	bool reset = act == POWER_CYCLE && wiring->reset;
	bool key = wiring->key && (wiring->status || !reset);
	size_t count = 0;

	if (key && act != POWER_ON)
		steps[count++] =
			(struct power_step){POWER_KEY, times->key_off_ms, 0, times->down_ms};
	/* When the key has not helped. */
	if (reset)
		steps[count++] = (struct power_step){POWER_RESET, times->reset_ms, 0, 0};
	if (key && act != POWER_OFF)
		steps[count++] =
			(struct power_step){POWER_KEY, times->key_on_ms, 1, times->boot_ms};
	return count;
}

static int rest_of(int ms, int64_t since_ms)
{
	return since_ms < ms ? (int)(ms - since_ms) : 0;
}

enum power_verdict power_judge(const struct power_case *what, const struct power_times *times,
			       int *wait_ms)
{
	bool went_off = what->last == POWER_OFF;
	int boot_ms = went_off ? 0 : rest_of(times->boot_ms, what->since_ms);

	*wait_ms = 0;
	if (what->act == POWER_OFF)
		return what->status == 1 || (what->status < 0 && !what->silent) ? POWER_PRESS
										: POWER_LEAVE;
	if (what->act == POWER_ON && (what->status == 1 || (what->status < 0 && !what->silent)))
		return POWER_LEAVE;
	/* Some modules raise STATUS only at the end of their start. Where it is low and nobody has
	 * pressed anything, the machine's own start is no reason to wait. */
	if (boot_ms > 0 && (what->last >= 0 || what->status < 0) &&
	    !(what->act == POWER_CYCLE && (what->status == 1 || !what->silent))) {
		*wait_ms = boot_ms;
		return POWER_AWAIT;
	}
	/* A press while it says farewell is lost, or counts as one to a running modem. */
	if (went_off && what->status != 0)
		*wait_ms = rest_of(times->down_ms, what->since_ms);
	return POWER_PRESS;
}

static const char *const act_names[POWER_ACT_COUNT] = {"on", "off", "cycle"};

const char *power_act_name(enum power_act act)
{
	return (unsigned)act < POWER_ACT_COUNT ? act_names[act] : "on";
}

enum power_act power_act_find(const char *name)
{
	int act = POWER_ON;

	while (act < POWER_ACT_COUNT && strcmp(act_names[act], name) != 0)
		act++;
	return (enum power_act)act;
}
