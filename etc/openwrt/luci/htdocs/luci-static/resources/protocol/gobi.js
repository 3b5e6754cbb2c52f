'use strict';
'require rpc';
'require form';
'require network';
'require gobi-dial.options as options';

/* SPDX-License-Identifier: ISC
 * The page of an interface with "proto gobi". */

var probe = rpc.declare({
	object: 'gobi-dial',
	method: 'probe',
	params: [ 'name' ],
	expect: { '': {} }
});

var redial = rpc.declare({
	object: 'gobi-dial',
	method: 'redial',
	params: [ 'name' ],
	expect: { '': {} }
});

/* What nearly everybody needs; all other options are on the second tab. */
var titles = {
	apn: _('APN'),
	pincode: _('PIN'),
	username: _('User name'),
	password: _('Password'),
	auth: _('Authentication'),
	pdptype: _('IP version'),
	mode: _('Radio technology'),
	roaming: _('Roaming')
};

var roles = {
	'at': _('can dial'),
	'at-secondary': _('answers, but not for data'),
	'nmea': _('positions'),
	'diag': _('diagnostics'),
	'ppp': _('stuck in a call'),
	'silent': _('silent'),
	'no-dtr': _('silent: its driver cannot raise DTR'),
	'busy': _('in use'),
	'other': _('not asked'),
	'error': _('failed')
};

Object.keys(options.errors).forEach(function(word) {
	network.registerErrorCode(word, options.errors[word]);
});

network.registerPatternVirtual(/^wwan-.+$/);

/* Between two polls a search goes on in the router. */
function search(name) {
	return probe(name).then(function(found) {
		if (found.running)
			return new Promise(function(resolve) {
				window.setTimeout(resolve, 1000);
			}).then(function() { return search(name) });
		return found;
	});
}

function validateNumber(row, section_id, value) {
	var number = +value;

	if (value == null || value == '' || (row.zero && number === 0))
		return true;
	if (!/^[0-9]+$/.test(value) || number < row.min || number > row.max)
		return (row.zero ? _('A number from %d to %d, or 0') : _('A number from %d to %d'))
			.format(row.min, row.max);
	return true;
}

/* "none" for "". */
function presetOf(row) {
	return row.preset.replace(/^"(.*)"$/, '$1').replace(/^\( *\)$/, '');
}

function addOption(s, row) {
	var kinds = { flag: form.Flag, list: form.DynamicList },
	    title = titles[row.option] || row.option,
	    tab = titles[row.option] ? 'general' : 'advanced',
	    kind = kinds[row.kind] || (row.words ? form.ListValue : form.Value),
	    text = row.text.replace(/""/g, _('empty')) + (row.unit ? ' (%s)'.format(row.unit) : ''),
	    o = s.taboption(tab, kind, row.option, title, text);

	if (row.kind == 'flag') {
		o.default = row.preset == 'true' ? o.enabled : o.disabled;
	}
	else if (row.kind == 'list') {
		(row.words || []).forEach(function(word) { o.value(word) });
	}
	else if (row.words) {
		o.value('', _('default (%s)').format(presetOf(row)));
		row.words.forEach(function(word) { o.value(word) });
		/* A word of another protocol, "both" or "lte", works too; LuCI would delete it unseen. */
		o.load = function(section_id) {
			var value = kind.prototype.load.apply(this, arguments);

			if (value && row.words.indexOf(value) < 0)
				this.value(value);
			return value;
		};
		o.optional = true;
	}
	else {
		o.placeholder = presetOf(row);
		o.password = row.kind == 'secret';
	}
	if (row.kind == 'number')
		o.validate = validateNumber.bind(o, row);
	o.rmempty = true;
}

/* Take what tells this modem from others: its USB ids, and its place if another has the same,
 * or a tty that has none. */
function takeModem(s, section_id, port, ports) {
	var usb = port.usb || {},
	    values = { usb: '', path: '', _modem_device: '' };

	if (usb.vid && usb.pid) {
		values.usb = usb.vid + ':' + usb.pid;
		if (ports.some(function(other) {
			var its = other.usb || {};

			return its.vid == usb.vid && its.pid == usb.pid && its.path != usb.path;
		}))
			values.path = usb.path;
	}
	else
		values._modem_device = port.device;
	s.children.forEach(function(o) {
		var element = values[o.option] != null ? o.getUIElement(section_id) : null;

		if (element)
			element.setValue(values[o.option]);
	});
}

