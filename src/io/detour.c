/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "io/detour.h"
#include "io/relay.h"

/* pppd speaks first, once it has PPP on its end. */
#define HOLD_MS 2000

struct detour {
	struct ev_loop *loop;
	detour_teller *tell;
	void *ctx;
	struct relay *relay;
	int master, slave;
};

/* pppd's exit is told by itself. */
static void on_detour_end(void *ctx, bool far, const char *words)
{
	struct detour *detour = ctx;

	if (far)
		detour->tell(detour->ctx, words);
}

struct detour *detour_new(struct ev_loop *loop, detour_teller *tell, void *ctx)
{
	struct detour *detour = calloc(1, sizeof(*detour));
	struct termios raw;
	char name[64];

	if (!detour)
		return NULL;
	detour->loop = loop;
	detour->tell = tell;
	detour->ctx = ctx;
	detour->slave = -1;
	detour->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (detour->master >= 0 && unlockpt(detour->master) == 0 &&
	    ptsname_r(detour->master, name, sizeof(name)) == 0)
		detour->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (detour->slave < 0 || tcgetattr(detour->slave, &raw) < 0) {
		detour_free(detour);
		return NULL;
	}
	cfmakeraw(&raw);
	tcsetattr(detour->slave, TCSANOW, &raw);
	return detour;
}

int detour_tty(const struct detour *detour)
{
	return detour->slave;
}

bool detour_connect(struct detour *detour, int port, const char *early, size_t len)
{
	const struct relay_ends ends = {detour->master, detour->master, port};

	detour->relay = relay_new(detour->loop, &ends, early, len, HOLD_MS, on_detour_end, detour);
	return detour->relay != NULL;
}

void detour_free(struct detour *detour)
{
	if (!detour)
		return;
	relay_free(detour->relay);
	if (detour->master >= 0)
		close(detour->master);
	if (detour->slave >= 0)
		close(detour->slave);
	free(detour);
}
