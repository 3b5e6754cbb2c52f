# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The simulated modem as a USB device: what ptys cannot show.

bats_require_minimum_version 1.5.0
load guest/lab

setup() {
	lab_drivers option
}

teardown() {
	lab_modem_gone sim
}

plug_in() {
	# A peer that says a byte and no more: no network is needed here.
	lab_modem sim "$1" -p 'echo >$PPP_TTY; exec sleep 3600'
	lab_option_new_id
	wait_for 10 tty_count_is 4
}

# open_tty TTY: as descriptor $tty, raw, to be hung up when the carrier goes.
open_tty() {
	exec {tty}<>"$1"
	stty raw -echo -clocal -F "$1"
}

close_tty() {
	exec {tty}>&-
}

# ask COMMAND WORD: send it, read lines until one has WORD.
ask() {
	local line

	printf '%s\r' "$1" >&"$tty"
	while read -rt 5 -u "$tty" line; do
		case $line in
		*"$2"*) return ;;
		esac
	done
	return 1
}

log_has() {
	grep -q -- "$1" "$LAB_OUT/sim.modem.log"
}


@test "modem: the descriptors are the report's" {
	plug_in mc8355.modem
	cd /sys/bus/usb/devices/1-1
	[ "$(cat idVendor):$(cat idProduct):$(cat bcdDevice)" = 1199:9013:0002 ]
	[ "$(cat product)" = "Sierra Wireless MC8355 - Gobi 3000(TM) Module" ]
	[ "$(cat 1-1:1.*/bNumEndpoints | tr '\n' ' ')" = "03 02 03 02 " ]
	[ "$(cat 1-1:1.*/bInterfaceClass | sort -u)" = ff ]
}

@test "modem: dropping DTR ends a call" {
	plug_in mc8355.modem
	open_tty "$(tty_of 2)"
	ask ATE0 OK
	ask 'ATD*99#' CONNECT
	wait_for 5 log_has '2 # dcd on'
	close_tty
	wait_for 5 log_has '2 # hangup dtr'
}

@test "modem: a carrier loss hangs the tty up" {
	plug_in mc8355.modem
	open_tty "$(tty_of 2)"
	ask ATE0 OK
	ask 'ATD*99#' CONNECT
	modem_say sim hangup
	# The end of the file, not a time-out: that would be above 128.
	run -1 eval 'while read -rt 10 -u $tty _; do :; done; read -rt 1 -u $tty _'
	close_tty
	open_tty "$(tty_of 2)"
	ask AT OK
	close_tty
}

@test "modem: it comes back as often as it is replugged" {
	plug_in mc8355-if3.modem
	for _ in 1 2 3; do
		modem_say sim unplug
		wait_for 5 tty_count_is 0
		modem_say sim plug
		wait_for 10 tty_count_is 4
		open_tty "$(tty_of 3)"
		ask AT OK
		close_tty
	done
}

@test "modem: a reset command re-enumerates it" {
	plug_in mc8355.modem
	open_tty "$(tty_of 2)"
	ask 'AT!RESET' OK
	close_tty
	wait_for 5 tty_count_is 0
	wait_for 10 tty_count_is 4
}

@test "modem: its end leaves nothing behind" {
	plug_in mc8355.modem
	lab_modem_gone sim
	wait_for 5 tty_count_is 0
	[ ! -e /sys/kernel/config/usb_gadget/sim ]
	run -1 grep gobi-modem /proc/mounts
}

@test "modem: a killed one is cleared away by the next" {
	plug_in mc8355.modem
	# shellcheck disable=SC2154 # from guest/lab
	kill -9 "$(cat "$lab_run/sim.pid")"
	wait_for 5 has_ended "$(cat "$lab_run/sim.pid")"
	plug_in mc8355.modem
	open_tty "$(tty_of 2)"
	ask AT OK
	close_tty
}

@test "modem: it says when the controller is too small for it" {
	local five='{ interface = 0; role = "at"; }'

	for _ in 1 2 3 4; do
		five+=', { interface = 1; role = "silent"; }'
	done
	echo "usb: { vid = 0x1199; pid = 0x9013; }; ports: ( $five );" \
		>"$BATS_TEST_TMPDIR/five.modem"
	lab_modem sim "$(realpath --relative-to="$LAB_SRC/tests/modem" \
		"$BATS_TEST_TMPDIR/five.modem")"
	wait_for 10 log_has 'address 0x81 twice'
}

@test "modem: two are on two buses" {
	modprobe -r dummy_hcd
	modprobe dummy_hcd num=2
	lab_modem sim mc8355.modem
	lab_modem other quectel-ec25.modem
	wait_for 10 test -e /sys/bus/usb/devices/1-1/idVendor
	wait_for 10 test -e /sys/bus/usb/devices/2-1/idVendor
	[ "$(cat /sys/bus/usb/devices/[12]-1/idVendor | sort | tr '\n' ' ')" = \
		"1199 2c7c " ]
	lab_modem_gone other
}

@test "modem: it plays on a gadget's ttys" {
	local gadget=/sys/kernel/config/usb_gadget/tty

	mkdir -p $gadget/configs/c.1 $gadget/functions/gser.0
	echo 0x1199 >$gadget/idVendor
	echo 0x9013 >$gadget/idProduct
	ln -s $gadget/functions/gser.0 $gadget/configs/c.1/
	echo dummy_udc.0 >$gadget/UDC
	lab_option_new_id
	wait_for 10 tty_of 0
	wait_for 5 test -c /dev/ttyGS0
	background gobi-modem -l "$LAB_OUT/tty.modem.log" \
		-r "$BATS_TEST_TMPDIR/ready" --tty /dev/ttyGS0 \
		"$LAB_SRC/tests/modem/uart.modem"
	wait_for 5 test -e "$BATS_TEST_TMPDIR/ready"
	open_tty "$(tty_of 0)"
	ask AT+CGMM SIMCOM_SIM800
	close_tty
	# Unplugged and plugged in again it opens its tty anew.
	echo >$gadget/UDC
	wait_for 5 grep -q '0 # close' "$LAB_OUT/tty.modem.log"
	echo dummy_udc.0 >$gadget/UDC
	wait_for 10 tty_of 0
	wait_for 5 eval '[ "$(grep -c "0 # open" "$LAB_OUT/tty.modem.log")" = 2 ]'
	open_tty "$(tty_of 0)"
	ask AT+CGMM SIMCOM_SIM800
	close_tty
	pkill -x gobi-modem
	echo >$gadget/UDC
	rm $gadget/configs/c.1/gser.0
	rmdir $gadget/configs/c.1 $gadget/functions/gser.0 $gadget
}

# The host gives up on a request, which takes it 5 s, while the modem does not run: when it does, it
# takes that up first, and nobody is there to see it through.
@test "modem: it ends amid a request that the host has given up" {
	local pid line

	plug_in mc8355.modem
	pid=$(cat "$lab_run/sim.pid")
	line=$(tty_of 3)
	kill -STOP "$pid"
	(exec 3<>"$line") || true
	kill "$pid"
	kill -CONT "$pid"
	wait_for 15 has_ended "$pid"
	rm "$lab_run/sim.pid"
}