/* netifd's own, for LuCI 19.07; later ones put theirs in the place of all but peerdns. None depends
 * on another: LuCI deletes what is hidden, and name servers of one's own are used beside the peer's. */
function addNetifdOptions(s) {
	var o = s.taboption('advanced', form.Flag, 'defaultroute', _('Use default gateway'),
		_('If unchecked, no default route is configured'));

	o.default = o.enabled;
	o = s.taboption('advanced', form.Value, 'metric', _('Use gateway metric'));
	o.placeholder = '0';
	o.datatype = 'uinteger';
	o = s.taboption('advanced', form.Flag, 'peerdns', _('Use DNS servers advertised by peer'),
		_('If unchecked, the advertised DNS server addresses are ignored'));
	o.default = o.enabled;
	o = s.taboption('advanced', form.DynamicList, 'dns', _('Use custom DNS servers'));
	o.datatype = 'ipaddr';
}

function renderPorts(s, section_id, found) {
	var ports = (found.ports || []).map(function(port) {
		var usb = port.usb || {},
		    name = [ usb.manufacturer, usb.product ].filter(String).join(' ').trim(),
		    words = [ port.device, name, roles[port.role] || port.role ],
		    line = E('div', { 'class': 'gobi-port', 'style': 'margin:.4em 0' },
			[ words.filter(String).join(' – ') ]);

		if (port.holder)
			L.dom.append(line, [ ' ', _('by %s').format(port.holder) ]);
		if (port.role == 'at')
			L.dom.append(line, [ ' ', E('button', {
				'class': 'btn cbi-button cbi-button-apply',
				'click': function(ev) {
					ev.preventDefault();
					takeModem(s, section_id, port, found.ports);
				}
			}, [ _('Use this one') ]) ]);
		return line;
	});

	return ports.length ? ports : [ E('em', {}, [ found.error || _('No modem was found.') ]) ];
}

/* A button whose action gives what is to be shown below it. */
function renderButton(title, list, action) {
	return E('button', {
		'class': 'btn cbi-button',
		'click': function(ev) {
			var target = ev.currentTarget;

			ev.preventDefault();
			target.disabled = true;
			L.dom.content(list, [ E('em', { 'class': 'spinning' }, [ _('Wait…') ]) ]);
			return action().catch(function(error) {
				return [ E('em', {}, [ error.message ]) ];
			}).then(function(shown) {
				target.disabled = false;
				L.dom.content(list, shown);
			});
		}
	}, [ title ]);
}

return network.registerProtocol('gobi', {
	getI18n: function() {
		return _('Cellular (gobi-dial)');
	},

	getIfname: function() {
		return this._ubus('l3_device') || ('wwan-' + this.sid).substr(0, 15);
	},

	/* The one that it will have: LuCI's own guess is "gobi-" and the name. */
	getDevice: function() {
		return network.instantiateDevice(this.getIfname(), this, {
			getType: function() { return 'tunnel' }
		});
	},

	getOpkgPackage: function() {
		return 'gobi-dial';
	},

	getPackageName: function() {
		return 'gobi-dial';
	},

	isFloating: function() {
		return true;
	},

	isVirtual: function() {
		return true;
	},

	getDevices: function() {
		return null;
	},

	containsDevice: function(ifname) {
		return network.getIfnameOf(ifname) == this.getIfname();
	},

	renderFormOptions: function(s) {
		var o = s.taboption('general', form.DummyValue, '_modems', _('Modems'));

		o.rawhtml = true;
		o.renderWidget = function(section_id) {
			var list = E('div');

			return E('div', {}, [
				renderButton(_('Search'), list, function() {
					return search(section_id).then(function(found) {
						return renderPorts(s, section_id, found);
					});
				}), ' ',
				renderButton(_('Redial'), list, function() {
					return redial(section_id).then(function(result) {
						return result.error ? [ E('em', {}, [ result.error ]) ] : [];
					});
				}),
				list
			]);
		};

		addNetifdOptions(s);
		options.rows.forEach(function(row) {
			addOption(s, row);
		});
		/* LuCI's own "device", hidden here, would delete ours, unless ours says what it is. */
		o = s.taboption('advanced', form.Value, '_modem_device', _('Port'),
			_('A tty, where the modem is not at USB: /dev/ttyS1. Empty: the port that answers.'));
		o.ucioption = 'device';
		o.placeholder = 'auto';
		o.rmempty = true;
	}
});
