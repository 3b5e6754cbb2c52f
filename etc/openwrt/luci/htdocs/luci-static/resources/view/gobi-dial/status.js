'use strict';
'require rpc';
'require gobi-dial.options as options';

/* SPDX-License-Identifier: ISC
 * Status of the cellular modems that gobi-dial dials with. */

function method(name, params) {
	return rpc.declare({ object: 'gobi-dial', method: name, params: params || [ 'name' ], expect: { '': {} } });
}

var callList = method('list', []),
    callStatus = method('status'),
    callDoctor = method('doctor'),
    callFix = method('fix'),
    callRedial = method('redial'),
    callStop = method('stop'),
    SVG = 'http://www.w3.org/2000/svg';

var causes = {
	'internal': 'INTERNAL_ERROR', 'config': 'INVALID_CONFIG', 'no-modem': 'NO_DEVICE',
	'no-at-port': 'NO_AT_PORT', 'busy': 'DEVICE_BUSY', 'firmware': 'NO_FIRMWARE',
	'sim': 'SIM_FAILED', 'pin': 'PIN_FAILED', 'puk': 'PUK_NEEDED', 'radio-off': 'RADIO_OFF',
	'not-registered': 'NETWORK_REGISTRATION_FAILED', 'call': 'CALL_FAILED', 'ppp': 'PPP_FAILED',
	'ppp-auth': 'AUTH_FAILED', 'link-lost': 'LINK_LOST', 'no-ppp': 'NO_PPP',
	'permission': 'PERMISSION_DENIED', 'limit': 'LIMIT_REACHED', 'power': 'POWER_FAILED'
};

function duration(ms) {
	return ms < 60000 ? _('%.1f s').format(ms / 1000) : '%t'.format(Math.round(ms / 1000));
}

function known(value) {
	return value != null && value !== '';
}

function joined(values, separator) {
	return values.filter(known).join(separator);
}

/* Rows of [ title, text or node ]; what is not known is not shown. */
function table(rows) {
	return E('table', { 'class': 'table' }, rows.filter(function(row) {
		return known(row[1]);
	}).map(function(row) {
		return E('tr', { 'class': 'tr' }, [
			E('td', { 'class': 'td left', 'width': '33%' }, [ E('strong', {}, [ row[0] ]) ]),
			E('td', { 'class': 'td left' }, [ row[1] ])
		]);
	}));
}

/* A chart of percents that takes its colour from the theme's text. */
function chart(history) {
	var svg = document.createElementNS(SVG, 'svg'),
	    line = document.createElementNS(SVG, 'polyline'),
	    last = history.length - 1,
	    span = last >= 0 ? Math.max(history[0].ago_ms - history[last].ago_ms, 1) : 1;

	if (history.length < 2)
		return null;
	svg.setAttribute('viewBox', '0 0 240 52');
	svg.setAttribute('style', 'width:100%;max-width:30em;height:4em;border-bottom:1px solid currentColor');
	svg.setAttribute('preserveAspectRatio', 'none');
	line.setAttribute('points', history.map(function(sample) {
		return (240 * (history[0].ago_ms - sample.ago_ms) / span).toFixed(1) + ',' +
			(51 - sample.percent / 2).toFixed(1);
	}).join(' '));
	line.setAttribute('fill', 'none');
	line.setAttribute('stroke', 'currentColor');
	line.setAttribute('stroke-width', '1.5');
	svg.appendChild(line);
	return E('div', {}, [ svg, E('div', {}, [ _('the last %s').format(duration(history[0].ago_ms)) ]) ]);
}

function signalRow(signal) {
	return joined([
		known(signal.percent) ? '%d %%'.format(signal.percent) : null,
		known(signal.rssi_dbm) ? '%d dBm'.format(signal.rssi_dbm) : null,
		known(signal.rsrp_dbm) ? 'RSRP %d dBm'.format(signal.rsrp_dbm) : null,
		known(signal.rsrq_db) ? 'RSRQ %d dB'.format(signal.rsrq_db) : null,
		known(signal.sinr_db) ? 'SINR %d dB'.format(signal.sinr_db) : null
	], ', ');
}

function trafficRow(ppp) {
	if (!known(ppp.rx_bytes))
		return null;
	return joined([
		_('%1024.1mB received, %1024.1mB sent').format(ppp.rx_bytes, ppp.tx_bytes),
		known(ppp.rx_rate) ? _('now %1024.1mB/s and %1024.1mB/s').format(ppp.rx_rate, ppp.tx_rate) : null
	], ', ');
}

function failureRow(failure) {
	return failure ? joined([
		options.errors[causes[failure.cause]],
		failure.text ? '(%s)'.format(failure.text) : null,
		_('%s ago').format(duration(failure.ago_ms))
	], ' ') : null;
}

