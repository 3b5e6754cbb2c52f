/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "io/atport.h"
#include "io/clock.h"
#include "io/serial.h"
#include "io/talk.h"
#include "modem/script.h"

struct serial *talk_release(struct talk *talk, enum cause cause, const char *text)
{
	struct serial *serial = atport_release(talk->port);

	talk->port = NULL;
	talk_dismiss(talk, 0, cause, text);
	return serial;
}

int talk_add(struct talk *talk, const struct talk_user *user)
{
	if (talk->count == TALK_USERS_MAX)
		return -ENOSPC;
	talk->queue[talk->count].user = *user;
	talk->queue[talk->count++].ticket = ++talk->tickets;
	return talk->tickets;
}

/* The user is told when it has left the queue, so that it may be freed in there. */
static void end_user(struct talk *talk, size_t i, enum cause cause, const char *text)
{
	const struct talk_end end = {.cause = cause, .text = text, .device = talk->device};
	struct talk_user user = talk->queue[i].user;

	talk->count--;
	memmove(&talk->queue[i], &talk->queue[i + 1], (talk->count - i) * sizeof(*talk->queue));
	if (user.over)
		user.over(user.ctx, &end);
}

void talk_dismiss(struct talk *talk, int but, enum cause cause, const char *text)
{
	int last = talk->tickets;

	/* Whoever queues up in an `over` stays; and each call may change the queue. */
	for (size_t i = 0; i < talk->count;) {
		int ticket = talk->queue[i].ticket;

		if (ticket == but || ticket > last) {
			i++;
			continue;
		}
		end_user(talk, i, cause, text);
		i = 0;
	}
	talk_run(talk);
}

void talk_run(struct talk *talk)
{
	struct at_command command;
	size_t idle = 0;
	int error;

	if (talk->runs)
		return;
	talk->runs = true;
	while (talk->port && idle < talk->count) {
		struct talk_place first = talk->queue[0];
		enum talk_turn turn = first.user.next(first.user.job, &command);

		if (turn == TALK_DONE) {
			end_user(talk, 0, CAUSE_NONE, "");
			idle = 0;
		} else if (turn == TALK_IDLE) {
			talk->count--;
			memmove(talk->queue, talk->queue + 1, talk->count * sizeof(first));
			talk->queue[talk->count++] = first;
			idle++;
		} else {
			command.id = first.ticket;
			error = turn == TALK_SEND ? atport_send(talk->port, &command) : 0;
			if (error == 0)
				break;
			end_user(talk, 0, error == -EBUSY ? CAUSE_BUSY : CAUSE_INTERNAL,
				 "a command could not be sent");
		}
	}
	talk->runs = false;
	if (talk->port && talk->count == 0 && talk->rest)
		talk->rest(talk->ctx);
}

int talk_send(struct talk *talk, int ticket, const struct at_command *command)
{
	struct at_command own = *command;

	own.id = ticket;
	return talk->port ? atport_send(talk->port, &own) : -EIO;
}

bool talk_is_lent(const struct talk *talk, int ticket)
{
	return talk->count > 0 && talk->queue[0].ticket != ticket;
}

static void on_talk_event(void *ctx, const struct at_event *event)
{
	struct talk *talk = ctx;

	if (event->type == AT_EVENT_URC) {
		if (talk->count > 0 && talk->queue[0].user.urc)
			talk->queue[0].user.urc(talk->queue[0].user.job, event);
	} else {
		for (size_t i = 0; i < talk->count; i++) {
			if (talk->queue[i].ticket != event->id)
				continue;
			talk->queue[i].user.reply(talk->queue[i].user.job, event);
			break;
		}
	}
	talk_run(talk);
}

static void on_talk_gone(void *ctx)
{
	struct talk *talk = ctx;

	if (talk->gone)
		talk->gone(talk->ctx);
	else
		talk_dismiss(talk, 0, CAUSE_NO_MODEM, "the port went away");
}

int talk_open(struct talk *talk, struct ev_loop *loop, struct serial *serial)
{
	static const struct atport_callbacks callbacks = {on_talk_event, on_talk_gone};

	str_copy(talk->device, sizeof(talk->device), serial_device(serial));
	talk->port = atport_new(loop, serial, &callbacks, talk);
	return talk->port ? 0 : -ENOMEM;
}

static enum talk_turn take_script_turn(void *job, struct at_command *command)
{
	switch (script_next(job, command, clock_now_ms())) {
	case SCRIPT_COMMAND:
		return TALK_SEND;
	case SCRIPT_PENDING:
	case SCRIPT_WAIT:
		return TALK_WAIT;
	case SCRIPT_DONE:
	case SCRIPT_FAILED:
		break;
	}
	return TALK_DONE;
}

static void take_script_event(void *job, const struct at_event *event)
{
	if (event->type == AT_EVENT_REPLY)
		script_reply(job, event, clock_now_ms());
	else
		script_urc(job, event->text, clock_now_ms());
}

struct talk_user talk_script_user(struct script *script,
				  void (*over)(void *ctx, const struct talk_end *end), void *ctx)
{
	return (struct talk_user){.next = take_script_turn,
				  .reply = take_script_event,
				  .urc = take_script_event,
				  .over = over,
				  .job = script,
				  .ctx = ctx};
}
