/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_DECODE_H
#define GD_MODEM_DECODE_H

#include <stdbool.h>

/* Decoders of single answer lines. Each returns false, and changes nothing, for a line that is not
 * its own or makes no sense. */

/* 27.007 7.2 <stat>, 0 to 11. */
enum modem_reg {
	MODEM_REG_IDLE,
	MODEM_REG_HOME,
	MODEM_REG_SEARCHING,
	MODEM_REG_DENIED,
	MODEM_REG_UNKNOWN,
	MODEM_REG_ROAMING,
	MODEM_REG_HOME_SMS,
	MODEM_REG_ROAMING_SMS,
	MODEM_REG_EMERGENCY,
	MODEM_REG_HOME_CSFB,
	MODEM_REG_ROAMING_CSFB,
	MODEM_REG_RLOS,
	MODEM_REG_COUNT
};

enum modem_domain {
	MODEM_DOMAIN_CS,  /* +CREG */
	MODEM_DOMAIN_PS,  /* +CGREG */
	MODEM_DOMAIN_EPS, /* +CEREG */
	MODEM_DOMAIN_COUNT
};

struct modem_registration {
	enum modem_reg stat;
	int lac;   /* location or tracking area; -1 unknown */
	long ci;   /* cell; -1 unknown */
	int act;   /* 27.007 7.3 <AcT>; -1 unknown */
	int cause; /* why it is not registered; 0 unknown */
};

enum modem_sim {
	MODEM_SIM_UNKNOWN,
	MODEM_SIM_READY,
	MODEM_SIM_PIN,
	MODEM_SIM_PUK,
	MODEM_SIM_MISSING,
	MODEM_SIM_BUSY,
	MODEM_SIM_FAILED,
	MODEM_SIM_OTHER_LOCK, /* PH-NET PIN and its kin */
};

struct modem_context {
	int cid;
	char type[12]; /* "IP", "IPV6", "IPV4V6" */
	char apn[101];
	bool reserved; /* for the network: IMS, emergency calls, its administration */
};

/* As in the JSON output: "home", "searching", ... Static. */
const char *modem_reg_name(enum modem_reg reg);
/* "ready", "pin", ... Static. */
const char *modem_sim_name(enum modem_sim sim);
/* "GSM", "UMTS", "HSPA", "LTE", ... NULL for -1 and unknown ones. Static. */
const char *modem_act_name(int act);
/* "cs", "ps", "eps". Static. */
const char *modem_domain_name(enum modem_domain domain);

/* Data may flow: home or roaming, not for SMS only (27.007 7.2). */
bool modem_reg_is_registered(enum modem_reg reg);
bool modem_reg_is_roaming(enum modem_reg reg);

/* Both forms, +CREG: <stat>[,...] and +CREG: <n>,<stat>[,...], with or without quotes, <rac> and a
 * Gobi's blanks; for any of the three domains. */
bool modem_decode_registration(const char *line, enum modem_domain *domain,
			       struct modem_registration *registration);

/* +CPIN: READY, SIM PIN, "SIM PUK", ... (27.007 8.3) */
bool modem_decode_cpin(const char *line, enum modem_sim *sim);

/* +CGDCONT: as the read form answers (27.007 10.1.1). */
bool modem_decode_context(const char *line, struct modem_context *context);

/* +CSQ: unconverted (27.007 8.5): 0 to 31 or 99. */
bool modem_decode_csq(const char *line, int *csq, int *ber);

/* +CSQ's number in dBm, 0 for 99 and nonsense. */
int modem_csq_dbm(int csq);

/* +COPS: as the read form answers; fills `name` or `mccmnc` by its format and leaves the other
 * alone. Hexadecimal UCS2 becomes UTF-8. `act` is -1 if absent. */
bool modem_decode_cops(const char *line, char *name, unsigned name_size, char *mccmnc,
		       unsigned mccmnc_size, int *act);

/* The first field: <mode> of "+COPS:", also where nothing follows (27.007 7.3: 0 automatic, 1 by
 * hand, 2 deregistered, 4 by hand, then automatic), <fun> of "+CFUN:" (27.007 8.2). */
bool modem_decode_number(const char *line, const char *prefix, int *number);

/* Whether two APNs mean the same, regardless of case and of a network's ".mncNNN.mccNNN.gprs"
 * suffix (23.003 9.1.2). */
bool modem_apn_equal(const char *a, const char *b);

#endif
