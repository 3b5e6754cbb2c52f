/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_FINAL_H
#define GD_AT_FINAL_H

#include <stdbool.h>

struct buf;

/* How a command ended: V.250 5.7.1 result codes, 27.007 9 and 27.005 3.2.5 errors, and the vendors'
 * own words. */
enum at_final_kind {
	AT_FINAL_NONE, /* not a final result */
	AT_FINAL_OK,
	AT_FINAL_CONNECT,
	AT_FINAL_ERROR, /* ERROR and the vendors' words for it */
	AT_FINAL_CME,
	AT_FINAL_CMS,
	AT_FINAL_NO_CARRIER,
	AT_FINAL_BUSY,
	AT_FINAL_NO_ANSWER,
	AT_FINAL_NO_DIALTONE,
	AT_FINAL_TIMEOUT, /* nothing came in time */
};

struct at_final {
	enum at_final_kind kind;
	/* CME and CMS: the number (27.007 9.2, 27.005 3.2.5), also where the modem sent the text;
	 * -1 when unknown. Other kinds: 0. */
	int code;
	/* The line as it came, printable, cut to fit; "" for a timeout. */
	char line[64];
};

/* Classify one line without its line end. CONNECT, NO CARRIER, BUSY, NO ANSWER and NO DIALTONE
 * count only with `dial`; otherwise they are NONE, because a second port may report another port's
 * call with them. */
struct at_final at_final_parse(const char *line, bool dial);

/* For people: "OK", "no answer in time", "+CME ERROR: 30 (no network service)". Appended to
 * `out`. */
void at_final_describe(const struct at_final *final, struct buf *out);

/* What an error means to the caller. */
enum at_error_class {
	AT_ERROR_OTHER,
	AT_ERROR_BUSY,       /* the SIM or the modem: ask again soon */
	AT_ERROR_SIM,        /* none, or it fails */
	AT_ERROR_PIN,        /* PIN wanted or wrong */
	AT_ERROR_PUK,        /* blocked, PUK wanted */
	AT_ERROR_NETWORK,    /* no service, not allowed, timeout of network */
	AT_ERROR_APN,        /* 24.008 causes 8, 27, 32, 33: refused subscription */
	AT_ERROR_UNSUPPORTED /* the modem does not know the command */
};

/* Class of a final; AT_ERROR_OTHER if it is not a CME error or says nothing. */
enum at_error_class at_final_class(const struct at_final *final);

/* 27.007 9.2's text for a CME number, NULL when it has none. Static. */
const char *at_cme_text(int code);

#endif
