/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/count.h"
#include "modem/driver-choice.h"

/* A device on which one of these holds another interface is surely a modem. */
static const char *const wwan_drivers[] = {"qcserial", "option",     "sierra",
					   "qmi_wwan", "sierra_net", "huawei_cdc_ncm"};

static bool may_be_for_calls(const struct driver_interface *interface)
{
	return interface->vendor && !interface->data && !interface->tried;
}

/* On a modem that no table knows (LAYOUT_LIKELY), or whose table is wrong for this firmware (`role`
 * < 0: any): the interface with the interrupt endpoint, if only one has it. With `no_dtr` only
 * those that wait for DTR count. */
static int find_only(const struct driver_interface *interfaces, size_t count, int role, bool no_dtr)
{
	int found = -1;

	for (size_t i = 0; i < count; i++) {
		if ((role >= 0 && (int)interfaces[i].role != role) || !interfaces[i].interrupt_in ||
		    !may_be_for_calls(&interfaces[i]) || interfaces[i].no_dtr < no_dtr)
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

struct driver_choice driver_choose(const struct driver_interface *interfaces, size_t count)
{
	struct driver_choice choice = {DRIVER_UNKNOWN, -1};
	const struct driver_interface *interface;
	bool is_modem = false;
	int waiting;

	for (size_t i = 0; i < count; i++)
		if (interfaces[i].role == LAYOUT_QDL)
			return (struct driver_choice){DRIVER_FIRMWARE, -1};
	for (size_t i = 0; i < count && choice.at < 0; i++)
		if (interfaces[i].role == LAYOUT_DATA && may_be_for_calls(&interfaces[i]))
			choice.at = (int)i;
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < COUNT(wwan_drivers); n++)
			is_modem |= strcmp(interfaces[i].driver, wwan_drivers[n]) == 0;
	if (choice.at < 0 && is_modem) {
		choice.at = find_only(interfaces, count, LAYOUT_LIKELY, true);
		if (choice.at < 0)
			choice.at = find_only(interfaces, count, LAYOUT_LIKELY, false);
	}
	if (choice.at >= 0) {
		interface = &interfaces[choice.at];
		if (interface->no_dtr)
			choice.verdict = DRIVER_NO_DTR;
		else if (*interface->driver)
			choice.verdict = DRIVER_FINE;
		else
			choice.verdict = interface->authorized ? DRIVER_UNBOUND : DRIVER_BLOCKED;
	}
	if (driver_is_to_move(choice.verdict) || choice.verdict == DRIVER_BLOCKED)
		return choice;
	waiting = find_only(interfaces, count, -1, true);
	return waiting >= 0 ? (struct driver_choice){DRIVER_NO_DTR, waiting} : choice;
}

const char *driver_verdict_text(enum driver_verdict verdict)
{
	static const char *const texts[] = {
		[DRIVER_UNBOUND] = "no driver holds it",
		[DRIVER_NO_DTR] = "its driver cannot raise DTR, which many modems wait for",
		[DRIVER_BLOCKED] = "no driver is allowed to hold it (authorized is 0)",
		[DRIVER_FINE] = "its driver can raise DTR",
		[DRIVER_FIRMWARE] = "it is waiting for its firmware",
		[DRIVER_UNKNOWN] = "it is not known which of its interfaces is for calls",
	};

	return texts[verdict];
}

#define IF(number) (1u << (number))

/*
 * option's entries by the interfaces that they reserve, as in Linux 6.1; only
 * those that set nothing else, so none that keeps DTR down (NCTRL), counts
 * endpoints (NUMEP2) or ends transfers with an empty packet (ZLP). Of several
 * with the same reservation the first.
 */
static const struct {
	uint16_t vid, pid;
	uint8_t reserved;
} references[] = {
	/* clang-format off */
	{ 0x413c, 0x81d7, IF(0) | IF(1) | IF(6) },
	{ 0x16d8, 0x6003, IF(0) },
	{ 0x05c6, 0x90b2, IF(1) | IF(3) },
	{ 0x16d8, 0x7251, IF(1) },
	{ 0x1c9e, 0x9b3c, IF(0) | IF(4) },
	{ 0x1e2d, 0x00b0, IF(0) | IF(4) },
	{ 0x19d2, 0x1401, IF(2) },
	{ 0x19d2, 0x0426, IF(2) | IF(3) | IF(4) },
	{ 0x19d2, 0x0133, IF(3) },
	{ 0x19d2, 0x1433, IF(3) | IF(4) | IF(5) },
	{ 0x2c7c, 0x0296, IF(4) },
	{ 0x19d2, 0x0052, IF(4) },
	{ 0x2001, 0x7d04, IF(4) | IF(5) },
	{ 0x1508, 0x1001, IF(4) | IF(5) | IF(6) },
	{ 0x19d2, 0x0113, IF(5) },
	{ 0x1e0e, 0x9001, IF(5) | IF(6) },
	{ 0x0b3c, 0xc004, IF(6) },
	{ 0x1e0e, 0x9011, IF(7) },
	/* clang-format on */
};

/* What a reference is worth; 0: nothing, or it reserves the interface itself. */
static int reference_worth(const struct driver_interface *interfaces, size_t count, int at,
			   unsigned reserved)
{
	int worth = 0;

	for (size_t i = 0; i < count; i++) {
		int number = interfaces[i].number;

		if (number < 0 || number > 7 || !(reserved & IF(number)))
			continue;
		if ((int)i == at)
			return 0;
		worth += 1 + 2 * !*interfaces[i].driver + 4 * interfaces[i].interrupt_in;
	}
	return worth;
}

bool driver_find_reference(const struct driver_interface *interfaces, size_t count, int at,
			   int rank, struct driver_reference *reference)
{
	int last_worth = INT_MAX, last = -1;

	for (; rank >= 0; rank--) {
		int best_worth = 0, best = -1;

		/* The next in the order of worth, then of the table. */
		for (size_t i = 0; i < COUNT(references); i++) {
			int worth = reference_worth(interfaces, count, at, references[i].reserved);

			if (worth > best_worth &&
			    (worth < last_worth || (worth == last_worth && (int)i > last))) {
				best_worth = worth;
				best = (int)i;
			}
		}
		if (best < 0)
			return false;
		last_worth = best_worth;
		last = best;
	}
	reference->vid = references[last].vid;
	reference->pid = references[last].pid;
	return true;
}
