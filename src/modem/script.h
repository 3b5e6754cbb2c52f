/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_SCRIPT_H
#define GD_MODEM_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "at/chan.h"
#include "base/buf.h"
#include "base/cause.h"
#include "modem/apn.h"
#include "modem/card.h"
#include "modem/signal.h"
#include "modem/decode.h"
#include "modem/family.h"
#include "modem/identity.h"
#include "modem/mode.h"
#include "modem/pins.h"
#include "modem/radio.h"
#include "modem/reject.h"

struct conf;

#define MODEM_CONTEXTS_MAX 24
#define SCRIPT_SCAN_S      250 /* of AT+COPS=?; a SARA takes 4 minutes */

/* What the modem has said so far. */
struct modem_facts {
	struct modem_identity identity;
	char imsi[16];                /* "" unknown */
	char iccid[MODEM_ICCID_SIZE]; /* the card's number; "" unknown */
	int mnc_digits;               /* 2 or 3 of the IMSI's; 0 unknown */
	char spn[MODEM_SPN_SIZE];     /* the provider's name on the card; "" unknown */
	char gid1[MODEM_SPN_SIZE];    /* and its group there, in hexadecimal */
	enum modem_sim sim;
	bool sim_early; /* INFO: what it says of the SIM may be different in a minute */
	int pin_left;   /* -1 unknown */
	struct modem_radio radio;
	struct modem_registration registration[MODEM_DOMAIN_COUNT];
	bool domain_known[MODEM_DOMAIN_COUNT]; /* it has reported that one */
	bool registered;                       /* some domain is home or roaming */
	bool roaming;
	struct modem_reject reject; /* by a network; cause 0: none */
	char operator[64];
	char mccmnc[8];
	int act;                /* -1 unknown */
	const char *technology; /* in the maker's own word; NULL unknown */
	struct modem_signal signal;
	int fun; /* 27.007 8.2 <fun>; -1 unknown */
	struct modem_context contexts[MODEM_CONTEXTS_MAX];
	size_t context_count;
	struct mode mode_wanted; /* by the configuration */
	bool no_roaming;         /* the modem is set to use no foreign network */
	struct mode mode;        /* as the modem is set; all 0 if it was not asked */
};

/* How far setting the network mode has come. */
struct mode_progress {
	const struct mode_dialect *dialect; /* NULL: the family's */
	struct mode_choice current;
	struct mode_choices choices;
	int tries;
	bool written, refused, done;
	enum {
		MODE_PLAIN,
		MODE_LEAVING, /* the network, for the set */
		MODE_APART,
		MODE_RETURNING
	} phase;
	struct at_final final; /* of the set, until it has returned */
};

/* How far writing the context has come, and what its next try needs first. */
enum context_write {
	CONTEXT_PLAIN,
	CONTEXT_DEACTIVATE,
	CONTEXT_RADIO_OFF,
	CONTEXT_REATTACH, /* the radio off before the first try, so that the network hears of it */
	CONTEXT_RIGHT,
	CONTEXT_REFUSED,
};

/* What `info` changes for its questions and restores. */
enum script_kept {
	SCRIPT_KEPT_CREG, /* <n>, by enum modem_domain */
	SCRIPT_KEPT_CGREG,
	SCRIPT_KEPT_CEREG,
	SCRIPT_KEPT_COPS, /* <format> */
	SCRIPT_KEPT_CMEE,
	SCRIPT_KEPT_COUNT
};

/* The script's stages, each a table of steps. A dial goes through the first three; the last two are
 * used on their own. */
enum script_stage {
	SCRIPT_PREPARE,  /* settings, SIM, context */
	SCRIPT_REGISTER, /* until a network has accepted us */
	SCRIPT_DIAL,     /* until CONNECT */
	SCRIPT_INFO,     /* read all there is, and set nothing for good */
	SCRIPT_WATCH,    /* the part of that which changes during a call; sets nothing */
};

enum script_verdict {
	SCRIPT_COMMAND, /* send the command */
	SCRIPT_PENDING, /* a command is on its way */
	SCRIPT_WAIT,    /* nothing to send before `wake_at` */
	SCRIPT_DONE,    /* the stage is over */
	SCRIPT_FAILED,  /* `cause` and `text` say why */
};

