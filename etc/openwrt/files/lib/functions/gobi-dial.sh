# SPDX-License-Identifier: ISC
# shellcheck shell=dash
# Makes a configuration of gobi-dial from UCI's options, for its init script and
# netifd's protocol handler. The script that sources this defines two functions:
#
#   gobi_get VARIABLE OPTION    the option's value, or nothing, into VARIABLE
#   gobi_each FUNCTION OPTION   call FUNCTION with each item of a list
#
# Values may be any text. Whatever they contain, they become libconfig strings, and
# gobi-dial checks them: what is not a number stays a string, which it rejects.

gobi_dir=/var/run/gobi-dial

gobi_lf='
'
gobi_cr=$(printf '\r')
gobi_tab=$(printf '\t')
gobi_ff=$(printf '\f')

# gobi_final CODE: whether only a person can fix what gobi-dial ended with.
gobi_final() {
	case $1 in
	2 | 3 | 7 | 9 | 10 | 17 | 18) return 0 ;;
	*) return 1 ;;
	esac
}

# gobi_word CAUSE: an exit code, or the word of status, as a word for ifstatus: that of
# other modem protocols, where they have one.
gobi_word() {
	case $1 in
	0 | none) ;;
	2 | usage | 3 | config) echo INVALID_CONFIG ;;
	4 | no-modem) echo NO_DEVICE ;;
	5 | no-at-port) echo NO_AT_PORT ;;
	6 | busy) echo DEVICE_BUSY ;;
	7 | firmware) echo NO_FIRMWARE ;;
	8 | sim) echo SIM_FAILED ;;
	9 | pin) echo PIN_FAILED ;;
	10 | puk) echo PUK_NEEDED ;;
	11 | radio-off) echo RADIO_OFF ;;
	12 | not-registered) echo NETWORK_REGISTRATION_FAILED ;;
	13 | call) echo CALL_FAILED ;;
	14 | ppp) echo PPP_FAILED ;;
	15 | ppp-auth) echo AUTH_FAILED ;;
	16 | link-lost) echo LINK_LOST ;;
	17 | no-ppp) echo NO_PPP ;;
	18 | permission) echo PERMISSION_DENIED ;;
	19 | limit) echo LIMIT_REACHED ;;
	20 | power) echo POWER_FAILED ;;
	*) echo INTERNAL_ERROR ;;
	esac
}

# gobi_blocked NAME CODE: note for hotplug what another SIM may fix, with the number
# of the kernel's last event: a modem that is plugged in from now on has a higher one.
gobi_blocked() {
	case $2 in
	9 | 10) cat /sys/kernel/uevent_seqnum >"$gobi_dir/$1.blocked" ;;
	esac
}

# gobi_unblock NAME: it is set up again, or no longer wanted.
gobi_unblock() {
	rm -f "$gobi_dir/$1.blocked"
}

# gobi_get and gobi_each from section $gobi_section of what config_load has read. With
# $gobi_split an option counts as a list, one item a word, as netifd takes it.
gobi_uci_get() {
	config_get "$1" "$gobi_section" "$2"
}

gobi_uci_each() {
	local length value

	config_get length "$gobi_section" "$2_LENGTH"
	if [ -n "$length" ]; then
		config_list_foreach "$gobi_section" "$2" "$1"
		return
	fi
	config_get value "$gobi_section" "$2"
	if [ -z "$gobi_split" ]; then
		"$1" "$value"
		return
	fi
	set -f
	for value in $value; do
		"$1" "$value"
	done
	set +f
}

# gobi_first VARIABLE OPTION...: the first of the options that is given.
gobi_first() {
	local first_var="$1" first_value=

	shift
	while [ $# -gt 0 ] && [ -z "$first_value" ]; do
		gobi_get first_value "$1"
		shift
	done
	eval "$first_var=\$first_value"
}

# gobi_replace FROM TO: each FROM in $gobi_text becomes TO.
gobi_replace() {
	local rest="$gobi_text"

	gobi_text=
	while :; do
		case $rest in
		*"$1"*) gobi_text=$gobi_text${rest%%"$1"*}$2 ;;
		*) break ;;
		esac
		rest=${rest#*"$1"}
	done
	gobi_text=$gobi_text$rest
}

# gobi_quote VALUE: the value as a libconfig string, into $gobi_text.
gobi_quote() {
	gobi_text=$1
	gobi_replace "\\" "\\\\"
	gobi_replace '"' '\"'
	gobi_replace "$gobi_lf" '\n'
	gobi_replace "$gobi_cr" '\r'
	gobi_replace "$gobi_tab" '\t'
	gobi_replace "$gobi_ff" '\f'
	gobi_text="\"$gobi_text\""
}

