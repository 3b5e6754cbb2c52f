# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A modem behind a power key: the GPIO chip is a stand-in (gpio-shim.c).

load modem
load dial
load power

setup() {
	modem_setup
	dial_setup
	power_setup
	quick="$power key_on_ms = 200; key_off_ms = 700;"
	gobi=$(power_program "$BATS_TEST_TMPDIR/gobi")
	# Its port at one rate, and no long wait.
	dial_port="$modem_dir/if0\"; baud = 115200; wait = 1; imei = \""
	dial_name="dial-$$-$BATS_TEST_NUMBER"
}

# modem_off [ON_MS]
modem_off() {
	modem_of "power: { off = true; on_ms = ${1-150}; off_ms = 600; down_ms = 100; };"'
		timing: { boot_delay_ms = 300; }; ports: ( { interface = 0; role = "at"; } );'
}

# The presses are these, and no other.
pressed() {
	local want=$1 found

	found=$(presses | sed 's/^[0-9]* ms, //' | paste -sd,)
	[ "$found" = "$want" ] || {
		printf 'presses: %s\n' "$found"
		return 1
	}
}

got_ready() {
	[ "$(grep -c '> .*+COPS' "$modem_dir/log")" -ge "${1-1}" ]
}

modem_is_off() {
	[ "$(nc -U -W 1 "$modem_dir/sock" <<<power)" = 'ok 0' ]
}

@test "power: STATUS says off, and one press of the family's length is enough" {
	modem_off 1000
	dial_behind "power: { $power status = 2; };"
	wait_for 20 got_ready
	dial_end
	pressed 'while off'
	[[ $(presses) =~ ^1[0-4][0-9][0-9] ]]
}

@test "power: without STATUS it is pressed after silence, with the old GPIO calls too" {
	modem_off
	GPIO_SHIM_V1=1 dial_behind "power: { $quick };"
	wait_for 30 got_ready
	dial_end
	pressed 'while off'
}

@test "power: lines by their names, pressed high behind a transistor" {
	modem_off
	GPIO_SHIM_HIGH=1 dial_behind "power: { chip = \"$chip\"; key = \"PWRKEY\";
		status = \"STATUS\"; active = \"high\"; key_on_ms = 200; };"
	wait_for 20 got_ready
	dial_end
	pressed 'while off'
}

@test "power: nothing is pressed at a modem that answers" {
	modem_of 'ports: ( { interface = 0; role = "at"; } );'
	dial_behind "power: { $power };"
	wait_for 20 got_ready
	"$gobi" -c "$conf" power on
	dial_end
	pressed ''
}

@test "power: a killed dial's press ends, and the next start presses nothing more" {
	modem_off
	dial_behind "power: { $power status = 2; };"
	wait_for 20 modem_logged '# key down'
	kill -KILL "$(dial_pid)"
	dial_behind "power: { $power status = 2; };"
	wait_for 30 got_ready
	dial_end
	pressed 'while off'
}

@test "power: what cannot be pressed is the cause power, and doctor says why" {
	local record="/run/gobi-dial/$dial_name.power" now

	modem_off
	dial_once "power: { chip = \"$chip\"; key = 9; };" --once
	exits 20
	run "$gobi" -c "$conf" doctor
	has '[power-line-missing]'
	# As if somebody had pressed the wrong line.
	printf 'power: { %s status = 2; };\n' "$power" >"$conf"
	now=$(cut -d. -f1 /proc/uptime)
	echo "0 ${now}000 ${now}000 3" >"$record"
	run "$gobi" -c "$conf" doctor
	rm "$record"
	has '[power-no-effect]'
}

@test "power: a line that somebody else has is named" {
	modem_off
	printf 'power: { %s };\n' "$power" >"$conf"
	printf '1other driver\0' >"$chip.0"
	exec {held}<>"$chip.0"
	flock "$held"
	run "$gobi" -c "$conf" power on
	exits 20
	has 'line 0 is used by "other driver"'
	run "$gobi" -c "$conf" doctor
	exec {held}>&-
	has '[power-line-held]'
	pressed ''
}

@test "power: off, on and cycle by the instance, and off at its stop" {
	modem_off
	dial_behind "power: { $quick status = 2; off_at_stop = true; };"
	wait_for 20 got_ready
	run "$gobi" -c "$conf" power off
	exits 0
	wait_for 10 dial_is waiting
	pressed 'while off,while on: going down'
	"$gobi" -c "$conf" power on
	wait_for 20 got_ready 2
	run "$gobi" -c "$conf" power cycle
	exits 0
	pressed 'while off,while on: going down,while off,while on: going down,while off'
	dial_end
	wait_for 10 modem_is_off
}

@test "power: a program instead of lines, called with what is wanted" {
	modem_off
	cat >"$BATS_TEST_TMPDIR/switch" <<EOT
#!/bin/sh
echo "\$1" >>$BATS_TEST_TMPDIR/words
echo "power \$1" | nc -U -W 1 $modem_dir/sock
EOT
	chmod +x "$BATS_TEST_TMPDIR/switch"
	dial_behind "power: { command = \"$BATS_TEST_TMPDIR/switch\"; chip = \"$chip\"; status = 2; };"
	wait_for 20 got_ready
	dial_end
	[ "$(cat "$BATS_TEST_TMPDIR/words")" = on ]
}
