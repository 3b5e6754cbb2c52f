/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>

#include "at/chan.h"
#include "at/secret.h"
#include "base/count.h"

#define PIN (AT_SECRET_PIN | AT_SECRET_VALUE)

/* Parts of names; a name may go on: ^CPIN2=, #CSIM=, ^CARDUNLOCK=. */
static const struct {
	char name[9];
	unsigned char secrets;
} names[] = {
	{"PIN", PIN},      /* +CPIN, ^CPIN, *EPIN, +XPIN, +ZSIMPIN */
	{"PUK", PIN},      /* *EPUK */
	{"LCK", PIN},      /* +CLCK, ^SLCK, +WLCK, +ESMLCK */
	{"PWD", PIN},      /* +CPWD, ^SPWD */
	{"PSW", PIN},      /* #PSWD */
	{"CSIM", PIN},     /* VERIFY and its like as an APDU */
	{"CGLA", PIN},     /* ... in a channel of its own (27.007 8.43) */
	{"CRLA", PIN},     /* ... restricted */
	{"APDU", PIN},     /* makers' own for it */
	{"CARDLOCK", PIN}, /* Huawei's network lock; ten tries */
	{"DATALOCK", PIN}, /* Huawei's service lock */
	{"SIMLOCK", PIN},  /* Fibocom, Intel, Quectel */
	{"UNLOCK", PIN},   /* ^CARDUNLOCK, !UNLOCK, +MEPUNLOCK */
	{"NCK", PIN},      /* ZTE's +ZNCK: network lock */
	{"MEP", PIN},      /* Sierra's and u-blox's personalisation */
	{"AUTH", AT_SECRET_VALUE},
	{"PDPP", AT_SECRET_VALUE},   /* $QCPDPP, _OPDPP */
	{"PDPCFG", AT_SECRET_VALUE}, /* Icera's %IPDPCFG */
	{"EIAAUW", AT_SECRET_VALUE}, /* Ericsson */
	{"QICSGP", AT_SECRET_VALUE}, /* Quectel: APN, name and password */
	{"SGACT", AT_SECRET_VALUE},  /* Telit, likewise */
	{"CSTT", AT_SECRET_VALUE},   /* SIMCom, likewise */
	{"CNCFG", AT_SECRET_VALUE},
	{"SAPBR", AT_SECRET_VALUE},
	{"UPSD", AT_SECRET_VALUE}, /* u-blox */
	{"SICS", AT_SECRET_VALUE}, /* Cinterion */
	{"PASS", AT_SECRET_VALUE},
	{"ENTERCND", AT_SECRET_VALUE}, /* Sierra's password for its settings */
	{"SETCND", AT_SECRET_VALUE},
	{"OPENLOCK", AT_SECRET_VALUE},
	{"OPENCND", AT_SECRET_VALUE},
};

/* Dialed codes with a password: of barring, PIN and PUK (22.030 6.6). */
static const char *const dialed[] = {"*03*", "*04*", "*042*", "*05*", "*052*"};

bool at_sets_value(const char *line, const char *name)
{
	while ((line = strstr(line, name))) {
		bool ping = strcmp(name, "PIN") == 0 && line[3] == 'G';

		line += strlen(name);
		line += strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
		if (!ping && line[0] == '=' && line[1] != '?')
			return true;
	}
	return false;
}

unsigned at_secrets_in(const char *line)
{
	char text[AT_COMMAND_MAX + 1];
	unsigned secrets = 0;
	size_t len = 0;

	/* Modems skip blanks (V.250 5.2.1) and take either case. */
	for (; *line && len < AT_COMMAND_MAX; line++)
		if (*line != ' ')
			text[len++] = (char)toupper((unsigned char)*line);
	text[len] = '\0';
	for (size_t i = 0; i < COUNT(names); i++)
		if (at_sets_value(text, names[i].name))
			secrets |= names[i].secrets;
	for (size_t i = 0; i < COUNT(dialed); i++)
		if (strstr(text, dialed[i]))
			secrets |= PIN;
	explicit_bzero(text, sizeof(text));
	return secrets;
}
