# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A modem at a UART behind a USB-UART bridge: the stock cp210x drives a CP2104,
# whose GPIO lines lead to the modem's power key (0), reset (1) and STATUS (2),
# and the real pppd has its tty.

load guest/lab

# The bridge's TEXT goes into the description of an EC25 behind it.
plug_in_bridge() {
	cp "$LAB_SRC/tests/modem/lte.inc" "$lab_run"
	cat >"$lab_run/bridge.modem" <<-END
		@include "lte.inc"
		identity: { manufacturer = "Quectel"; model = "EC25"; ati = ( "Quectel", "EC25" ); };
		usb: { vid = 0x10c4; pid = 0xea60; release = 0x0100; bridge = true;
			manufacturer = "Silicon Labs"; product = "CP2104 USB to UART Bridge"; };
		$1
	END
	lab_modem modem "$lab_run/bridge.modem"
	wait_for 20 bridge_is_there
}

bridge_tty() {
	local tty

	for tty in /sys/bus/usb/drivers/cp210x/*/ttyUSB*; do
		[ -e "$tty" ] || return 1
		echo "/dev/${tty##*/}"
	done
}

bridge_is_there() {
	[ -c "$(bridge_tty)" ]
}

bridge_logged() {
	grep -q -- "$1" "$LAB_OUT/modem.modem.log"
}

# The presses are these, and no other: what an EC25 takes for none says so.
pressed() {
	local presses

	presses=$(sed -n 's/.*# key [0-9]* ms, //p' "$LAB_OUT/modem.modem.log" | paste -sd,)
	[ "$presses" = "$1" ] || {
		echo "presses: $presses"
		return 1
	}
}

uptime_is() {
	[ "$(cut -d. -f1 /proc/uptime)" -ge "$1" ]
}

setup_file() {
	lab_network
	lab_drivers option
	modprobe cp210x
}

teardown() {
	gobi_end
	lab_modem_gone modem
	mv "$LAB_OUT/modem.modem.log" "$LAB_OUT/bridge.$BATS_TEST_NUMBER.log"
	# What was learnt of one modem is not for the next.
	rm -f /run/gobi-dial/gobi.{power,call} /var/lib/gobi-dial/uart-rates
	wait_for 20 succeeds_not bridge_is_there
}

at='ports: ( { interface = 0; role = "at"; } );'
off='power: { off = true; on_ms = 500; off_ms = 650; down_ms = 300; };
	timing: { boot_delay_ms = 1000; };'

@test "uart: STATUS tells, a press outlives a kill, and none hits a running modem" {
	plug_in_bridge "$off $at"
	lab_conf <<-END
		modem: { port = "$(bridge_tty)"; baud = 115200; };
		power: { chip = "gpiochip0"; key = 0; reset = 1; status = 2; };
	END
	gobi_start
	wait_for 20 bridge_logged '# key down'
	kill -KILL "$gobi_pid"
	gobi-dial -c "$lab_run/gobi.conf" power on
	[ "$(modem_say modem power)" = 'ok 1' ]
	pressed 'while off'
}

@test "uart: without wires for RTS/CTS it goes without, and DTR ends a call of old" {
	plug_in_bridge 'at: { wires = false; };
		ports: ( { interface = 0; role = "ppp"; leave = "dtr"; } );'
	lab_conf <<-END
		modem: { port = "$(bridge_tty)"; };
	END
	gobi_start
	gobi_reaches connected
	pings
	stty -a -F "$(bridge_tty)" | grep -q ' -crtscts'
	bridge_logged '< AT+IFC=0,0'
	bridge_logged 'hangup dtr'
	[[ $(modem_say modem stats) == *" escapes=0 "* ]]
}

@test "uart: without power, at 921600 baud, with RTS/CTS: a line for the port, one for the key" {
	plug_in_bridge "$off at: { baud = 921600; }; $at"
	lab_conf <<-END
		modem: { port = "$(bridge_tty)"; };
		power: { chip = "cp210x"; key = 0; };
	END
	# A machine that has just started waits for a modem that may have, too.
	wait_for 30 uptime_is 30
	gobi_start
	gobi_reaches connected 60
	pings
	stty -a -F "$(bridge_tty)" | grep -q 'speed 921600 baud'
	stty -a -F "$(bridge_tty)" | grep -q ' crtscts'
	pressed 'while off'
}
