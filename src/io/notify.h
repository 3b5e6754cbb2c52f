/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_NOTIFY_H
#define GD_IO_NOTIFY_H

/* Messages to the service manager: sd_notify(3)'s protocol, without its library. Without a
 * NOTIFY_SOCKET in the environment nothing is sent. */

/* Take the variables out of the environment, so that no child speaks for us. Returns how often the
 * manager's watchdog wants to hear from us, in milliseconds; 0: never. */
int notify_init(void);

/* Send "READY=1\n" or any other lines. 0 also when nothing listens, or a negative errno. */
int notify_send(const char *lines);

/* RELOADING=1, with the time; READY=1 ends it. */
void notify_reloading(void);

/* STATUS= with that text as one line; control characters are escaped. */
void notify_status(const char *text);

#endif
