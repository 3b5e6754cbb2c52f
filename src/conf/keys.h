/* SPDX-License-Identifier: ISC */
/*
 * Every key of the configuration, once. conf.h makes struct conf of it, schema.c the table that
 * checks and stores, and tools/gobi-schema.c what stands in etc/ and man/ ("make update-schema"):
 * the sample, the manual's list, OpenWrt's options and the words for the shell. No include guard.
 *
 * CONF_KEY(group, key, type, C type, field, UCI, text, default, and what else holds of it)
 * UCI: the options on OpenWrt, of which the first that is given counts; "": none. "f: names" where
 * the function gobi_f of gobi-dial.sh says what they mean, and writes the keys that belong to it.
 * The text is for the sample and the manual, which add range, words and default by themselves.
 */
/* clang-format off */
CONF_GROUP(modem, "Which modem to use. Everything that is given has to match.")
CONF_KEY(modem, usb, STRING, char *, usb, "usb",
	 "Vendor and product as lsusb prints them, such as \"1199:9013\"; \"\" is any.",
	 "", .format = CONF_FORMAT_USB_ID, .lower = true)
CONF_KEY(modem, path, STRING, char *, path, "device: path devpath",
	 "Where it is plugged in: its name in /sys/bus/usb/devices, such as \"1-1.4\"; "
	 "\"\" is anywhere.",
	 "", .format = CONF_FORMAT_USB_PATH)
CONF_KEY(modem, serial, STRING, char *, serial, "serial",
	 "The USB device's serial number; \"\" is any.",
	 "", .format = CONF_FORMAT_TEXT)
CONF_KEY(modem, imei, STRING, char *, imei, "imei",
	 "The modem's IMEI, 14 to 16 digits; \"\" is any.",
	 "", .format = CONF_FORMAT_IMEI)
CONF_KEY(modem, port, STRING, char *, port, "",
	 "The tty to use, such as \"/dev/ttyS1\"; \"auto\" is the one that answers AT commands.",
	 "auto", .format = CONF_FORMAT_PORT)
CONF_KEY(modem, baud, INT, int, baud, "baud",
	 "The rate of a named port that is a UART or a USB-UART bridge; 0 finds it out.",
	 "0", .min = 1200, .max = 4000000, .zero = true, .unit = "baud")
CONF_KEY(modem, flow, ENUM, enum conf_flow, flow, "flow",
	 "RTS/CTS at such a port: \"auto\" uses it where the modem takes it and still answers then.",
	 "auto", .words = flows)
CONF_KEY(modem, raise, INT, int, raise, "raise",
	 "The rate to have the modem go up to for the call (AT+IPR), and back after it; 0 stays.",
	 "0", .min = 9600, .max = 4000000, .zero = true, .unit = "baud")
CONF_KEY(modem, cmux, STRING, char *, cmux, "cmux",
	 "\"auto\" asks a modem at a UART or a USB-UART bridge for its multiplexer, so that it can be "
	 "asked during a call; \"on\" does so even if it does not say that it has one; \"off\" never.",
	 "auto", .words = multiplexing)
CONF_KEY(modem, driver, STRING, char *, driver, "driver",
	 "\"auto\" may move the AT interface to the driver option when no port answers for lack of "
	 "DTR or of a driver; \"keep\" never changes a driver.",
	 "auto", .words = drivers)
CONF_KEY(modem, init, LIST, struct conf_list, init, "init",
	 "AT commands to send first, before every dial.",
	 "", .format = CONF_FORMAT_AT_COMMAND)
CONF_KEY(modem, wait, INT, int, wait_s, "wait",
	 "How long to wait for the modem to appear.",
	 "30", .min = 0, .max = DAY_S, .unit = "seconds")
CONF_END(modem)

CONF_GROUP(sim, "The SIM card.")
CONF_KEY(sim, pin, SECRET, char *, pin, "pincode",
	 "The PIN, 4 to 8 digits in quotes; \"\" is none. A PIN that was refused is never sent again.",
	 "", .format = CONF_FORMAT_PIN)
CONF_KEY_FILE(sim, pin_file, pin, "pin_file",
	 "A file whose first line is the PIN, instead of pin.",
	 .format = CONF_FORMAT_PIN)
CONF_NO_KEY(bool, last_attempt) /* spend it: from the command line only */
CONF_END(sim)

CONF_GROUP(network, "The mobile network and the account there.")
CONF_KEY(network, apn, STRING, char *, apn, "apn",
	 "The operator's access point name; \"auto\" is the one that the modem's context names, else "
	 "those of the provider table for the SIM in turn; \"\" is the modem's own context as it is.",
	 "auto", .format = CONF_FORMAT_APN, .max = 100)
