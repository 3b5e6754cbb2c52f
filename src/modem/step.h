/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_STEP_H
#define GD_MODEM_STEP_H

#include <stddef.h>

#include "base/count.h"
#include "modem/script.h"

/* Between script.c and the files of its stages; nobody else includes this. */

enum step_outcome {
	STEP_SEND,   /* ask: script->command is filled */
	STEP_NEXT,   /* this step is over, or not needed */
	STEP_AGAIN,  /* go on at script->step, and not before script->wake_at */
	STEP_FINISH, /* the stage is done */
	STEP_FAIL    /* script_fail has been called */
};

/* Steps that others jump to. */
enum step_label {
	STEP_UNLABELLED,
	STEP_SIM,
	STEP_SIM_WAKE,
	STEP_MODE,
	STEP_DOMAINS,
	STEP_RADIO_CUT,
	STEP_OPERATOR,
	STEP_CONTEXT,
	STEP_DIAL,
};

/* When a step is needed; the rest is up to its `ask`. */
enum step_when {
	IF_ALWAYS,
	IF_IMEI_CONFIGURED,
	IF_SIM_UNSETTLED,
	IF_SIM_UNKNOWN,
	/* a PIN is to be sent, and ... */
	IF_PIN_LEFT_WANTED,
	IF_PIN_LEFT_GUESSED, /* the family has no counter of its own */
	IF_ICCID_WANTED,
	IF_IMEI_WANTED,
	/* network.apn is "auto", and ... */
	IF_APN_NEW,    /* nothing is known yet of what may be tried */
	IF_APN_TABLE,  /* the table's turn has come, */
	IF_APN_SHARED, /* and several providers share the network */
	IF_OPERATOR_CHOSEN,
	IF_SELECTION_UNKNOWN,
	IF_DOMAIN_THERE, /* by its read: this, and the next three, of domain `number` */
	IF_URC_WANTED,
	IF_CELLS_WANTED,
	IF_URC_REFUSED,
	IF_REASON_WANTED, /* the network refuses the modem, and has not said why */
	IF_SEARCHED,      /* to no end, the last time; the signal is not known */
	IF_SIGNS_WANTED,  /* of a network, as no domain tells of one; */
	IF_OWN_WANTED,    /* and whether it is the SIM's own */
	IF_ELSEWHERE,     /* the call uses another context than 1, by our choice */
	IF_RADIO_UNTOLD,
	IF_RADIO_NOT_ON,
	IF_SIGNAL_UNKNOWN,
	IF_TECHNOLOGY_UNKNOWN,
	IF_PIN_LEFT_UNKNOWN,
	IF_SIM_OPEN,
	IF_PROVIDER_ASKED, /* the same, and who its provider is */
	IF_ICCID_UNKNOWN,
	/* by kept[number] */
	IF_KEPT,
	IF_CELL_HIDDEN,
	IF_REASON_HIDDEN,     /* and the domain `number` is not registered */
	IF_CELL_STILL_HIDDEN, /* the last was not the case, or refused */
	IF_NAME_MISSING,
	IF_NUMBER_MISSING,
	IF_ERRORS_TERSE,
	IF_SCAN_WANTED,
};

/* What a line of the answer tells. */
enum step_fact {
	FACT_NONE,
	/* of one line */
	FACT_IMEI,
	FACT_IMSI,
	FACT_SIM,
	FACT_FUN,
	FACT_DOMAIN,   /* registration, and kept[number] */
	FACT_OPERATOR, /* and selection, and kept[SCRIPT_KEPT_COPS] */
	FACT_ERRORS,   /* kept[SCRIPT_KEPT_CMEE] */
	FACT_CSQ,
	FACT_SIM_AD,
	FACT_SIM_SPN,
	FACT_SIM_GID1,
	/* of any number */
	FACT_SIGNAL, /* and technology */
	FACT_MANUFACTURER,
	FACT_MODEL,
	FACT_REVISION,
	FACT_PIN_LEFT,
	FACT_ICCID,
	FACT_RADIO,
	FACT_REJECT,
	FACT_CONTEXT,
	FACT_ATTACHED,
};

/* A command and what becomes of its answer: when -> text, family or ask -> fact, for each line ->
 * take. */
struct step {
	const char *text; /* the command */
	/* ... or what fills script->command, and changes script->at where the row is not enough */
	enum step_outcome (*ask)(struct script *script);
	enum step_outcome (*take)(struct script *script, const struct at_event *reply);
	unsigned char family;    /* ... or where struct modem_family has it: STEP_FAMILY */
	unsigned char when;      /* enum step_when */
	unsigned char fact;      /* enum step_fact */
	unsigned char number;    /* script->number meanwhile */
	unsigned char timeout_s; /* 0: 5 s */
	unsigned char flags;     /* enum at_flags */
	unsigned char label;     /* enum step_label */
	bool early : 1;          /* refused in the modem's first minute it is asked again */
	bool plain : 1;          /* the answer may lack the command's name */
	bool numbered : 1;       /* kept[number] ends the command: it puts back */
	bool watched : 1;        /* of SCRIPT_WATCH too */
};

