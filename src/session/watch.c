/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <string.h>

#include "conf/conf.h"
#include "modem/network.h"
#include "modem/script.h"
#include "session/watch.h"

#define COUNTS       4
#define DAY_MS       86400000
#define PATIENCE_MAX 16

void watch_free(struct watch *watch)
{
	buf_free(&watch->text);
}

void watch_start(struct watch *watch, const struct conf *conf, unsigned long long rx,
		 unsigned long long tx)
{
	watch->conf = conf;
	watch->rx = rx;
	watch->tx = tx;
	watch->counts = 0;
	watch->mute = 0;
	watch->lost = 0;
	watch->unregistered_at = -1;
}

static bool __attribute__((format(printf, 3, 4)))
set_verdict(struct watch *watch, enum cause cause, const char *format, ...)
{
	va_list ap;

	watch->cause = cause;
	buf_clear(&watch->text);
	va_start(ap, format);
	buf_vprintf(&watch->text, format, ap);
	va_end(ap);
	return true;
}

/* How long bytes must go out, with none coming in. */
static int64_t dead_traffic_ms(const struct watch *watch)
{
	int64_t once = watch->conf->monitor.dead_traffic_s * 1000LL;
	int64_t ms = once << watch->patience;

	return ms > DAY_MS && ms > once ? DAY_MS : ms;
}

int watch_count_ms(const struct watch *watch)
{
	return (int)(dead_traffic_ms(watch) / COUNTS);
}

bool watch_counters(struct watch *watch, unsigned long long rx, unsigned long long tx)
{
	bool received = rx != watch->rx, sent = tx != watch->tx;
	int64_t ms = dead_traffic_ms(watch);

	watch->rx = rx;
	watch->tx = tx;
	watch->mute = sent && !received ? watch->mute + 1 : 0;
	/* On a young link these may be PPP's own. */
	if (received && watch->counts > 0)
		watch->patience = 0;
	watch->counts++;
	if (watch->mute < COUNTS || ms == 0)
		return false;
	watch->mute = 0;
	if (watch->patience < PATIENCE_MAX)
		watch->patience++;
	return set_verdict(watch, CAUSE_LINK_LOST,
			   "bytes were sent for %d s and none received (monitor.dead_traffic)",
			   (int)(ms / 1000));
}

bool watch_ping(struct watch *watch, bool answered)
{
	watch->lost = answered ? 0 : watch->lost + 1;
	if (watch->lost < watch->conf->monitor.failures)
		return false;
	return set_verdict(watch, CAUSE_LINK_LOST,
			   "no answer to pings, %d times in a row (monitor.ping)", watch->lost);
}

bool watch_registration(struct watch *watch, const struct modem_facts *facts, unsigned long long rx,
			int64_t now)
{
	int limit_s = watch->conf->network.register_timeout_s;

	if (!modem_network_is_known(facts))
		return false;
	if (facts->registered && facts->roaming && !watch->conf->network.roaming)
		return set_verdict(watch, CAUSE_NOT_REGISTERED,
				   "the modem has moved to a foreign network, and "
				   "network.roaming = false forbids its use");
	if (facts->registered) {
		watch->unregistered_at = -1;
		return false;
	}
	/* While bytes come in the link is alive, whatever the modem says. */
	if (watch->unregistered_at < 0 || rx != watch->unregistered_rx) {
		watch->unregistered_at = now;
		watch->unregistered_rx = rx;
	}
	if (now - watch->unregistered_at < limit_s * 1000LL)
		return false;
	if (modem_stands_at(facts, MODEM_REG_DENIED))
		return set_verdict(watch, CAUSE_NOT_REGISTERED,
				   "registration is denied now, and nothing was received for %d s",
				   limit_s);
	return set_verdict(watch, CAUSE_LINK_LOST,
			   "the modem has lost the network, and nothing was received for %d s",
			   limit_s);
}
