/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_AT_USER_H
#define GD_DAEMON_AT_USER_H

struct bus;
struct ctl_request;
struct json_object;

/* AT commands that a client of the control socket sends, one client's at a time: the request's
 * answer; NULL: it comes when they have run. */
struct json_object *at_user_answer(struct bus *bus, const struct ctl_request *request);

#endif
