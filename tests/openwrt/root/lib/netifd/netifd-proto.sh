# shellcheck shell=dash
# Stand-in for netifd's: what a handler says goes to /tmp/netifd, where the
# stand-in for netifd itself reads it, and to /tmp/calls.
. /lib/netifd/stand-in.sh

netifd_says() {
	echo "netifd $*" >>/tmp/calls
}

# JSON is made into variables by jq. jshn exports them, and so does this.
json_load() {
	eval "$(printf %s "$1" | jq -r '
		to_entries[] | .key as $key | .value |
		if type == "array" then
			"export JSON_N_\($key)=\(length)",
			(to_entries[] |
				"export JSON_V_\($key)_\(.key)=" +
				(.value | tostring | @sh))
		elif type == "boolean" then
			"export JSON_V_\($key)=\(if . then 1 else 0 end)"
		else
			"export JSON_V_\($key)=\(tostring | @sh)"
		end')"
}

json_get_var() {
	eval "export -- \"$1=\${JSON_V_$2-}\""
}

json_get_vars() {
	while [ $# -gt 0 ]; do
		json_get_var "$1" "$1"
		shift
	done
}

json_for_each_item() {
	local function="$1" target="$2" count key=0 val

	eval "count=\${JSON_N_$target-}"
	if [ -z "$count" ]; then
		json_get_var val "$target"
		"$function" "$val" ""
		return
	fi
	while [ "$key" -lt "$count" ]; do
		eval "val=\$JSON_V_${target}_$key"
		key=$((key + 1))
		"$function" "$val" "$key"
	done
}

# With "dump" a handler says which options it takes: NAME TYPE.
proto_config_add_string() {
	echo "${1%%:*} string"
}

proto_config_add_int() {
	echo "${1%%:*} int"
}

proto_config_add_boolean() {
	echo "${1%%:*} boolean"
}

proto_config_add_array() {
	echo "${1%%:*} array"
}

proto_config_add_defaults() {
	proto_config_add_boolean defaultroute
	proto_config_add_boolean peerdns
	proto_config_add_int metric
}

# As long as it takes on a router.
proto_init_update() {
	proto_update="$1 $2"
	proto_ifname=$1
	proto_up=$2
	proto_keep=0
	proto_kind=ip
	proto_address=
	proto_route=
	proto_dns=
	netifd_says "begin update $1 $2"
	sleep 0.3
}

proto_set_keep() {
	proto_keep=$1
}

proto_add_ipv4_address() {
	proto_update="$proto_update ip $1/$2 peer $4"
	proto_address=$1
}

proto_add_ipv6_address() {
	proto_update="$proto_update ip6 $1/$2"
	proto_kind=ip6
	proto_address=$1
}

proto_add_ipv4_route() {
	proto_update="$proto_update route $1/$2 via $3"
	proto_route=$3
}

proto_add_dns_server() {
	proto_update="$proto_update dns $1"
	proto_dns="$proto_dns $1"
}

proto_send_update() {
	netifd_says "update $1 $proto_update"
	# shellcheck disable=SC2086
	netifd_link "$1" "$proto_ifname" "$proto_up" "$proto_keep" "$proto_kind" \
		"$proto_address" "$proto_route" $proto_dns
}

proto_run_command() {
	local interface="$1" word

	shift
	netifd_says "run $interface $*"
	for word; do
		printf '%s\0' "$word"
	done >"/tmp/netifd/$interface.command"
}

proto_kill_command() {
	netifd_says "kill $1"
	[ ! -e "/tmp/netifd/$1.task" ] ||
		kill "$(cat "/tmp/netifd/$1.task")" 2>/dev/null
	return 0
}

proto_notify_error() {
	netifd_says "error $*"
	netifd_change "$1" '.error = $error' --arg error "$2"
}

proto_block_restart() {
	netifd_says "block $1"
	: >"/tmp/netifd/$1.block"
}

# Called with: PROTOCOL dump, or PROTOCOL setup|teardown INTERFACE JSON.
init_proto() {
	proto=$1
	cmd=$2
	interface=${3-}
	data=${4-}
}

add_protocol() {
	case $cmd in
	dump)
		"proto_$1_init_config"
		echo "flags no_device=$no_device available=$available" \
			"lasterror=$lasterror no_proto_task=${no_proto_task:-0}"
		;;
	*)
		[ "$proto" = "$1" ] || return 0
		json_load "$data"
		"proto_$1_$cmd" "$interface"
		;;
	esac
}
