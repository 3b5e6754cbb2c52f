/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_SIM_H
#define GD_MODEM_SIM_H

#include <stdbool.h>

#include <ev.h>

#include "desc.h"

struct modem;

/* Attempts and PIN outlive power cycles; whether it is unlocked does not. */
struct sim {
	struct modem *modem;
	enum desc_sim state;
	bool locked; /* asks for its PIN at power-up */
	bool busy;
	bool unseen; /* until the radio goes off */
	int pin_left, puk_left;
	char pin[9], puk[9];
	ev_timer timer;
};

void sim_init(struct sim *sim, struct modem *modem);
void sim_power(struct sim *sim, bool on);

/* AT+CFUN=fun has been said. */
void sim_note_cfun(struct sim *sim, int fun);

bool sim_ready(const struct sim *sim);

/* 0, or the 27.007 9.2.1 error of a command that needs the card. */
int sim_error(const struct sim *sim);

/* AT+CPIN=pin[,new]: 0 or an error number. */
int sim_enter(struct sim *sim, const char *pin, const char *new_pin);

/* AT+CLCK="SC",on,pin: 0 or an error number. */
int sim_lock(struct sim *sim, bool on, const char *pin);

void sim_set_attempts(struct sim *sim, int left);

/* The description's words: "ready", "missing", ... False for another. */
bool sim_set_state(struct sim *sim, const char *word);
const char *sim_state_name(const struct sim *sim);

#endif
