/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_URC_H
#define GD_AT_URC_H

/* What a line that is neither an echo nor a final may be. */
enum at_urc {
	AT_URC_NOT,     /* an answer, or noise */
	AT_URC_SHAPED,  /* "+NAME: ...", a name that is not known here */
	AT_URC_UNASKED, /* known as a URC, unless a command asked for it */
	AT_URC_SURE,    /* a URC, even if a command waits for this prefix */
};

/* SURE is only what the form itself proves: "+CREG: 1" cannot be an answer to +CREG?, which has <n>
 * before <stat> (27.007 7.2). */
enum at_urc at_urc_of(const char *line);

#endif