# gobi_text_key KEY VALUE; an empty VALUE prints nothing. The same for the next two.
gobi_text_key() {
	[ -n "$2" ] || return 0
	gobi_quote "$2"
	printf '\t%s = %s;\n' "$1" "$gobi_text"
}

gobi_number_key() {
	case $2 in
	*[!0-9]*) gobi_text_key "$1" "$2" ;;
	?*) printf '\t%s = %s;\n' "$1" "$2" ;;
	esac
}

gobi_truth_key() {
	case $2 in
	1 | on | true | yes | enabled) printf '\t%s = true;\n' "$1" ;;
	0 | off | false | no | disabled) printf '\t%s = false;\n' "$1" ;;
	*) gobi_text_key "$1" "$2" ;;
	esac
}

gobi_item() {
	[ -n "$1" ] || return 0
	gobi_quote "$1"
	gobi_items="$gobi_items${gobi_items:+, }$gobi_text"
}

# gobi_list_key KEY OPTION [ITEM...]: the option's items, and then these.
gobi_list_key() {
	local key="$1" option="$2"

	shift 2
	gobi_items=
	gobi_each gobi_item "$option"
	while [ $# -gt 0 ]; do
		gobi_item "$1"
		shift
	done
	[ -z "$gobi_items" ] || printf '\t%s = ( %s );\n' "$key" "$gobi_items"
}

# gobi_key KIND KEY OPTION...: the first of the options that is given.
gobi_key() {
	local kind="$1" key="$2" value

	shift 2
	gobi_first value "$@"
	"gobi_${kind}_key" "$key" "$value"
}

# A tty, or a place in sysfs as ModemManager and uqmi have it.
gobi_device() {
	local device path

	gobi_get device device
	gobi_first path path devpath
	case $device in
	/sys/*)
		path=${path:-$device}
		device=
		;;
	auto) device= ;;
	esac
	path=${path%/}
	gobi_text_key path "${path##*/}"
	gobi_text_key port "$device"
}

# *99***3# is context 3, *99# the usual one; any other number is dialled as it stands.
gobi_cid() {
	local cid dial number

	gobi_get cid cid
	gobi_get number dialnumber
	case $number in
	'' | '*99#') ;;
	'*99***'*'#')
		number=${number#'*99***'}
		cid=${cid:-${number%'#'}}
		;;
	*) dial=$number ;;
	esac
	gobi_number_key cid "$cid"
	gobi_text_key dial "$dial"
}

# IPv6 is requested by pdptype, or by ipv6 as with other ppp protocols.
gobi_pdp_type() {
	local ipv6

	gobi_first gobi_pdp pdptype iptype
	gobi_get ipv6 ipv6
	case $gobi_pdp:$ipv6 in
	[Ii][Pp]:* | [Ii][Pp][Vv]4:*) gobi_pdp=ipv4 ;;
	[Ii][Pp][Vv]6:*) gobi_pdp=ipv6 ;;
	[Ii][Pp][Vv]4[Vv]6:*) gobi_pdp=ipv4v6 ;;
	:1 | :auto) gobi_pdp=ipv4v6 ;;
	esac
	gobi_text_key pdp_type "$gobi_pdp"
}

gobi_add_auth() {
	gobi_auths="$gobi_auths $1"
}

# One word, or several of which any may be used; words for what mobile networks do
# not use are ignored beside others.
gobi_auth() {
	local auth word pap='' chap='' other=''

	gobi_get auth auth
	gobi_auths=$auth
	gobi_each gobi_add_auth allowedauth
	set -f
	# shellcheck disable=SC2086
	set -- $gobi_auths
	set +f
	for word; do
		case $word in
		pap) pap=1 ;;
		chap) chap=1 ;;
		both) pap=1 chap=1 ;;
		*) other=$word ;;
		esac
	done
	case $pap$chap in
	11) other=auto ;;
	1) other=${pap:+pap}${chap:+chap} ;;
	esac
	gobi_text_key auth "$other"
}

