# shellcheck shell=dash
# What netifd knows of an interface, in /tmp/netifd/NAME.link; its options are in
# NAME.json. A device is the file /tmp/netdev.IFNAME, whose content differs each time.

# netifd_change INTERFACE JQ-EXPRESSION [JQ-OPTION...]: change what is known.
netifd_change() {
	local link="/tmp/netifd/$1.link" expression="$2"

	shift 2
	[ -s "$link" ] || echo '{"up": false}' >"$link"
	jq -c "$@" "$expression" "$link" >"$link.new.$$" && mv "$link.new.$$" "$link"
}

# netifd_is_up INTERFACE
netifd_is_up() {
	[ -s "/tmp/netifd/$1.link" ] && jq -e .up "/tmp/netifd/$1.link" >/dev/null
}

# netifd_link INTERFACE IFNAME UP KEEP KIND ADDRESS ROUTE DNS...: what proto_send_update
# brings. An interface that is up stays as it is where keep is set, and what it has
# already is not put on a device again, though that may be another; name servers are
# added again.
netifd_link() {
	local interface="$1" ifname="$2" up="$3" keep="$4" kind="$5" address="$6" route="$7"
	local was=0 device=

	shift 7
	! netifd_is_up "$interface" || was=1
	if [ "$up" = 0 ]; then
		netifd_change "$interface" '{"up": false, "error": .error}'
		[ "$was" = 0 ] || echo "hotplug ifdown $interface" >>/tmp/calls
		return
	fi
	[ ! -e "/tmp/netdev.$ifname" ] || read -r device <"/tmp/netdev.$ifname"
	[ "$keep" = 1 ] || netifd_change "$interface" '{"up": .up}'
	netifd_change "$interface" '
		.up = true | .ifname = $ifname | del(.error) |
		if .[$kind] == $address then . else
			.[$kind] = $address | .device = $device | .route = $route end |
		.dns += ($dns | split(" "))' --arg ifname "$ifname" --arg kind "$kind" \
		--arg address "$address" --arg device "$device" --arg route "$route" \
		--arg dns "$*"
	[ "$was" = 1 ] || echo "hotplug ifup $interface" >>/tmp/calls
}

# netifd_status INTERFACE: as "ubus -S call network.interface.INTERFACE status", and whether
# the device is that on which address and route were put.
netifd_status() {
	local link="/tmp/netifd/$1.link" ifname='' device=''

	[ -e "/tmp/netifd/$1.json" ] || return 4
	[ -s "$link" ] || echo '{"up": false}' >"$link"
	ifname=$(jq -r '.ifname // ""' "$link")
	[ ! -e "/tmp/netdev.$ifname" ] || read -r device <"/tmp/netdev.$ifname"
	jq -c --slurpfile config "/tmp/netifd/$1.json" --arg device "$device" \
		--argjson block "$([ -e "/tmp/netifd/$1.block" ] && echo true || echo false)" '
		def off: . == false or . == "0" or . == 0;
		$config[0] as $config | (.device == $device) as $on | {
		up, pending: (.up or $block | not), autostart: ($block | not),
		"ipv4-address": [.ip // empty | {address: .}],
		"ipv6-address": [.ip6 // empty | {address: .}],
		"on-device": $on,
		route: [select(.route and ($config.defaultroute | off | not)) |
			{nexthop: .route, metric: ($config.metric // 0 | tonumber)}],
		"dns-server": ([$config.dns // empty] +
			(if $config.peerdns | off then [] else .dns // [] end)),
		errors: [.error // empty | {code: .}],
		inactive: {"ipv4-address": [], "ipv6-address": []}}' "$link"
}
