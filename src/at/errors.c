/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "at/errors.h"
#include "base/count.h"

/* clang-format off */

/*
 * The first row of a number has its standard text, the others what modems write
 * instead. 5 to 7 and 40 to 47 are locks of the modem, which no PIN of the SIM
 * opens: this SIM cannot be used in it.
 */
static const struct at_error cme_errors[] = {
	{ 0,   AT_ERROR_OTHER,       "phone failure" },
	{ 1,   AT_ERROR_OTHER,       "no connection to phone" },
	{ 2,   AT_ERROR_BUSY,        "phone-adaptor link reserved" },
	{ 2,   AT_ERROR_BUSY,        "phone adapter link reserved" },
	{ 3,   AT_ERROR_OTHER,       "operation not allowed" },
	{ 4,   AT_ERROR_UNSUPPORTED, "operation not supported" },
	{ 5,   AT_ERROR_SIM,         "PH-SIM PIN required" },
	{ 6,   AT_ERROR_SIM,         "PH-FSIM PIN required" },
	{ 7,   AT_ERROR_SIM,         "PH-FSIM PUK required" },
	{ 10,  AT_ERROR_SIM,         "SIM not inserted" },
	{ 11,  AT_ERROR_PIN,         "SIM PIN required" },
	{ 11,  AT_ERROR_PIN,         "SIM PIN necessary" },
	{ 12,  AT_ERROR_PUK,         "SIM PUK required" },
	{ 12,  AT_ERROR_PUK,         "SIM PUK necessary" },
	{ 13,  AT_ERROR_SIM,         "SIM failure" },
	{ 14,  AT_ERROR_BUSY,        "SIM busy" },
	{ 15,  AT_ERROR_SIM,         "SIM wrong" },
	{ 16,  AT_ERROR_PIN,         "incorrect password" },
	{ 17,  AT_ERROR_OTHER,       "SIM PIN2 required" },
	{ 18,  AT_ERROR_OTHER,       "SIM PUK2 required" },
	{ 20,  AT_ERROR_OTHER,       "memory full" },
	{ 21,  AT_ERROR_OTHER,       "invalid index" },
	{ 22,  AT_ERROR_OTHER,       "not found" },
	{ 23,  AT_ERROR_OTHER,       "memory failure" },
	{ 24,  AT_ERROR_OTHER,       "text string too long" },
	{ 25,  AT_ERROR_OTHER,       "invalid characters in text string" },
	{ 26,  AT_ERROR_OTHER,       "dial string too long" },
	{ 27,  AT_ERROR_OTHER,       "invalid characters in dial string" },
	{ 30,  AT_ERROR_NETWORK,     "no network service" },
	{ 30,  AT_ERROR_NETWORK,     "no network" },
	{ 31,  AT_ERROR_NETWORK,     "network timeout" },
	{ 32,  AT_ERROR_NETWORK,     "network not allowed - emergency calls only" },
	{ 32,  AT_ERROR_NETWORK,     "network not allowed" },
	{ 40,  AT_ERROR_SIM,         "network personalization PIN required" },
	{ 41,  AT_ERROR_SIM,         "network personalization PUK required" },
	{ 42,  AT_ERROR_SIM,         "network subset personalization PIN required" },
	{ 43,  AT_ERROR_SIM,         "network subset personalization PUK required" },
	{ 44,  AT_ERROR_SIM,         "service provider personalization PIN required" },
	{ 45,  AT_ERROR_SIM,         "service provider personalization PUK required" },
	{ 46,  AT_ERROR_SIM,         "corporate personalization PIN required" },
	{ 47,  AT_ERROR_SIM,         "corporate personalization PUK required" },
	{ 48,  AT_ERROR_OTHER,       "hidden key required" },
	{ 49,  AT_ERROR_OTHER,       "EAP method not supported" },
	{ 50,  AT_ERROR_OTHER,       "incorrect parameters" },
	{ 51,  AT_ERROR_OTHER,       "command implemented but currently disabled" },
	{ 52,  AT_ERROR_OTHER,       "command aborted by user" },
	{ 53,  AT_ERROR_NETWORK,     "not attached to network due to MT functionality restrictions" },
	{ 54,  AT_ERROR_NETWORK,     "modem not allowed - MT restricted to emergency calls only" },
	{ 55,  AT_ERROR_OTHER,       "operation not allowed because of MT functionality restrictions" },
	{ 56,  AT_ERROR_OTHER,       "fixed dial number only allowed - called number is not a fixed dial number" },
	{ 57,  AT_ERROR_BUSY,        "temporarily out of service due to other MT usage" },
	{ 58,  AT_ERROR_OTHER,       "language/alphabet not supported" },
	{ 59,  AT_ERROR_OTHER,       "unexpected data value" },
	{ 60,  AT_ERROR_OTHER,       "system failure" },
	{ 61,  AT_ERROR_OTHER,       "data missing" },
	{ 62,  AT_ERROR_NETWORK,     "call barred" },
	{ 63,  AT_ERROR_OTHER,       "message waiting indication subscription failure" },
	{ 100, AT_ERROR_OTHER,       "unknown" },
	{ 100, AT_ERROR_OTHER,       "unknown error" },

	/* 9.2.2: attach; the number is 100 + 24.008's cause where it has one */
	{ 102, AT_ERROR_NETWORK,     "IMSI unknown in HSS" },
	{ 102, AT_ERROR_NETWORK,     "IMSI unknown in HLR" },
	{ 103, AT_ERROR_NETWORK,     "illegal MS" },
	{ 103, AT_ERROR_NETWORK,     "illegal UE" },
	{ 104, AT_ERROR_NETWORK,     "IMSI unknown in VLR" },
	{ 105, AT_ERROR_NETWORK,     "IMEI not accepted" },
	{ 106, AT_ERROR_NETWORK,     "illegal ME" },
	{ 107, AT_ERROR_NETWORK,     "GPRS services not allowed" },
	{ 107, AT_ERROR_NETWORK,     "EPS services not allowed" },
	{ 107, AT_ERROR_NETWORK,     "PS services not allowed" },
	{ 108, AT_ERROR_NETWORK,     "GPRS services and non-GPRS services not allowed" },
	{ 108, AT_ERROR_NETWORK,     "EPS services and non-EPS services not allowed" },
	{ 109, AT_ERROR_NETWORK,     "MS identity cannot be derived by the network" },
	{ 109, AT_ERROR_NETWORK,     "UE identity cannot be derived by the network" },
	{ 110, AT_ERROR_NETWORK,     "implicitly detached" },
	{ 111, AT_ERROR_NETWORK,     "PLMN not allowed" },
	{ 112, AT_ERROR_NETWORK,     "location area not allowed" },
	{ 112, AT_ERROR_NETWORK,     "tracking area not allowed" },
	{ 113, AT_ERROR_NETWORK,     "roaming not allowed in this location area" },
	{ 113, AT_ERROR_NETWORK,     "roaming not allowed in this tracking area" },
	{ 114, AT_ERROR_NETWORK,     "GPRS services not allowed in this PLMN" },
	{ 114, AT_ERROR_NETWORK,     "EPS services not allowed in this PLMN" },
	{ 115, AT_ERROR_NETWORK,     "no suitable cells in location area" },
	{ 115, AT_ERROR_NETWORK,     "no suitable cells in tracking area" },
	{ 116, AT_ERROR_NETWORK,     "MSC temporarily not reachable" },
	{ 117, AT_ERROR_NETWORK,     "network failure" },
	{ 118, AT_ERROR_NETWORK,     "CS domain not available" },
	{ 119, AT_ERROR_NETWORK,     "ESM failure" },
	{ 122, AT_ERROR_NETWORK,     "congestion" },
	{ 124, AT_ERROR_NETWORK,     "MBMS bearer capabilities insufficient for the service" },
	{ 125, AT_ERROR_NETWORK,     "not authorized for this CSG" },

	/* activation of a context */
	{ 126, AT_ERROR_NETWORK,     "insufficient resources" },
	{ 127, AT_ERROR_APN,         "missing or unknown APN" },
	{ 128, AT_ERROR_APN,         "unknown PDP address or PDP type" },
	{ 129, AT_ERROR_APN,         "user authentication failed" },
	{ 129, AT_ERROR_APN,         "user authentication or authorization failed" },
	{ 130, AT_ERROR_NETWORK,     "activation rejected by GGSN, Serving GW or PDN GW" },
	{ 130, AT_ERROR_NETWORK,     "activation rejected by GGSN" },
	{ 131, AT_ERROR_NETWORK,     "activation rejected, unspecified" },
	{ 132, AT_ERROR_APN,         "service option not supported" },
	{ 133, AT_ERROR_APN,         "requested service option not subscribed" },
	{ 134, AT_ERROR_NETWORK,     "service option temporarily out of order" },
	{ 135, AT_ERROR_OTHER,       "NSAPI already used" },
	{ 135, AT_ERROR_OTHER,       "PTI already in use" },
	{ 136, AT_ERROR_NETWORK,     "regular deactivation" },
	{ 137, AT_ERROR_NETWORK,     "QoS not accepted" },
	{ 138, AT_ERROR_NETWORK,     "call cannot be identified" },
	{ 139, AT_ERROR_NETWORK,     "CS service temporarily not available" },
	{ 140, AT_ERROR_OTHER,       "feature not supported" },
	{ 141, AT_ERROR_OTHER,       "semantic error in the TFT operation" },
	{ 142, AT_ERROR_OTHER,       "syntactical error in the TFT operation" },
	{ 143, AT_ERROR_OTHER,       "unknown PDP context" },
	{ 144, AT_ERROR_OTHER,       "semantic errors in packet filter(s)" },
	{ 145, AT_ERROR_OTHER,       "syntactical errors in packet filter(s)" },
	{ 146, AT_ERROR_OTHER,       "PDP context without TFT already activated" },
	{ 147, AT_ERROR_OTHER,       "multicast group membership time-out" },
	{ 148, AT_ERROR_OTHER,       "unspecified GPRS error" },
	{ 149, AT_ERROR_APN,         "PDP authentication failure" },
	{ 150, AT_ERROR_OTHER,       "invalid mobile class" },

	/* 9.2.3: VBS, VGCS and eMLPP */
	{ 151, AT_ERROR_OTHER,       "VBS/VGCS not supported by the network" },
	{ 152, AT_ERROR_OTHER,       "no service subscription on SIM" },
	{ 153, AT_ERROR_OTHER,       "no subscription for group ID" },
	{ 154, AT_ERROR_OTHER,       "group Id not activated on SIM" },
	{ 155, AT_ERROR_OTHER,       "no matching notification" },
	{ 156, AT_ERROR_OTHER,       "VBS/VGCS call already present" },
	{ 157, AT_ERROR_NETWORK,     "congestion" },
	{ 158, AT_ERROR_NETWORK,     "network failure" },
	{ 159, AT_ERROR_NETWORK,     "uplink busy" },
	{ 160, AT_ERROR_OTHER,       "no access rights for SIM file" },
	{ 161, AT_ERROR_OTHER,       "no subscription for priority" },
	{ 162, AT_ERROR_OTHER,       "operation not applicable or not possible" },
	{ 163, AT_ERROR_OTHER,       "group Id prefixes not supported" },
	{ 164, AT_ERROR_OTHER,       "group Id prefixes not usable for VBS" },
	{ 165, AT_ERROR_OTHER,       "group Id prefix value invalid" },

	/* activation, added since Release 11 */
	{ 171, AT_ERROR_NETWORK,     "last PDN disconnection not allowed" },
	{ 172, AT_ERROR_OTHER,       "semantically incorrect message" },
	{ 173, AT_ERROR_OTHER,       "mandatory information element error" },
	{ 173, AT_ERROR_OTHER,       "invalid mandatory information" },
	{ 174, AT_ERROR_OTHER,       "message type non-existent or not implemented" },
	{ 175, AT_ERROR_OTHER,       "conditional IE error" },
	{ 176, AT_ERROR_OTHER,       "protocol error, unspecified" },
	{ 177, AT_ERROR_APN,         "operator determined barring" },
	{ 178, AT_ERROR_NETWORK,     "maximum number of PDP contexts reached" },
	{ 178, AT_ERROR_NETWORK,     "maximum number of EPS bearers reached" },
	{ 179, AT_ERROR_APN,         "requested APN not supported in current RAT and PLMN combination" },
	{ 180, AT_ERROR_NETWORK,     "request rejected, Bearer Control Mode violation" },
	{ 181, AT_ERROR_NETWORK,     "unsupported QCI value" },
	{ 182, AT_ERROR_NETWORK,     "user data transmission via control plane is congested" },
	{ 183, AT_ERROR_OTHER,       "SMS provided via GPRS in routing area" },
	{ 184, AT_ERROR_OTHER,       "invalid PTI value" },
	{ 185, AT_ERROR_NETWORK,     "no PDP context activated" },
	{ 185, AT_ERROR_NETWORK,     "no bearer context activated" },
	{ 186, AT_ERROR_OTHER,       "message not compatible with protocol state" },
	{ 187, AT_ERROR_NETWORK,     "recovery on timer expiry" },
	{ 188, AT_ERROR_OTHER,       "invalid transaction identifier value" },
	{ 189, AT_ERROR_NETWORK,     "service option not authorized in this PLMN" },
	{ 190, AT_ERROR_NETWORK,     "network failure" },
	{ 191, AT_ERROR_NETWORK,     "reactivation requested" },
	{ 192, AT_ERROR_APN,         "PDP type IPv4 only allowed" },
	{ 193, AT_ERROR_APN,         "PDP type IPv6 only allowed" },
	{ 194, AT_ERROR_APN,         "single address bearers only allowed" },
	{ 195, AT_ERROR_NETWORK,     "collision with network initiated request" },
	{ 196, AT_ERROR_APN,         "PDP type IPv4v6 only allowed" },
	{ 197, AT_ERROR_APN,         "PDP type non IP only allowed" },
	{ 198, AT_ERROR_OTHER,       "bearer handling not supported" },
	{ 199, AT_ERROR_APN,         "APN restriction value incompatible with active PDP context" },
	{ 200, AT_ERROR_NETWORK,     "multiple accesses to a PDN connection not allowed" },
	{ 201, AT_ERROR_NETWORK,     "ESM information not received" },
	{ 202, AT_ERROR_NETWORK,     "PDN connection does not exist" },
	{ 203, AT_ERROR_NETWORK,     "multiple PDN connections for a given APN not allowed" },
	{ 204, AT_ERROR_NETWORK,     "severe network failure" },
	{ 205, AT_ERROR_NETWORK,     "insufficient resources for specific slice and DNN" },
	{ 206, AT_ERROR_NETWORK,     "not supported SSC mode" },
	{ 207, AT_ERROR_NETWORK,     "insufficient resources for specific slice" },
	{ 208, AT_ERROR_OTHER,       "message type not compatible with protocol state" },
	{ 209, AT_ERROR_OTHER,       "information element non-existent or not implemented" },
	{ 210, AT_ERROR_NETWORK,     "N1 mode not allowed" },
	{ 211, AT_ERROR_NETWORK,     "restricted service area" },
	{ 212, AT_ERROR_NETWORK,     "LADN not available" },
	{ 213, AT_ERROR_APN,         "missing or unknown DNN in a slice" },
	{ 214, AT_ERROR_OTHER,       "ngKSI already in use" },
	{ 215, AT_ERROR_NETWORK,     "payload was not forwarded" },
	{ 216, AT_ERROR_NETWORK,     "non-3GPP access to 5GCN not allowed" },
	{ 217, AT_ERROR_NETWORK,     "serving network not authorized" },
	{ 218, AT_ERROR_APN,         "DNN not supported or not subscribed in the slice" },
	{ 219, AT_ERROR_NETWORK,     "insufficient user-plane resources for the PDU session" },
	{ 220, AT_ERROR_NETWORK,     "out of LADN service area" },
	{ 221, AT_ERROR_OTHER,       "PTI mismatch" },
	{ 222, AT_ERROR_NETWORK,     "maximum data rate per UE for user-plane integrity protection is too low" },
	{ 223, AT_ERROR_OTHER,       "semantic error in the QoS operation" },
	{ 224, AT_ERROR_OTHER,       "syntactical error in the QoS operation" },
	{ 225, AT_ERROR_OTHER,       "invalid mapped EPS bearer identity" },
	{ 226, AT_ERROR_NETWORK,     "redirection to 5GCN required" },
	{ 227, AT_ERROR_NETWORK,     "redirection to EPC required" },
	{ 228, AT_ERROR_NETWORK,     "temporarily not authorized for this SNPN" },
	{ 229, AT_ERROR_NETWORK,     "permanently not authorized for this SNPN" },
	{ 230, AT_ERROR_APN,         "PDN type Ethernet only allowed" },
	{ 231, AT_ERROR_NETWORK,     "not authorized for this CAG" },
	{ 232, AT_ERROR_NETWORK,     "no network slices available" },
	{ 233, AT_ERROR_NETWORK,     "wireline access area not allowed" },
};