# gobi_generations WORD: the technologies named in it, "2g+3g".
gobi_generations() {
	local words="$1" word two='' three='' four='' five='' all=

	gobi_text=$words
	for word in ',' '|' '+'; do
		gobi_replace "$word" ' '
	done
	set -f
	# shellcheck disable=SC2086
	set -- $gobi_text
	set +f
	for word; do
		case $word in
		2g | gsm | gprs | gprs_only) two=+2g ;;
		3g | umts | wcdma | umts_only) three=+3g ;;
		4g | lte) four=+4g ;;
		5g | 5gnr | nr5g) five=+5g ;;
		all | any | auto) all=1 ;;
		*)
			gobi_text=$words
			return
			;;
		esac
	done
	gobi_text=$two$three$four$five
	gobi_text=${gobi_text#+}
	[ -z "$all" ] && [ "$gobi_text" != 2g+3g+4g+5g ] || gobi_text=auto
}

# In the words of gobi-dial, or of proto 3g, qmi or modemmanager.
gobi_mode() {
	local mode service preferred

	gobi_get mode mode
	gobi_get service service
	gobi_get preferred preferredmode
	if [ -z "$mode" ] && [ "${preferred:-none}" != none ]; then
		gobi_generations "$preferred"
		mode=$gobi_text-preferred
	fi
	[ "$service" != umts ] || service=auto
	if [ -z "$mode" ]; then
		gobi_first mode modes allowedmode
		gobi_generations "${mode:-$service}"
		mode=$gobi_text
	fi
	gobi_text_key mode "$mode"
}

# FAILURES [INTERVAL], as with other ppp protocols.
gobi_keepalive() {
	local keepalive failures

	gobi_get keepalive keepalive
	failures=${keepalive%%[, ]*}
	case $failures in
	'') ;;
	0) echo '	lcp_echo_interval = 0;' ;;
	*)
		gobi_number_key lcp_echo_failure "$failures"
		[ "$failures" = "$keepalive" ] ||
			gobi_number_key lcp_echo_interval "${keepalive##*[, ]}"
		;;
	esac
}

# gobi_bool VARIABLE OPTION: 0 or 1, or nothing.
gobi_bool() {
	local bool_value

	gobi_get bool_value "$2"
	case $bool_value in
	1 | on | true | yes | enabled) eval "$1=1" ;;
	0 | off | false | no | disabled) eval "$1=0" ;;
	*) eval "$1=" ;;
	esac
}

# netifd gets address, routes and name servers from the scripts of the ppp package,
# as from every other pppd. The variables are for its ppp6-up, which makes NAME_6.
gobi_netifd_keys() {
	local ipv6 peerdns ip6table reqprefix norelease sourcefilter delegate extendprefix

	echo '	default_route = false;'
	set -- "ipparam $1" "ip-up-script /usr/libexec/gobi-dial-ppp-up" \
		"ip-down-script /lib/netifd/ppp-down"
	case $gobi_pdp in
	ipv6 | ipv4v6)
		gobi_get ipv6 ipv6
		gobi_get ip6table ip6table
		gobi_get reqprefix reqprefix
		gobi_bool peerdns peerdns
		gobi_bool norelease norelease
		gobi_bool sourcefilter sourcefilter
		gobi_bool delegate delegate
		gobi_bool extendprefix extendprefix
		set -- "$@" "ipv6-up-script /usr/libexec/gobi-dial-ppp6-up" \
			"ipv6-down-script /lib/netifd/ppp-down"
		case $ipv6 in
		'' | auto)
			# The network gives one /64, which the LAN may share.
			set -- "$@" "set AUTOIPV6=1" \
				${reqprefix:+"set REQPREFIX=$reqprefix"}
			[ "$norelease" != 1 ] || set -- "$@" "set NORELEASE=1"
			[ "$extendprefix" = 0 ] || set -- "$@" "set EXTENDPREFIX=1"
			;;
		esac
		set -- "$@" ${ip6table:+"set IP6TABLE=$ip6table"} \
			${peerdns:+"set PEERDNS=$peerdns"}
		[ "$sourcefilter" != 0 ] || set -- "$@" "set NOSOURCEFILTER=1"
		[ "$delegate" != 0 ] || set -- "$@" "set DELEGATE=0"
		;;
	esac
	gobi_list_key options pppd_option "$@"
}

gobi_own_keys() {
	gobi_key truth default_route defaultroute
	gobi_key number metric metric
	gobi_key truth peer_dns peerdns
	gobi_list_key options pppd_option
}

# gobi_link NAME BY: routes, name servers and pppd's options.
gobi_link() {
	case $2 in
	netifd) gobi_netifd_keys "$1" ;;
	*) gobi_own_keys ;;
	esac
}