function renderStatus(status) {
	var modem = status.modem || {}, ppp = status.ppp || {}, net = status.network || {},
	    cell = net.cell || {}, signal = status.signal || {}, usage = status.usage || {},
	    apn = status.apn || {};

	return table([
		[ _('State'), '%s, %s'.format(status.state, duration(status.since_ms || 0)) ],
		[ _('Next try in'), known(status.next_try_ms) ? duration(status.next_try_ms) : null ],
		[ _('Modem'), joined([ modem.manufacturer, modem.model, status.port ], ', ') ],
		[ _('Network'), joined([ net.operator, net.mccmnc, net.technology, net.registration ], ', ') ],
		[ _('Refused'), net.reject ? net.reject.text : null ],
		[ _('Cell'), joined([ cell.id, known(cell.band) ? _('band %s').format(cell.band) : null,
			known(cell.arfcn) ? _('channel %s').format(cell.arfcn) : null ], ', ') ],
		[ _('APN'), apn.text ],
		[ _('Signal'), signalRow(signal) ],
		[ _('Signal, history'), chart(status.history || []) ],
		[ _('Addresses'), joined([ ppp.local, ppp.ipv6 ], ', ') ],
		[ _('Name servers'), joined(ppp.dns || [], ', ') ],
		[ _('Traffic'), trafficRow(ppp) ],
		[ _('Usage'), known(usage.period_bytes) ? '%1024.1mB'.format(usage.period_bytes) : null ],
		[ _('Last failure'), failureRow(status.last_failure) ],
		[ _('Last dial'), joined((status.timeline || []).map(function(mark) {
			return '%s %s'.format(mark.step, duration(mark.ms));
		}), ', ') ]
	]);
}

/* It takes longer than a request may; until it is done the router says "running". */
function untilDone(call, name) {
	return call(name).then(function(result) {
		if (!result.running)
			return result;
		return new Promise(function(resolve) {
			window.setTimeout(resolve, 1000);
		}).then(function() { return untilDone(call, name) });
	});
}

/* What a button's call gave: findings, why there are none, or nothing more than that it is done. */
function renderAnswer(result) {
	var kinds = { problem: 'alert-message warning', note: 'alert-message notice', ok: 'alert-message success' };

	if (result.error)
		return [ E('em', {}, [ result.error ]) ];
	return (result.findings || []).map(function(finding) {
		return E('div', { 'class': kinds[finding.severity] || 'alert-message' }, [
			E('p', {}, [ finding.text ]),
			finding.evidence ? E('p', { 'style': 'font-size:smaller' }, [ finding.evidence ]) : '',
			(finding.fix || []).length ? E('pre', {}, [ finding.fix.join('\n') ]) : ''
		]);
	});
}

/* The first of 19.07 do not say what one may. */
function mayWrite() {
	return !L.hasViewPermission || L.hasViewPermission() !== false;
}

function renderButton(title, style, call, name, answer) {
	return E('button', {
		'class': 'btn cbi-button cbi-button-' + style,
		'disabled': call === callDoctor || mayWrite() ? null : true,
		'click': function(ev) {
			var target = ev.currentTarget;

			target.disabled = true;
			L.dom.content(answer, [ E('em', { 'class': 'spinning' }, [ _('Wait…') ]) ]);
			return untilDone(call, name).catch(function(error) {
				return { error: error.message };
			}).then(function(result) {
				target.disabled = false;
				L.dom.content(answer, renderAnswer(result));
			});
		}
	}, [ title ]);
}

return L.view.extend({
	load: function() {
		return callList().then(function(list) {
			return Promise.all((list.instances || []).map(function(instance) {
				/* One that does not answer must not take the others off the page. */
				return callStatus(instance.name).catch(function(error) {
					return { error: error.message };
				}).then(function(status) {
					return { name: instance.name, status: status };
				});
			}));
		});
	},

	renderInstance: function(instance) {
		var body = E('div'), answer = E('div', { 'style': 'margin-top:.5em' });

		this.bodies[instance.name] = body;
		this.update(instance);
		return E('div', { 'class': 'cbi-section' }, [
			E('h3', {}, [ instance.name ]),
			body,
			E('div', {}, [
				renderButton(_('Redial'), 'apply', callRedial, instance.name, answer), ' ',
				renderButton(_('Stop'), 'negative', callStop, instance.name, answer), ' ',
				renderButton(_('What is wrong?'), 'neutral', callDoctor, instance.name, answer), ' ',
				renderButton(_('Mend it'), 'action', callFix, instance.name, answer)
			]),
			answer
		]);
	},

	update: function(instance) {
		var body = this.bodies[instance.name], status = instance.status;

		if (body)
			L.dom.content(body, [ status.state ? renderStatus(status) :
				E('em', {}, [ joined([ status.error, options.errors[status.word] ], ': ') ||
					_('It does not run.') ]) ]);
	},

	render: function(instances) {
		var self = this;

		this.bodies = {};
		L.Poll.add(function() {
			return self.load().then(function(now) {
				now.forEach(function(instance) { self.update(instance) });
			});
		}, 5);
		return E([], [ E('h2', {}, [ _('Cellular modems') ]) ].concat(
			instances.map(function(instance) { return self.renderInstance(instance) }),
			instances.length ? [] : [ E('em', {}, [ _('No interface has the protocol gobi, and no service runs.') ]) ]));
	},

	handleSaveApply: null,
	handleSave: null,
	handleReset: null
});