/* What the script has done to this modem and learned for itself. */
struct script_modem {
	struct modem_context context; /* as it is now; cid 0: not there */
	int cid;                      /* the one to use; 0: not chosen yet */
	bool cid_chosen;              /* by us, not by the configuration */
	int cids_max;                 /* by +CGDCONT=?; 0: unknown */
	bool contexts_told;           /* the list, which may be empty, or that there is none */
	bool contexts_hidden;         /* and the dial goes on with them as they are */
	enum context_write write;
	bool lte_unclear;  /* whether it knows LTE, as it was busy, silent, or young */
	bool free_refused; /* the modem has no free number after all */
	bool detached;     /* a context was ended, the last perhaps */
	bool radio_cut;    /* for the context */
	int account_cid;   /* which has name and password */
	bool ipv4_only;    /* it has refused IPV4V6 */
	bool selection_known, selection_freed;   /* +COPS=0 has been sent */
	int selection;                           /* +COPS's <mode> */
	bool domain_missing[MODEM_DOMAIN_COUNT]; /* the read was refused */
	bool urcs_on[MODEM_DOMAIN_COUNT];        /* reported unasked, as far as it can be */
	bool no_reasons[MODEM_DOMAIN_COUNT];     /* it cannot report why it is refused */
	bool urc_refused;                        /* by the domain just asked */
	struct mode_progress mode;
	struct at_final sim_final; /* of +CPIN? */
	char sim_text[32];
	bool sim_radio_checked; /* +CFUN? has been asked because of that */
	bool sim_wakes;         /* the radio is switched off and on for it */
	bool pin_sent, pin_taken;
	bool pin_pending; /* the SIM is open, and marks of earlier PINs are there */
	bool pin_refused; /* in the SIM's own words */
	bool pin_doubted; /* the counter has been asked again */
	int pin_left;     /* what it said before */
	int64_t pin_at;   /* when it was sent, or answered */
	struct at_final pin_answer;
	bool radio_checked; /* +CFUN? has been answered */
	bool radio_told;    /* the family's own word has been asked for */
	bool radio_asked;   /* +CFUN=1 has been sent */
	bool radio_odd;     /* because of a number that does not say that it is off */
	bool radio_cuts;    /* it goes off and on, for a denial */
	int64_t radio_asked_at;
	int radio_fun;               /* what +CFUN? said */
	bool attach_checked;         /* +CGATT? has been answered */
	bool attach_wanted;          /* +CGATT=1 is next */
	bool active_checked;         /* +CGACT? has been answered, after a refused call */
	bool active;                 /* what it said of our context, then what is set */
	int toggles;                 /* +CGACT=0 or 1 to be sent: the cure, then its undoing */
	int attached;                /* 0: no; -1: unknown */
	int64_t reason_at;           /* when to ask again why the network refuses */
	int reason_said;             /* the cause that is in the log */
	bool signs_wanted;           /* of a network, where no domain tells of one */
	unsigned forms_tried;        /* of dialing, as bits */
	struct at_final dial_final;  /* of the last of them */
	int kept[SCRIPT_KEPT_COUNT]; /* INFO: as it was; -1: not known */
};

/* What is known of this modem from its earlier dials. */
struct script_memory {
	char model[64];       /* whose it is */
	unsigned accounts;    /* a bit for each context that has an account of ours */
	int form_good;        /* of dialing, the one that last brought a link */
	int form;             /* of dialing, that it took last */
	bool short_tried;     /* *99# after NO CARRIER */
	bool data_tried;      /* and AT+CGDATA */
	bool forms_futile;    /* of dialing: all of them came to nothing */
	bool write_futile;    /* no cure made it take the context */
	bool toggle_futile;   /* nor was a call taken with the context active, or no longer so */
	int elsewhere;        /* dials beside the network's own context that brought no link */
	int anyway;           /* dials without registration since the last link */
	int64_t denied_since; /* the first denial, or the last cut of the radio; 0: none */
	int unattached;       /* calls since the last link while it was not to be attached */
	bool searched;        /* the last registration was searched for to the end */
	int untold;           /* dials that failed while it did not tell its contexts */
	int sim_wakes; /* the radio went off and on for its SIM, since it came or the last link */
};

/* What a script asks of the memory that outlives it: which form of dialing, as the start of its
 * command, brought the model's last link; "" for the usual one. */
struct form_ops {
	bool (*recall)(void *ctx, const char *model, char *form, size_t size);
	void (*keep)(void *ctx, const char *model, const char *form);
};