# made from src/conf/keys.h, by make update-schema
# What the handler declares to netifd; a list has several items.
gobi_options="
	usb path devpath serial imei baud flow raise cmux driver wait pincode
	pin_file apn providers pdptype iptype ipv6 cid dialnumber username
	password password_file auth mode modes service allowedmode
	preferredmode operator plmn roaming allow_roaming register_timeout
	pppname reqprefix norelease sourcefilter extendprefix mtu keepalive
	power_chip power_key power_reset power_status power_active
	power_key_on_ms power_key_off_ms power_command
"
gobi_lists="
	init allowedauth pppd_option
"
# What changes on a living link: netifd, which would redial, does not know of these.
gobi_living="
	ping ping_interval ping_failures signal_interval dead_traffic
	backoff_min backoff_max ladder power_off_at_stop
"

# gobi_settings NAME BY: the whole configuration; BY is netifd or procd.
gobi_settings() {
	local gobi_pdp gobi_items gobi_auths gobi_text

	echo 'modem: {'
	gobi_key text usb usb
	gobi_device "$@"
	gobi_key text serial serial
	gobi_key text imei imei
	gobi_key number baud baud
	gobi_key text flow flow
	gobi_key number raise raise
	gobi_key text cmux cmux
	gobi_key text driver driver
	gobi_list_key init init
	gobi_key number wait wait
	echo '};'
	echo 'sim: {'
	gobi_key text pin pincode
	gobi_key text pin_file pin_file
	echo '};'
	echo 'network: {'
	gobi_key text apn apn
	gobi_key text providers providers
	gobi_pdp_type "$@"
	gobi_cid "$@"
	gobi_key text user username
	gobi_key text password password
	gobi_key text password_file password_file
	gobi_auth "$@"
	gobi_mode "$@"
	gobi_key text operator operator plmn
	gobi_key truth roaming roaming allow_roaming
	gobi_key number register_timeout register_timeout
	echo '};'
	echo 'ppp: {'
	gobi_key text ifname pppname
	gobi_link "$@"
	gobi_key number mtu mtu
	gobi_keepalive "$@"
	echo '};'
	echo 'monitor: {'
	gobi_list_key ping ping
	gobi_key number interval ping_interval
	gobi_key number failures ping_failures
	gobi_key number signal_interval signal_interval
	gobi_key number dead_traffic dead_traffic
	echo '};'
	echo 'recovery: {'
	gobi_key number backoff_min backoff_min
	gobi_key number backoff_max backoff_max
	gobi_list_key ladder ladder
	echo '};'
	echo 'power: {'
	gobi_key text chip power_chip
	gobi_key text key power_key
	gobi_key text reset power_reset
	gobi_key text status power_status
	gobi_key text active power_active
	gobi_key number key_on_ms power_key_on_ms
	gobi_key number key_off_ms power_key_off_ms
	gobi_key text command power_command
	gobi_key truth off_at_stop power_off_at_stop
	echo '};'
}
# end of what is made

# gobi_mark BY: the first line of its files.
gobi_mark() {
	echo "# Made for $1 from UCI's options; changes are lost."
}

# gobi_made_by BY FILE: whether FILE was made here for BY.
gobi_made_by() {
	local line=

	[ -f "$2" ] && read -r line <"$2" && [ "$line" = "$(gobi_mark "$1")" ]
}

# gobi_text_of NAME BY: the file's text.
gobi_text_of() {
	gobi_mark "$2"
	gobi_settings "$1" "$2"
}

# gobi_conf NAME BY [WRITER]: write $gobi_dir/NAME.conf, which only root reads. WRITER is
# a word of one that may do so beside another.
gobi_conf() {
	local new="$gobi_dir/$1.conf.${3:-new}"

	case $1 in
	'' | *[!A-Za-z0-9_-]*)
		echo "\"$1\" is no instance's name: A-Z a-z 0-9 _ -" >&2
		return 1
		;;
	esac
	# -p, because another interface may be making it right now.
	# shellcheck disable=SC2174
	mkdir -p -m 0755 "$gobi_dir" || return
	(
		umask 077
		rm -f "$new"
		gobi_text_of "$1" "$2" >"$new"
	) && mv -f "$new" "$gobi_dir/$1.conf"
}

# gobi_verbosity: the flags of the option verbose, into $gobi_flags.
gobi_verbosity() {
	local verbose

	gobi_get verbose verbose
	case $verbose in
	'' | 0) gobi_flags= ;;
	1) gobi_flags=-v ;;
	*) gobi_flags=-vv ;;
	esac
}
