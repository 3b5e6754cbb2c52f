#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A modem at a UART: its rate, flow control, and a call that nothing has ended, on
# ptys, which keep the rate and the flow control that the host has set.

load modem
load dial

setup() {
	modem_setup
	dial_setup
	dial_link
}

# uart_of TEXT: a modem with one port.
uart_of() {
	modem_of "$1 ports: ( { interface = 0; role = \"at\"; } );"
}

# line_keys TEXT: more keys of the group modem, behind the port's name.
line_keys() {
	dial_port="$modem_dir/if0\"; $1 init = ( ); serial = \""
}

flow_is() {
	stty -a -F "$modem_dir/if0" | grep -q -- " $1"
}

# A dial of another modem than this ends as soon as it has answered.
other='imei = "111111111111111";'

# asked COMMAND: how often.
asked() {
	grep -c -F -- "< $1\\r" "$modem_dir/log" || true
}

# What is no text has come to or from the modem.
was_garbled() {
	grep -aq '> .*\\[23][0-7][0-7]' "$modem_dir/log"
}

# bauds: what AT+IPR has told it, in a line.
bauds() {
	grep -o '# baud .*' "$modem_dir/log" | cut -d ' ' -f 3 | tr '\n' ' '
}

bauds_are() {
	[ "$(bauds)" = "$1 " ]
}

@test "RTS/CTS is used where the modem takes it" {
	uart_of ''
	dial_connected
	flow_is crtscts
	[ "$(asked 'AT+IFC=2,2')" -eq 1 ]
	[ ! -e "$state/uart-rates" ]
}

@test "where it has no wires both ends go back, and that is remembered" {
	uart_of 'at: { wires = false; };'
	line_keys "$other"
	dial_once '' --once
	exits 4
	[ "$(asked 'AT+IFC=0,0')" -eq 1 ]
	flow_is -crtscts
	grep -q $'\t0 no-flow$' "$state/uart-rates"
	dial_once '' --once
	exits 4
	[ "$(asked 'AT+IFC=2,2')" -eq 1 ]
}

@test "a rate that was found is asked first, gone up from, and put back" {
	uart_of 'at: { baud = 9600; ipr = true; };'
	line_keys "raise = 460800; $other"
	dial_once '' --once -v
	exits 4
	has 'at 460800 baud with RTS/CTS'
	bauds_are '460800 9600'
	grep -q $'\t9600 raised=460800$' "$state/uart-rates"
	: >"$modem_dir/log"
	dial_once '' --once
	exits 4
	! was_garbled
}

@test "killed at the higher rate it is found there, and put back at the end" {
	uart_of 'at: { baud = 9600; ipr = true; };
		network: { registration = ( { stat = 2; } ); };'
	line_keys 'raise = 921600;'
	dial_behind ''
	wait_for 20 dial_is registering
	dial_kill KILL
	dial_behind ''
	wait_for 20 dial_is registering
	bauds_are 921600
	"$gobi" -c "$conf" stop
	wait_for 10 bauds_are '921600 9600'
	grep -q $'\t9600 raised=921600$' "$state/uart-rates"
}

@test "killed at a higher rate that nobody wants any more, it is put back at once" {
	uart_of 'at: { baud = 9600; ipr = true; };'
	line_keys 'raise = 921600;'
	dial_connected
	bauds_are 921600
	dial_kill KILL
	dial_hangup
	line_keys "$other"
	dial_once '' --once -v
	exits 4
	bauds_are '921600 9600'
	grep -q $'\t9600$' "$state/uart-rates"
}

@test "a modem that says OK to a rate and stays is used as it is" {
	uart_of 'at: { baud = 115200; ipr = true; ipr_lies = true; garbage = false; };'
	line_keys 'raise = 921600; flow = "none";'
	dial_connected
	[ "$(asked 'AT+IFC?')" -eq 0 ]
}

@test "a rate that has no name in POSIX" {
	uart_of 'at: { baud = 250000; };'
	line_keys 'baud = 250000;'
	dial_connected
}

@test "a call of old is left without DTR and +++, and without a reset" {
	modem_of 'ports: ( { interface = 0; role = "ppp"; leave = "terminate"; } );'
	dial_connected
	modem_logged '# hangup terminate'
	grep -q 'was left in a call; an LCP Terminate-Request has ended that' \
		"$BATS_TEST_TMPDIR/log"
}

@test "a call of old is left by +++ and ATH" {
	modem_of 'ports: ( { interface = 0; role = "ppp"; leave = "escape"; } );'
	dial_connected
	modem_logged '# hangup ATH'
}

# Without DTR nothing has ended it. Its modem is not searched for at other rates first.
@test "our own call of before is left at once, by a redial and by the next start" {
	uart_of ''
	dial_connected
	"$gobi" -c "$conf" redial
	wait_for 20 grep -q '# hangup ATH' "$modem_dir/log"
	wait_for 20 dial_is connected
	dial_kill
	dial_connected
	[ "$(grep -c -F '# hangup ATH' "$modem_dir/log")" -eq 2 ]
	# A search at all rates would take thrice as many.
	[ "$(asked AT)" -le 12 ]
}

# family NAME TECHNOLOGY [CONF]: that modem is called, and asked then.
family() {
	modem "$1.modem" "$modem_dir/$1"
	dial_port=$modem_dir/$1/if0
	dial_connected "${3-}"
	run "$gobi" -c "$conf" info --json
	exits 0
	has "\"technology\":\"$2\",\"roaming\":false"
	grep -q 'connect' "$modem_dir/$1/log"
	dial_kill KILL
}

@test "modems of SIMCom, of which ATI names the model alone" {
	family uart GSM
	family simcom-sim7070 LTE-M
	family simcom-a7670 LTE
}

@test "a Quectel BG96, and an EC25 by its UART" {
	family quectel-bg96 LTE-M
	family quectel-ec25-uart LTE
}

@test "SARA-R4, -R5 and -U2 of u-blox, and an HL7692 of Sierra" {
	family ublox-sara-r4 LTE-M
	family ublox-sara-r5 LTE-M
	grep -q 'multiplexer open, frames of 1509' "$modem_dir/ublox-sara-r5/log"
	family ublox-sara-u2 UMTS
	family sierra-hl7692 LTE
}

@test "an nRF91 without ATI and ATD, and a Sequans Monarch" {
	family nrf91 LTE-M 'network: { apn = "internet"; };'
	grep -q '1 < AT+CGDATA=\\"PPP\\",1' "$modem_dir/nrf91/log"
	grep -q 'multiplexer open, frames of 127' "$modem_dir/nrf91/log"
	family sequans-gm02s LTE-M
}
