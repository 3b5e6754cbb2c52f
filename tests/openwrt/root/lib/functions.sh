# shellcheck shell=dash
# Stand-in for OpenWrt's: UCI's files are read as the shell that they nearly are.

config() {
	CONFIG_SECTION=$2
	CONFIG_SECTIONS="$CONFIG_SECTIONS $2"
	eval "CONFIG_${2}_TYPE=\$1"
}

option() {
	eval "CONFIG_${CONFIG_SECTION}_$1=\$2"
}

list() {
	local length

	eval "length=\$((\${CONFIG_${CONFIG_SECTION}_$1_LENGTH:-0} + 1))"
	eval "CONFIG_${CONFIG_SECTION}_$1_LENGTH=\$length"
	eval "CONFIG_${CONFIG_SECTION}_$1_ITEM$length=\$2"
}

config_load() {
	CONFIG_SECTIONS=
	# shellcheck source=/dev/null
	[ ! -e "/etc/config/$1" ] || . "/etc/config/$1"
}

config_get() {
	eval "$1=\${CONFIG_$2_$3:-\$4}"
}

config_get_bool() {
	local bool

	config_get bool "$2" "$3" "$4"
	case $bool in
	1 | on | true | yes | enabled) eval "$1=1" ;;
	0 | off | false | no | disabled) eval "$1=0" ;;
	*) eval "$1=\$4" ;;
	esac
}

config_foreach() {
	local function="$1" type="$2" section is

	shift 2
	for section in $CONFIG_SECTIONS; do
		config_get is "$section" TYPE
		[ "$is" != "$type" ] || "$function" "$section" "$@"
	done
}

config_list_foreach() {
	local section="$1" option="$2" function="$3" length value at=1

	config_get length "$section" "${option}_LENGTH" 0
	while [ "$at" -le "$length" ]; do
		config_get value "$section" "${option}_ITEM$at"
		"$function" "$value"
		at=$((at + 1))
	done
}
