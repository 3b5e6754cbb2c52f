# shellcheck shell=dash
# Stand-in for procd's: a line a call in /tmp/calls.

procd_says() {
	echo "procd $*" >>/tmp/calls
}

procd_open_instance() {
	procd_says instance "$1"
}

procd_set_param() {
	procd_says "$@"
}

procd_close_instance() {
	:
}

procd_add_reload_trigger() {
	procd_says trigger "$@"
}

procd_add_config_trigger() {
	procd_says "$@"
}
