/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "modem/multiplex.h"

/* What modems say to AT+CMUX=?, and what they are then told. */
static void every_offer_has_its_commands(void **state)
{
	/* clang-format off */
	static const struct {
		const char *answer;
		int baud;
		const char *commands; /* "": nothing is offered */
		int n1;
	} rows[] = {
		/* SIM7600E, EC25, SARA-R5, SIM800 */
		{ "+CMUX: (0),(0),(1-8),(1-1509),(1-255),(0-100),(2-255),(1-255),(1-7)", 115200,
		  "AT+CMUX=0,0,5,1509 AT+CMUX=0 ", 1509 },
		{ "+CMUX: (0),(0),(1-8),(1-1509),(1-255),(0-100),(2-255)", 921600,
		  "AT+CMUX=0,0,8,1509 AT+CMUX=0 ", 1509 },
		{ "+CMUX: (0),(0),,(1-1509),(1-255),(0-5),(45-255),,", 115200,
		  "AT+CMUX=0,0,,1509 AT+CMUX=0 ", 1509 },
		{ "+CMUX: (0),(0),(1-5),(10-100),(1-255),(0-100),(2-255),(1-255),(1-7)", 115200,
		  "AT+CMUX=0,0,5,100 AT+CMUX=0 ", 100 },
		/* a rate that it has no word for; one that nobody has */
		{ "+CMUX: (0),(0),(1-5),(1-127)", 921600, "AT+CMUX=0,0,,127 AT+CMUX=0 ", 127 },
		{ "+CMUX: (0),(0),(1-8),(1-127)", 3000000, "AT+CMUX=0,0,,127 AT+CMUX=0 ", 127 },
		/* both options; more than we take; nothing but the option */
		{ "+CMUX: (0,1),(0-2),(1-6),(1-32768)", 115200, "AT+CMUX=0,0,5,1509 AT+CMUX=0 ",
		  1509 },
		{ "+CMUX:(0-1),(0)", 115200, "AT+CMUX=0 ", -1 },
		{ "+CMUX: 0", 115200, "AT+CMUX=0 ", -1 },
		{ "+CMUX: (0),(0),(1-6),(1-20)", 115200, "AT+CMUX=0 ", -1 },
		{ "+CMUX: (0),(0),(1-6),(~\x01)", 115200, "AT+CMUX=0 ", -1 },
		/* only the advanced option, and what is none */
		{ "+CMUX: (1),(0),(1-6),(1-1509)", 115200, "", 0 },
		{ "+CMUX: (10),(0)", 115200, "", 0 },
		{ "+CMUX:", 115200, "", 0 },
		{ "", 115200, "", 0 },
		{ "+CMEE: (0)", 115200, "", 0 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf commands = BUF_INIT;
		struct multiplex offer;
		bool offered = multiplex_parse(rows[i].answer, &offer);

		assert_int_equal(offered, *rows[i].commands != '\0');
		for (int n = 0; offered && n < 5; n++) {
			int n1 = multiplex_command(&offer, rows[i].baud, n, &commands);

			if (n == 0)
				assert_int_equal(n1, rows[i].n1);
			if (n1 != 0)
				buf_printf(&commands, " ");
		}
		assert_string_equal(buf_str(&commands), rows[i].commands);
		buf_free(&commands);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_offer_has_its_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
