/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/count.h"
#include "conf/conf.h"
#include "io/command.h"
#include "io/gpio.h"
#include "io/power-key.h"
#include "io/rundir.h"
#include "io/worker.h"

#define LOOK_MS    100 /* between two looks at STATUS: not every chip can tell of edges */
#define COMMAND_MS 60000

/* RUNDIR/NAME.power: the last press, in times since the machine's start. */
struct record {
	int act;
	int64_t begun_ms, ended_ms; /* 0: it has not ended */
	int result;
};

static const char *const record_form = "%d %" PRId64 " %" PRId64 " %d\n";

static int64_t uptime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* To its end, whatever signals come. */
static void hold_ms(int ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += ms % 1000 * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000L;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
		;
}

/* The same, but cut short by SIGTERM. */
static void wait_ms(int ms)
{
	for (; ms > 0 && !worker_got_sigterm(); ms -= LOOK_MS)
		hold_ms(ms < LOOK_MS ? ms : LOOK_MS);
}

static struct record read_record(int fd)
{
	struct record record = {.act = -1};
	char text[128];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	if (sscanf(text, "%d %" SCNd64 " %" SCNd64 " %d", &record.act, &record.begun_ms,
		   &record.ended_ms, &record.result) != 4 ||
	    (unsigned)record.act >= POWER_ACT_COUNT || record.begun_ms > uptime_ms())
		record = (struct record){.act = -1};
	return record;
}

static void note_record(int fd, const struct record *record)
{
	char text[128];
	int len = snprintf(text, sizeof(text), record_form, record->act, record->begun_ms,
			   record->ended_ms, record->result);

	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, text, (size_t)len, 0);
}

static int open_record(const char *name, int flags)
{
	char path[256];

	rundir_path(path, sizeof(path), name, "power");
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

struct power_past power_key_past(const char *name)
{
	int fd = open_record(name, O_RDONLY);
	struct record record = read_record(fd);

	if (fd >= 0)
		close(fd);
	return (struct power_past){
		.act = record.act,
		.since_ms = uptime_ms() - (record.act < 0 ? 0 : record.ended_ms),
		.result = (enum power_result)record.result,
	};
}

static enum power_result find_result(int error)
{
	static const struct {
		int error;
		enum power_result result;
	} rows[] = {
		{0, POWER_RESULT_DONE},          {-ENODEV, POWER_RESULT_NO_CHIP},
		{-ENOENT, POWER_RESULT_NO_LINE}, {-EBUSY, POWER_RESULT_HELD},
		{-EACCES, POWER_RESULT_DENIED},  {-EPERM, POWER_RESULT_DENIED},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].error == error)
			return rows[i].result;
	return POWER_RESULT_BROKEN;
}

static const char *line_name(const struct conf *conf, enum power_line line)
{
	return line == POWER_KEY     ? conf->power.key
	       : line == POWER_RESET ? conf->power.reset
				     : conf->power.status;
}

/* The chip's fd and the line's offset, or a negative errno. */
static int locate_line(const struct conf *conf, enum power_line line, int *offset)
{
	int chip = gpio_chip_open("", conf->power.chip);

	if (chip < 0)
		return chip;
	*offset = gpio_line_find(chip, line_name(conf, line));
	if (*offset >= 0)
		return chip;
	close(chip);
	return *offset;
}

static int take_line(const struct conf *conf, enum power_line which, struct gpio_line *line)
{
	int idle = conf->power.active == CONF_ACTIVE_LOW;
	int offset, error, chip = locate_line(conf, which, &offset);

	if (chip < 0)
		return chip;
	error = gpio_line_request(chip, offset, which == POWER_STATUS ? -1 : idle, line);
	close(chip);
	return error;
}

int power_key_status(const struct conf *conf)
{
	struct gpio_line line;
	int value;

	if (!power_wiring(conf).status || take_line(conf, POWER_STATUS, &line) < 0)
		return -1;
	value = gpio_line_get(&line);
	close(line.fd);
	return value < 0 ? -1 : value;
}

