/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_MODE_H
#define GD_MODEM_MODE_H

#include <stdbool.h>

struct buf;

/*
 * Network modes: which technologies a modem may use, and how each family is
 * told. Knows no ports: only words, lines and choices.
 */
enum {
	MODE_2G = 1 << 0,
	MODE_3G = 1 << 1,
	MODE_4G = 1 << 2,
	MODE_5G = 1 << 3,
	MODE_ALL = MODE_2G | MODE_3G | MODE_4G | MODE_5G,
	MODE_CDMA = 1 << 4, /* and its kin: recognised, never requested */
};

struct mode {
	unsigned char allowed;   /* 0: unknown; MODE_ALL: what the modem can */
	unsigned char preferred; /* one bit, or 0 */
};

/* A mode as the modem's own command has it: { "03", { MODE_3G, 0 } } */
struct mode_choice {
	char value[10];
	struct mode mode;
};

#define MODE_CHOICES_MAX 24
struct mode_choices {
	struct mode_choice items[MODE_CHOICES_MAX];
	unsigned count;
};

/* How modems are told the mode. */
struct mode_dialect {
	const char *command; /* "AT!SELRAT": with ?, =? and = */
	const char *key;     /* ... and this first parameter; NULL: none */
	const char *tail;    /* what follows the value that is set; NULL: nothing */
	/* Up to a row with an empty value. NULL: the list has names, and the indexes mean what they
	 * say there. */
	const struct mode_choice *rows;
	const struct mode_dialect *otherwise; /* where this one is refused */
	unsigned char skip;                   /* that many fields before the value, */
	unsigned char fields;                 /* which has so many, in the answer */
	bool bare;                            /* answers may lack the command's name */
	/* The setting cannot be read, only the technology in use, which will do if it is a wanted
	 * one. */
	bool in_use;
	bool apart; /* can only be set while the modem is off its network */
	bool roams; /* behind the value in the answer are the bands, and 0 if it is not to roam */
};

/* 27.007's: where a family's own are refused, and for those that have none */
extern const struct mode_dialect mode_generic;

/* A word of network.mode: "auto", "3g", "2g+3g", "4g-preferred". */
bool mode_parse(const char *word, struct mode *mode);

/* The word for it, "unknown" if it is. Appended to `out`. */
void mode_print(struct mode mode, struct buf *out);

/* The commands that read the mode and set `value`; COMMAND=? lists the modes on offer. */
void mode_print_read(const struct mode_dialect *dialect, struct buf *out);
void mode_print_set(const struct mode_dialect *dialect, const char *value, struct buf *out);

/* The mode in a line of the answer to the first. False for other lines, and for values that no row
 * has; these are kept in choice->value. */
bool mode_decode(const struct mode_dialect *dialect, const char *line, struct mode_choice *choice);

/* Whether a line of the same answer says that the modem is not to use foreign networks. */
bool mode_bars_roaming(const struct mode_dialect *dialect, const char *line);

/* Add what a line of the list offers. */
void mode_decode_list(const struct mode_dialect *dialect, const char *line,
		      struct mode_choices *choices);

/* What the family's modems have, for one that does not list its modes. */
void mode_assume(const struct mode_dialect *dialect, struct mode_choices *choices);

/* What the modem can do, by its modes other than automatic; MODE_ALL also where these do not
 * tell. */
unsigned mode_technologies(const struct mode_choices *choices);

/* The bit of 27.007 7.3's <AcT>; 0 for others. */
unsigned mode_of_act(const char *act);

/* The choice that amounts to what is wanted; NULL when there is none. All that the modem can do
 * means automatic, and automatic prefers the newest. */
const struct mode_choice *mode_choose(const struct mode_choices *choices, struct mode wanted);

/* Whether the mode is already as wanted; `choices` may still be empty. */
bool mode_is_so(const struct mode_choices *choices, struct mode wanted, struct mode current);

/* "auto, 2g, 3g-preferred": what is on offer, each once. Appended. */
void mode_print_choices(const struct mode_choices *choices, struct buf *out);

#endif