/* The family's own command; no step without one. */
#define STEP_FAMILY(command) .family = offsetof(struct modem_family, command)

/* A part of a stage. */
struct steps {
	const struct step *rows;
	size_t count;
};
#define STEPS(rows)               \
	{                         \
		rows, COUNT(rows) \
	}

extern const struct steps steps_prepare, steps_sim, steps_cdma, steps_mode, steps_contexts,
	steps_apn, steps_context, steps_account, steps_register, steps_registered, steps_attach,
	steps_dial, steps_form, steps_activate, steps_refused, steps_redial, steps_inquiry;

/* +CRSM's READ BINARY of EF-AD, EF-SPN and EF-GID1. */
#define SIM_FILE_AD   "AT+CRSM=176,28589,0,0,4"
#define SIM_FILE_SPN  "AT+CRSM=176,28486,0,0,17"
#define SIM_FILE_GID1 "AT+CRSM=176,28478,0,0,0"

/* Set cause and text; returns STEP_FAIL. */
enum step_outcome script_fail(struct script *script, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with the text "COMMAND refused: FINAL". */
enum step_outcome script_fail_refused(struct script *script, enum cause cause,
				      const struct at_event *reply);

#define SCRIPT_EARLY_MS 15000 /* a step with `early` that fails is repeated for so long */

/* Whether the answer may be only "not yet": the modem has been up for less than a minute, and has
 * not said in so many words that it does not know the command. */
bool script_is_early(const struct script *script, const struct at_final *final);

/* Whether an answer without what was asked for means that the modem does not know the command. */
bool script_lacks_command(const struct script *script, const struct at_final *final);

/* A line for the log about a change that we make or a choice. */
void script_say(struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for what is odd, but no reason to stop. */
void script_notice(struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* script_notice with the text "COMMAND refused: FINAL" and what follows from it. */
void script_notice_refused(struct script *script, const struct at_event *reply, const char *more);

/* Make the step with that label the next one; returns STEP_AGAIN. */
enum step_outcome script_jump(struct script *script, enum step_label label);

/* Go through an answer's lines: copies the next into `line`, false at the end. Start with *at =
 * reply->text. */
bool step_next_line(const char **at, char *line, size_t size);

/* apn.c: whether network.apn is "auto", and what IF_APN_... say. */
bool step_apn_is_free(const struct script *script);
/* One of the table's, with others to come: it explains a refusal better than the modem does. */
bool step_apn_is_guess(const struct script *script);
bool step_apn_is_new(const struct script *script);
bool step_apn_wants_table(const struct script *script);
bool step_apn_is_shared(const struct script *script);

/* step.c: a registration line into the facts; false if it is none. */
bool step_take_registration(struct script *script, const char *line);

/* The modem may be registered no longer. */
void step_forget_network(struct script *script);

/* Whether AT+CFUN=1 is sent once more, in a second: some refuse it while the radio still goes off,
 * or for seconds after their start, as a SIM7670G. */
bool step_repeats_radio_on(struct script *script, const struct at_event *reply);

/* STEP_FAIL when registered with a foreign network that is not wanted. */
enum step_outcome script_check_roaming(struct script *script);

/* What an error to +CPIN? says of the SIM. */
enum modem_sim step_sim_of_error(const struct at_final *final);

/* step.c: whether a step is needed, and what a line of its answer tells. */
bool step_is_needed(const struct script *script, const struct step *step);
void step_take_line(struct script *script, const struct step *step, const char *line);

/* Into the facts' list, in place of the one with its cid; what is more than the list holds is left
 * out. */
void step_put_context(struct script *script, const struct modem_context *context);

/* context.c: the network's own context that we leave alone, with another APN than the wanted; NULL:
 * there is none, or the user has chosen the number. */
const struct modem_context *step_spared_context(const struct script *script);

/* context.c: overwrite it all the same. `why` is for the log. */
enum step_outcome step_overwrite(struct script *script, const struct modem_context *context,
				 const char *why);

/* dial.c: whether the call was refused in a way that the modem's state may explain. */
bool step_call_refused(const struct script *script);

/* dial-form.c: 27.007 10.2.1.1's and its sisters. Firmware knows one or another of them; which, is
 * remembered. */
enum dial_form { FORM_CID, FORM_SHORT, FORM_TONE, FORM_DATA, FORM_IP, FORM_COUNT };
extern const char *const step_dial_forms[FORM_COUNT];

/* The form of dialing that brought the model's last link, and that it has brought one. */
void step_recall_form(struct script *script);
void step_keep_form(struct script *script);

/* dial.c: once more, with all forms. */
enum step_outcome step_dial_again(struct script *script);

/* register.c: whether the domain reports why it is refused. */
enum step_outcome step_take_reasons(struct script *script, const struct at_event *reply);

/* register.c: wait for registration, and look again. */
enum step_outcome step_wait_registered(struct script *script);

/* "; the modem is told to use 4g only", when it is. Appended. */
void mode_describe_limit(const struct script *script, struct buf *out);

#endif
