/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_HISTORY_H
#define GD_STATUS_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#define HISTORY_SAMPLES 120 /* an hour, where signal_interval is 30 s */

struct json_object;
struct modem_signal;

/* How good the signal was. All zero at first. Times are any clock's. */
struct history {
	struct {
		int64_t at_ms;
		short dbm; /* RSSI, or RSRP or RSCP where that is what is known; 0: none */
		signed char percent;
	} samples[HISTORY_SAMPLES];
	size_t first, count;
};

/* The oldest one goes. A signal that is not known leaves no sample. */
void history_add(struct history *history, const struct modem_signal *signal, int64_t now_ms);

/* [{"ago_ms", "percent", "dbm"}], the oldest first. The caller puts it. */
struct json_object *history_json(const struct history *history, int64_t now_ms);

#endif