enum power_result power_key_check(const struct conf *conf)
{
	static const enum power_line lines[] = {POWER_KEY, POWER_RESET, POWER_STATUS};
	const struct power_wiring wiring = power_wiring(conf);
	const bool wired[] = {wiring.key, wiring.reset, wiring.status};
	int offset, chip, error = 0;
	char holder[GPIO_HOLDER_SIZE];

	for (size_t i = 0; i < COUNT(lines) && error == 0; i++) {
		if (!wired[i])
			continue;
		chip = locate_line(conf, lines[i], &offset);
		if (chip < 0) {
			error = chip;
			continue;
		}
		gpio_line_holder(chip, offset, holder);
		if (*holder && strcmp(holder, "gobi-dial") != 0)
			error = -EBUSY;
		close(chip);
	}
	return find_result(error);
}

/* Wait for STATUS; without one, for the time that the modem needs. True when it came, or may
 * have. */
static bool await_status(const struct conf *conf, int status, int within_ms)
{
	int now = power_key_status(conf);

	if (now < 0) {
		wait_ms(within_ms);
		return true;
	}
	for (; now != status && within_ms > 0 && !worker_got_sigterm(); within_ms -= LOOK_MS) {
		hold_ms(LOOK_MS);
		now = power_key_status(conf);
	}
	return now == status || now < 0;
}

static int press_line(const struct conf *conf, const struct power_step *step)
{
	int idle = conf->power.active == CONF_ACTIVE_LOW;
	struct gpio_line line;
	int error = take_line(conf, step->line, &line);

	if (error < 0)
		return error;
	error = gpio_line_set(&line, !idle);
	if (error == 0)
		hold_ms(step->press_ms);
	/* A chip that is gone cannot be told. */
	for (int i = 0; i < 3 && gpio_line_set(&line, idle) < 0; i++)
		hold_ms(LOOK_MS);
	close(line.fd);
	return error;
}

static enum power_result run_program(const struct power_job *job)
{
	const char *argv[] = {job->conf->power.command, power_act_name(job->act), NULL};
	struct buf output = BUF_INIT;
	int code = command_run(argv, COMMAND_MS, &output);

	buf_free(&output);
	return code == 0 ? POWER_RESULT_DONE : POWER_RESULT_COMMAND;
}

static enum power_result press_keys(const struct power_job *job)
{
	const struct power_wiring wiring = power_wiring(job->conf);
	struct power_step steps[POWER_STEPS_MAX];
	size_t count = power_plan(job->act, &wiring, &job->times, steps);
	int error = count ? 0 : -ENOENT;
	bool came = true, fell = false;

	for (size_t i = 0; i < count && error == 0; i++) {
		const struct power_step *step = &steps[i];
		bool last = i + 1 == count;

		if (power_key_status(job->conf) == step->status)
			continue;
		error = press_line(job->conf, step);
		if (error == 0 && !(last && (job->brief || !wiring.status)))
			came = await_status(job->conf, step->status, step->within_ms);
		fell |= came || step->line == POWER_RESET;
		/* A press into its farewell would be lost: the next start switches it on. */
		if (!last && worker_got_sigterm())
			error = -EINTR;
	}
	if (error < 0)
		return find_result(error);
	/* A cycle that STATUS has not noticed was none. */
	return !wiring.status || (came && (job->act != POWER_CYCLE || fell))
		       ? POWER_RESULT_DONE
		       : POWER_RESULT_NO_EFFECT;
}

static enum power_result switch_modem(const struct power_job *job, int fd)
{
	struct record before, record = read_record(fd);
	struct power_case what = {.act = job->act, .silent = job->silent};
	enum power_verdict verdict;
	int rest;