/* 27.005 3.2.5. Below 300 the numbers are 24.011's and 23.040's about single short
 * messages, which are not sent here. */
static const struct at_error cms_errors[] = {
	{ 300, AT_ERROR_OTHER,       "ME failure" },
	{ 301, AT_ERROR_OTHER,       "SMS service of ME reserved" },
	{ 302, AT_ERROR_OTHER,       "operation not allowed" },
	{ 303, AT_ERROR_UNSUPPORTED, "operation not supported" },
	{ 304, AT_ERROR_OTHER,       "invalid PDU mode parameter" },
	{ 305, AT_ERROR_OTHER,       "invalid text mode parameter" },
	{ 310, AT_ERROR_SIM,         "SIM not inserted" },
	{ 311, AT_ERROR_PIN,         "SIM PIN required" },
	{ 312, AT_ERROR_SIM,         "PH-SIM PIN required" },
	{ 313, AT_ERROR_SIM,         "SIM failure" },
	{ 314, AT_ERROR_BUSY,        "SIM busy" },
	{ 315, AT_ERROR_SIM,         "SIM wrong" },
	{ 316, AT_ERROR_PUK,         "SIM PUK required" },
	{ 317, AT_ERROR_OTHER,       "SIM PIN2 required" },
	{ 318, AT_ERROR_OTHER,       "SIM PUK2 required" },
	{ 320, AT_ERROR_OTHER,       "memory failure" },
	{ 321, AT_ERROR_OTHER,       "invalid memory index" },
	{ 322, AT_ERROR_OTHER,       "memory full" },
	{ 330, AT_ERROR_OTHER,       "SMSC address unknown" },
	{ 331, AT_ERROR_NETWORK,     "no network service" },
	{ 332, AT_ERROR_NETWORK,     "network timeout" },
	{ 340, AT_ERROR_OTHER,       "no +CNMA acknowledgement expected" },
	{ 500, AT_ERROR_OTHER,       "unknown error" },
};