CONF_KEY(network, providers, STRING, char *, providers, "providers",
	 "A newer provider table for apn = \"auto\"; \"\" is the program's own.",
	 "", .format = CONF_FORMAT_PATH)
CONF_KEY(network, pdp_type, ENUM, enum conf_pdp, pdp_type, "pdp_type: pdptype iptype ipv6",
	 "Which protocols to ask for.",
	 "ipv4", .words = pdp_types)
CONF_KEY(network, cid, INT, int, cid, "cid: cid dialnumber",
	 "The number of the modem's context to use; 0 is the one that has the APN already, else 1 or, "
	 "where the network keeps that for itself, a free one.",
	 "0", .min = 0, .max = 24)
CONF_KEY(network, dial, STRING, char *, dial, "",
	 "The dial string, of digits, * and #, such as \"*99#\", or \"cgdata\"; \"auto\" is the "
	 "usual one for the context, and others where the modem refuses it.",
	 "auto", .format = CONF_FORMAT_DIAL, .max = 40, .lower = true)
CONF_KEY(network, user, STRING, char *, user, "username",
	 "The user name that the operator expects; \"\" is none.",
	 "")
CONF_KEY(network, password, SECRET, char *, password, "password",
	 "The password for it; \"\" is none.",
	 "")
CONF_KEY_FILE(network, password_file, password, "password_file",
	 "A file whose first line is the password, instead of password.",
	 .format = CONF_FORMAT_ANY)
CONF_KEY(network, auth, ENUM, enum conf_auth, auth, "auth: auth allowedauth[]",
	 "How to prove user name and password; \"auto\" is the way that the network asks for.",
	 "auto", .words = auths)
CONF_KEY(network, mode, STRING, char *, mode, "mode: mode modes service allowedmode preferredmode",
	 "The radio technologies to use; \"auto\" is what the modem is set to.",
	 "auto", .words = modes)
CONF_KEY(network, operator, STRING, char *, operator, "operator plmn",
	 "The 5 or 6 digits of country and network; \"auto\" lets the modem choose, and frees one "
	 "that was bound to a network.",
	 "auto", .format = CONF_FORMAT_OPERATOR)
CONF_KEY(network, roaming, BOOL, bool, roaming, "roaming allow_roaming",
	 "Whether to use a network other than the SIM's own.",
	 "true")
CONF_KEY(network, register_timeout, INT, int, register_timeout_s, "register_timeout",
	 "How long to wait for the modem to register.",
	 "120", .min = 5, .max = DAY_S, .unit = "seconds")
CONF_END(network)

CONF_GROUP(ppp, "The PPP link, its network interface and its routes.")
CONF_KEY(ppp, ifname, STRING, char *, ifname, "pppname",
	 "The interface's name, up to 15 characters; \"auto\" is wwan- and the instance's name, the "
	 "end of a long one as a short hash; \"\" is the next free pppN.",
	 "auto", .format = CONF_FORMAT_IFNAME, .max = 15)
CONF_KEY(ppp, default_route, BOOL, bool, default_route,
	 "link: pppd_option[] reqprefix norelease sourcefilter extendprefix",
	 "Whether the link is to be a default route.",
	 "true", .now = true)
CONF_KEY(ppp, metric, INT, int, metric, "",
	 "That route's metric: of several routes the one with the lowest is used.",
	 "100", .min = 0, .max = 2147483647, .now = true)
CONF_KEY(ppp, peer_dns, BOOL, bool, peer_dns, "",
	 "Whether to ask the network for its DNS servers.",
	 "true")
CONF_KEY(ppp, mtu, INT, int, mtu, "mtu",
	 "The largest packet; 0 leaves it to pppd and the network.",
	 "0", .min = 128, .max = 16384, .zero = true, .unit = "bytes")
CONF_KEY(ppp, lcp_echo_interval, INT, int, lcp_echo_interval_s, "keepalive: keepalive",
	 "How often to ask whether the other side is still there; 0 is never.",
	 "20", .min = 0, .max = DAY_S, .unit = "seconds")
CONF_KEY(ppp, lcp_echo_failure, INT, int, lcp_echo_failure, "",
	 "How many of these questions without an answer end the link.",
	 "3", .min = 1, .max = 100)
CONF_KEY(ppp, options, LIST, struct conf_list, options, "",
	 "More options for pppd, one an item: ( \"mru 1400\", \"noaccomp\" ).",
	 "", .format = CONF_FORMAT_PPP_OPTION)
CONF_END(ppp)