/* INFO: a look at all networks around, which takes minutes. */
struct modem_scan {
	bool wanted;
	bool done;               /* the modem has listed them */
	unsigned char own;       /* the technologies that it has; 0, MODE_ALL: it does not say */
	unsigned char offered;   /* those of the networks that it lists, as far as it says */
	int networks, forbidden; /* in all, and to this SIM */
	struct buf names;        /* a network a line */
};

/*
 * Compares what is wanted (conf) with what the modem says, and closes the gap with
 * the fewest commands. Call script_next, send what it gives, hand in the reply,
 * repeat. Knows nothing about ports and clocks.
 */
struct script {
	const struct conf *conf;           /* borrowed */
	const struct modem_family *family; /* never NULL */
	struct modem_identity ati;         /* what it said to the probe */
	struct modem_facts facts;
	struct script_modem modem;
	struct script_memory memory;
	struct modem_scan scan;
	struct apn_walk apn;
	const struct apn_ops *apns; /* NULL: none is remembered */
	void *apns_ctx;
	const struct form_ops *forms; /* the same */
	void *forms_ctx;
	struct apn_try as_is;        /* the modem's own context */
	struct apn_try spent;        /* came to nothing in a call of an earlier process, */
	bool has_spent;              /* if there was one */
	const char *providers;       /* the table, borrowed; NULL: none */
	const struct pins_ops *pins; /* NULL: no PIN is sent */
	void *pins_ctx;
	bool attach_first; /* REGISTER: another program dials, and knows no cure */

	enum script_stage stage;
	size_t step;  /* of the stage */
	size_t index; /* of the tries of this step */
	int number;   /* the step's */
	bool pending;
	int64_t now;
	int64_t wake_at;       /* SCRIPT_WAIT ends */
	int64_t started_at;    /* the stage */
	int64_t denied_at;     /* since when all domains say denied; -1 */
	int64_t born_at;       /* the modem's power-up or first answer; -1: long ago */
	int64_t early_at;      /* the stage's first refusal that came too early; -1 */
	struct at_command at;  /* in flight */
	struct buf command;    /* its text */
	char prefix[24];       /* of its answer */
	struct buf call_error; /* what the call ended with, for +CEER */
	int timeouts;          /* INFO: one after the other */
	int lines;             /* of this answer, before this one */
	bool winding_up;       /* INFO: only what restores is sent */

	bool wrong_modem;   /* FAILED: its IMEI is not modem.imei */
	bool denied;        /* FAILED: the network said no for good */
	enum cause cause;   /* FAILED */
	struct buf text;    /* FAILED: one line for people */
	struct buf notices; /* what did not stop it, one a line, after the digit of its log level */
};

void script_init(struct script *script, const struct conf *conf);
void script_free(struct script *script);

/* Start a stage. SCRIPT_PREPARE and SCRIPT_INFO forget what an earlier modem said. */
void script_start(struct script *script, enum script_stage stage, int64_t now);

/* SCRIPT_INFO: ask nothing more, but put back what has been set. It is over with SCRIPT_DONE. */
void script_wind_up(struct script *script);

/* What to do now. On SCRIPT_COMMAND `command` is filled; its text is good until the reply has been
 * handed in. */
enum script_verdict script_next(struct script *script, struct at_command *command, int64_t now);

/* The reply to the command that script_next gave. */
void script_reply(struct script *script, const struct at_event *reply, int64_t now);

/* A URC at any time: registration and SIM are taken from it. One that says roaming where that is
 * not wanted fails the stage (SCRIPT_FAILED, `cause`). */
void script_urc(struct script *script, const char *line, int64_t now);

/* A link came of the last dial. */
void script_succeeded(struct script *script);

/* Whether the last call was refused in a way that the APN may explain: not for want of service. */
bool script_call_was_refused(const struct script *script);

/* Whether LTE's network denies the modem in a way that the APN of its attach may explain. */
bool script_attach_was_refused(const struct script *script);

/* The network refused the last dial, or the call brought no PPP: the context may be to blame. */
void script_got_no_link(struct script *script);

/* The context that the dial uses, and its command. */
int script_cid(const struct script *script);
void script_put_dial(const struct script *script, struct buf *out);

/* Whether the network's last word on registration is no. */
bool script_is_denied(const struct script *script);

/* "cs searching, ps denied": where registration stands, for people. */
void script_describe_registration(const struct script *script, struct buf *out);

#endif
