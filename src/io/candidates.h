/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CANDIDATES_H
#define GD_IO_CANDIDATES_H

struct conf;
struct port_filter;
struct port_list;

/* The ttys that the configuration's modem section lets us ask: the named port, or all on USB that
 * fit usb, path and serial. As port_list_usb and port_list_add; free the list in every case. */
int candidates_list(const struct conf *conf, struct port_list *list);

/* Ports of the modem at that USB path that are known to speak AT, but for the one that is held. As
 * port_list_push. */
int candidates_spare(const char *usb_path, const char *held, struct port_list *list);

/* What usb, path and serial of that section ask for; it borrows from `conf`. */
struct port_filter candidates_filter(const struct conf *conf);

#endif