CONF_GROUP(monitor, "How to find out that a link which is up has stopped working.")
CONF_KEY(monitor, ping, LIST, struct conf_list, ping, "ping",
	 "Addresses to ping through the link: ( \"192.0.2.1\" ). One answer from any of them is "
	 "enough.",
	 "", .format = CONF_FORMAT_IP, .now = true)
CONF_KEY(monitor, interval, INT, int, interval_s, "ping_interval",
	 "How often to ping.",
	 "30", .min = 1, .max = DAY_S, .unit = "seconds", .now = true)
CONF_KEY(monitor, failures, INT, int, failures, "ping_failures",
	 "How many rounds without any answer end the link.",
	 "3", .min = 1, .max = 100, .now = true)
CONF_KEY(monitor, signal_interval, INT, int, signal_interval_s, "signal_interval",
	 "How often to ask a second AT port for signal and registration; 0 is never.",
	 "30", .min = 0, .max = DAY_S, .unit = "seconds", .now = true)
CONF_KEY(monitor, dead_traffic, INT, int, dead_traffic_s, "dead_traffic",
	 "After how long a link is dead that sends bytes and receives none; 0 is never.",
	 "300", .min = 0, .max = DAY_S, .unit = "seconds", .now = true)
CONF_END(monitor)

CONF_GROUP(recovery, "What to do when dialing fails.")
CONF_KEY(recovery, backoff_min, INT, int, backoff_min_s, "backoff_min",
	 "The first pause after a failed dial; it doubles with each further failure.",
	 "2", .min = 1, .max = DAY_S, .unit = "seconds", .now = true)
CONF_KEY(recovery, backoff_max, INT, int, backoff_max_s, "backoff_max",
	 "The longest pause.",
	 "300", .min = 1, .max = DAY_S, .unit = "seconds", .now = true)
CONF_KEY(recovery, ladder, LIST, struct conf_list, ladder, "ladder",
	 "What to try when dialing keeps failing, in this order; ( ) only dials again. \"power\" is "
	 "left out where the group power names nothing that switches the modem.",
	 "redial dtr cfun reset usb power", .words = steps, .now = true)
CONF_END(recovery)

CONF_GROUP(power, "The modem's power: its key, reset and status lines at a GPIO chip, or a program "
	   "that switches it. Nothing is switched unless key, reset or command is given.")
CONF_KEY(power, chip, STRING, char *, chip, "power_chip",
	 "The GPIO chip, by its name, its label or the path of its device.",
	 "gpiochip0", .format = CONF_FORMAT_TEXT)
CONF_KEY(power, key, STRING, char *, key, "power_key",
	 "The line of the modem's power key, by its offset at the chip or its name; -1 is none.",
	 "-1", .format = CONF_FORMAT_TEXT, .number = true)
CONF_KEY(power, reset, STRING, char *, reset, "power_reset",
	 "The line of its reset; -1 is none.",
	 "-1", .format = CONF_FORMAT_TEXT, .number = true)
CONF_KEY(power, status, STRING, char *, status, "power_status",
	 "The line that is 1 while the modem is on; -1 is none.",
	 "-1", .format = CONF_FORMAT_TEXT, .number = true)
CONF_KEY(power, active, ENUM, enum conf_active, active, "power_active",
	 "The level that presses key and reset: \"low\" at the module's own pins, \"high\" where a "
	 "transistor is in between.",
	 "low", .words = actives)
CONF_KEY(power, key_on_ms, INT, int, key_on_ms, "power_key_on_ms",
	 "How long to press the key to switch the modem on; 0 is what its family wants.",
	 "0", .min = 0, .max = 30000, .unit = "milliseconds")
CONF_KEY(power, key_off_ms, INT, int, key_off_ms, "power_key_off_ms",
	 "How long to press it to switch the modem off; 0 is what its family wants.",
	 "0", .min = 0, .max = 30000, .unit = "milliseconds")
CONF_KEY(power, command, STRING, char *, command, "power_command",
	 "A program that switches the modem instead of key and reset: it is run with the word on, "
	 "off or cycle.",
	 "", .format = CONF_FORMAT_PATH)
CONF_KEY(power, off_at_stop, BOOL, bool, off_at_stop, "power_off_at_stop",
	 "Whether to switch the modem off when the instance is stopped.",
	 "false", .now = true)
CONF_END(power)

CONF_GROUP(control, "The control socket.")
CONF_KEY(control, group, STRING, char *, group, "",
	 "The group whose members may use status, redial, stop and so on besides root; \"\" is none.",
	 "", .format = CONF_FORMAT_UNIX_GROUP, .max = 32, .now = true)
CONF_END(control)
/* clang-format on */