/* clang-format on */

static const struct at_error *table_of(enum at_final_kind kind, size_t *count)
{
	*count = kind == AT_FINAL_CMS ? COUNT(cms_errors) : COUNT(cme_errors);
	return kind == AT_FINAL_CMS ? cms_errors : cme_errors;
}

const struct at_error *at_error_by_code(enum at_final_kind kind, int code)
{
	size_t count;
	const struct at_error *table = table_of(kind, &count);

	for (size_t i = 0; i < count; i++)
		if (table[i].code == code)
			return &table[i];
	return NULL;
}

/* The next letter or digit in lower case; '\0' at the end or at "(#". */
static int next_letter(const char **text)
{
	const char *s = *text;

	while (*s && !isalnum((unsigned char)*s) && strncmp(s, "(#", 2) != 0)
		s++;
	*text = isalnum((unsigned char)*s) ? s + 1 : s;
	return isalnum((unsigned char)*s) ? tolower((unsigned char)*s) : '\0';
}

const struct at_error *at_error_by_text(enum at_final_kind kind, const char *text)
{
	size_t count;
	const struct at_error *table = table_of(kind, &count);

	for (size_t i = 0; i < count; i++) {
		const char *a = table[i].text, *b = text;
		int ca, cb;

		do {
			ca = next_letter(&a);
			cb = next_letter(&b);
		} while (ca == cb && ca != '\0');
		if (ca == cb)
			return &table[i];
	}
	return NULL;
}

/* Letters and digits alone, in lower case; what does not fit is left out. */
static size_t copy_letters(char *to, size_t size, const char *text)
{
	size_t len = 0;

	for (; *text && len + 1 < size; text++)
		if (isalnum((unsigned char)*text))
			to[len++] = (char)tolower((unsigned char)*text);
	to[len] = '\0';
	return len;
}

const struct at_error *at_error_in_text(const char *text)
{
	enum { SHORTEST = 10 }; /* congestion, unknown APN */
	const struct at_error *best = NULL;
	char said[160], row[96];
	size_t said_len = copy_letters(said, sizeof(said), text), longest = SHORTEST - 1;

	for (size_t i = 0; i < COUNT(cme_errors); i++) {
		size_t len;

		if (cme_errors[i].code < 102 || cme_errors[i].code > 149 ||
		    cme_errors[i].code == 148)
			continue;
		len = copy_letters(row, sizeof(row), cme_errors[i].text);
		if (len > said_len)
			len = strstr(row, said) ? said_len : 0;
		else if (!strstr(said, row))
			len = 0;
		if (len <= longest)
			continue;
		longest = len;
		best = &cme_errors[i];
	}
	return best;
}
