/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>

#include "base/count.h"
#include "base/json.h"
#include "modem/signal.h"
#include "status/history.h"

void history_add(struct history *history, const struct modem_signal *signal, int64_t now_ms)
{
	const int powers[] = {signal->rssi_dbm, signal->rsrp_dbm, signal->rscp_dbm};
	int percent = modem_signal_percent(signal);
	size_t at = (history->first + history->count) % HISTORY_SAMPLES;

	if (percent < 0)
		return;
	if (history->count < HISTORY_SAMPLES)
		history->count++;
	else
		history->first = (history->first + 1) % HISTORY_SAMPLES;
	history->samples[at].at_ms = now_ms;
	history->samples[at].percent = (signed char)percent;
	history->samples[at].dbm = 0;
	for (size_t i = COUNT(powers); i-- > 0;)
		if (powers[i] != MODEM_DB_UNKNOWN)
			history->samples[at].dbm = (short)powers[i];
}

struct json_object *history_json(const struct history *history, int64_t now_ms)
{
	struct json_object *list = json_object_new_array(), *sample;

	for (size_t i = 0; i < history->count; i++) {
		size_t at = (history->first + i) % HISTORY_SAMPLES;

		sample = json_object_new_object();
		json_add_number(sample, "ago_ms", now_ms - history->samples[at].at_ms);
		json_add_number(sample, "percent", history->samples[at].percent);
		if (history->samples[at].dbm)
			json_object_object_add(sample, "dbm",
					       json_object_new_int(history->samples[at].dbm));
		json_object_array_add(list, sample);
	}
	return list;
}