	if (record.act >= 0 && record.ended_ms == 0) {
		const struct power_wiring wiring = power_wiring(job->conf);
		struct gpio_line line;

		/* Both lines up: one may have been left down by a process that was killed. */
		if (wiring.key && take_line(job->conf, POWER_KEY, &line) == 0)
			close(line.fd);
		if (wiring.reset && take_line(job->conf, POWER_RESET, &line) == 0)
			close(line.fd);
		record.ended_ms = uptime_ms();
		note_record(fd, &record);
	}
	what.status = power_key_status(job->conf);
	what.last = record.act;
	what.since_ms = uptime_ms() - record.ended_ms;
	verdict = power_judge(&what, &job->times, &rest);
	if (verdict == POWER_AWAIT && what.status == 0)
		verdict = await_status(job->conf, 1, rest) ? POWER_LEAVE : POWER_PRESS;
	else if (verdict == POWER_PRESS)
		wait_ms(rest);
	if (verdict != POWER_PRESS || worker_got_sigterm())
		return verdict == POWER_AWAIT ? POWER_RESULT_STARTING : POWER_RESULT_LEFT;
	before = record;
	record = (struct record){.act = (int)job->act, .begun_ms = uptime_ms()};
	note_record(fd, &record);
	record.result = (int)(*job->conf->power.command ? run_program(job) : press_keys(job));
	record.ended_ms = uptime_ms();
	/* What was not pressed needs no time to start. */
	note_record(fd, record.result > POWER_RESULT_NO_EFFECT ? &before : &record);
	return (enum power_result)record.result;
}

int power_key_do(const void *arg)
{
	const struct power_job *job = arg;
	int fd, result = POWER_RESULT_BROKEN;

	worker_catch_sigterm();
	if (rundir_make() < 0)
		return result;
	fd = open_record(job->name, O_RDWR | O_CREAT);
	if (fd < 0)
		return result;
	if (flock(fd, LOCK_EX) == 0)
		result = (int)switch_modem(job, fd);
	else if (errno == EINTR)
		result = POWER_RESULT_LEFT;
	close(fd);
	return result;
}

static void explain_holders(const struct conf *conf, struct buf *out)
{
	static const enum power_line lines[] = {POWER_KEY, POWER_RESET, POWER_STATUS};

	for (size_t i = 0; i < COUNT(lines); i++) {
		char holder[GPIO_HOLDER_SIZE] = "";
		int offset, chip = locate_line(conf, lines[i], &offset);

		if (chip < 0)
			continue;
		gpio_line_holder(chip, offset, holder);
		close(chip);
		if (*holder)
			buf_printf(out, "; line %s is used by \"%s\"", line_name(conf, lines[i]),
				   holder);
	}
}

void power_key_explain(const struct conf *conf, enum power_result result, struct buf *out)
{
	static const char *const texts[POWER_RESULT_COUNT] = {
		[POWER_RESULT_DONE] = "done",
		[POWER_RESULT_LEFT] = "nothing had to be done",
		[POWER_RESULT_STARTING] = "the modem may still be starting",
		[POWER_RESULT_NO_EFFECT] = "no effect: STATUS has not changed",
		[POWER_RESULT_NO_CHIP] = "there is no GPIO chip of that name or label",
		[POWER_RESULT_NO_LINE] =
			"it does not have a line that is given, or none is given for this",
		[POWER_RESULT_HELD] = "a line is in use",
		[POWER_RESULT_DENIED] = "the chip may not be opened",
		[POWER_RESULT_COMMAND] = "the program failed, or took longer than a minute",
		[POWER_RESULT_BROKEN] = "the chip or the run-time folder has failed",
	};

	if (result >= POWER_RESULT_COUNT)
		result = POWER_RESULT_BROKEN;
	if (*conf->power.command)
		buf_printf(out, "%s: ", conf->power.command);
	else if (result != POWER_RESULT_LEFT && result != POWER_RESULT_STARTING)
		buf_printf(out, "%s: ", conf->power.chip);
	buf_printf(out, "%s", texts[result]);
	if (result == POWER_RESULT_HELD)
		explain_holders(conf, out);
}
