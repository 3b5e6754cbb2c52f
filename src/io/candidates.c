/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "io/candidates.h"
#include "io/port.h"

struct port_filter candidates_filter(const struct conf *conf)
{
	struct port_filter filter = {
		.vid = -1, .pid = -1, .usb_path = conf->modem.path, .serial = conf->modem.serial};
	unsigned vid, pid;

	if (sscanf(conf->modem.usb, "%4x:%4x", &vid, &pid) == 2) {
		filter.vid = (int)vid;
		filter.pid = (int)pid;
	}
	return filter;
}

int candidates_list(const struct conf *conf, struct port_list *list)
{
	struct port_filter filter = candidates_filter(conf);

	if (strcmp(conf->modem.port, "auto") != 0)
		return port_list_add(list, conf->modem.port);
	return port_list_usb(list, &filter);
}

int candidates_spare(const char *usb_path, const char *held, struct port_list *list)
{
	const struct port_filter filter = {.vid = -1, .pid = -1, .usb_path = usb_path};
	struct port_list all = {NULL, 0};
	int error = *usb_path ? port_list_usb(&all, &filter) : 0;

	for (size_t i = 0; i < all.count && !error; i++) {
		enum layout_role hint = port_hint(&all.ports[i]);

		if (strcmp(all.ports[i].device, held) != 0 &&
		    (hint == LAYOUT_DATA || hint == LAYOUT_AT))
			error = port_list_push(list, &all.ports[i]);
	}
	port_list_free(&all);
	return error;
}
