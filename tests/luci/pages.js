'use strict';
// SPDX-License-Identifier: ISC
const assert = require('assert');
const fs = require('fs');
const path = require('path');

const standIn = require('./luci-stand-in.js');

const top = process.argv[2];
const resources = path.join(top, 'etc/openwrt/luci/htdocs/luci-static/resources');
const tests = [];
const test = (name, fn) => tests.push({ name, fn });
const read = (name) => fs.readFileSync(path.join(top, name), 'utf8');
const turns = async() => { for (let i = 0; i < 50; i++) await new Promise(setImmediate); };

function page(answer) {
	const world = standIn.load(resources, answer || (() => ({})));
	world.require('protocol.gobi');
	world.protocol = new world.protocols.gobi();
	world.protocol.sid = 'wan_gobi';
	world.options = world.section();
	world.protocol.renderFormOptions(world.options);
	world.option = (name) => world.options.children.find((o) => o.option === name);
	return world;
}

test('every option that gobi.sh declares is on the page, once', () => {
	const world = page();
	const names = world.options.children.map((o) => o.option);
	const keys = read('src/conf/keys.h').match(/^CONF_KEY(_FILE)?\([^]*?\)$/gm).map((row) =>
		/"([^"]*)",\n/.exec(row)[1]).filter((uci) => uci !== '');

	assert.ok(keys.length > 20);
	keys.forEach((uci) => {
		let name = uci.replace(/^\w+: /, '').split(' ')[0].replace('[]', '');
		if (name === 'device')
			name = '_modem_device';
		assert.strictEqual(names.filter((n) => n === name).length, 1, name);
	});
	assert.strictEqual(new Set(names).size, names.length);
});

test('what everybody needs is on the first tab', () => {
	const world = page();
	[ 'apn', 'pincode', 'username', 'password', '_modems' ].forEach((name) =>
		assert.strictEqual(world.option(name).tab, 'general', name));
	assert.strictEqual(world.option('ladder').tab, 'advanced');
	assert.ok(world.option('pincode').password && world.option('password').password);
});

// The form of LuCI 21.02 and later has a "device", hidden for us, and removes its value at the next
// save, unless an option that is shown says that it is the same.
test('LuCI does not delete our port', () => {
	const world = page();
	assert.strictEqual(world.option('device'), undefined);
	assert.strictEqual(world.option('_modem_device').ucioption, 'device');
});

test('a word that other protocols use stays among those to choose from', () => {
	const world = page();
	world.uci.auth = 'both';
	world.option('auth').load('wan_gobi');
	world.option('mode').load('wan_gobi');
	assert.ok(world.option('auth').values.includes('both'));
	assert.ok(!world.option('mode').values.includes(undefined));
});

test('default route, metric and name servers can be set, as with other protocols', () => {
	const world = page();
	[ 'defaultroute', 'metric', 'peerdns', 'dns' ].forEach((name) => assert.ok(world.option(name), name));
	assert.strictEqual(world.option('peerdns').default, '1');
	// LuCI deletes the value of an option that another one hides.
	assert.deepStrictEqual(world.options.children.filter((o) => o.dependsOn).map((o) => o.option), []);
});

test('a number has its unit, and no text has empty quotes', () => {
	const world = page();
	assert.match(world.option('wait').text, /appear\. \(seconds\)$/);
	assert.match(world.option('username').text, /empty is none/);
});

test('before there is a link, its device is called what it will be', () => {
	const device = page().protocol.getDevice();
	assert.strictEqual(device.name, 'wwan-wan_gobi');
	assert.strictEqual(device.getType(), 'tunnel');
});

test('a number out of range is refused with its range', () => {
	const wait = page().option('wait');
	[ '', '0', '30', '86400' ].forEach((value) => assert.strictEqual(wait.validate('x', value), true, value));
	[ '86401', '-1', '1.5', 'x', '1e3' ].forEach((value) =>
		assert.match(String(wait.validate('x', value)), /0 to 86400/, value));
	assert.strictEqual(page().option('mtu').validate('x', '0'), true);
});

test('every error word of the protocol has a sentence', () => {
	const world = page();
	const words = (read('etc/openwrt/files/lib/netifd/proto/gobi.sh') +
		read('etc/openwrt/files/lib/functions/gobi-dial.sh')).match(/\b(echo|proto_notify_error "\$interface") [A-Z_]{6,}/g)
		.map((match) => match.split(' ').pop());
	assert.ok(words.length > 15);
	words.forEach((word) => assert.ok(world.errors[word], word));
});

test('a modem that is found can be taken', async() => {
	let asked = 0;
	const world = page((method) => method !== 'probe' ? {} : asked++ < 2 ? { running: true } : { ports: [
		{ device: '/dev/ttyUSB0', role: 'diag', usb: { vid: '1199', pid: '9013', product: '<b>MC8355</b>' } },
		{ device: '/dev/ttyUSB2', role: 'at', usb: { vid: '1199', pid: '9013', manufacturer: 'Sierra' } },
		{ device: '/dev/ttyS1', role: 'busy', holder: 'getty' }
	] });
	const widget = world.option('_modems').renderWidget('wan_gobi');
	widget.all('button')[0].click();
	await turns();
	assert.strictEqual(asked, 3);
	assert.match(widget.textContent, /<b>MC8355<\/b> – diagnostics/);
	assert.match(widget.textContent, /ttyS1 – in use by getty/);
	const take = widget.all('button').slice(2);
	assert.strictEqual(take.length, 1);
	take[0].click();
	assert.strictEqual(world.option('usb').element.value, '1199:9013');
	assert.strictEqual(world.option('path').element.value, '');
	assert.strictEqual(world.option('_modem_device').element.value, '');
});

test('of two that are alike the one at its place is taken', async() => {
	const usb = (path) => ({ vid: '1199', pid: '9013', path });
	const world = page(() => ({ ports: [ { device: '/dev/ttyUSB2', role: 'at', usb: usb('1-1') },
		{ device: '/dev/ttyUSB6', role: 'at', usb: usb('1-2') } ] }));
	const widget = world.option('_modems').renderWidget('wan_gobi');
	widget.all('button')[0].click();
	await turns();
	widget.all('button')[3].click();
	assert.strictEqual(world.option('usb').element.value, '1199:9013');
	assert.strictEqual(world.option('path').element.value, '1-2');
});

test('the page of an interface can have it dialed again', async() => {
	let answer = { error: 'no instance "wan_gobi" is running' };
	const world = page(() => answer);
	const widget = world.option('_modems').renderWidget('wan_gobi');
	widget.all('button')[1].click();
	await turns();
	assert.match(widget.textContent, /is running/);
	answer = { ok: true };
	widget.all('button')[1].click();
	await turns();
	assert.doesNotMatch(widget.textContent, /is running|Wait/);
	assert.deepStrictEqual(world.calls.map((call) => call.method + ' ' + call.args.name),
		[ 'redial wan_gobi', 'redial wan_gobi' ]);
});

test('no modem, and a search that fails, are said', async() => {
	for (const [ answer, words ] of [ [ { ports: [] }, /No modem was found/ ], [ { error: 'busy' }, /busy/ ] ]) {
		const widget = page(() => answer).option('_modems').renderWidget('x');
		widget.all('button')[0].click();
		await turns();
		assert.match(widget.textContent, words);
	}
});

const connected = {
	name: 'wan_gobi', state: 'connected', since_ms: 61000, port: '/dev/ttyUSB2',
	modem: { manufacturer: 'Sierra', model: 'MC8355' },
	network: { operator: 'Net', registration: 'home', technology: 'LTE', cell: { id: '1A', band: 20 },
		reject: null },
	signal: { percent: 61, rsrp_dbm: -97 },
	apn: { value: 'internet', text: '"internet", from the provider table, 1 of 2' },
	ppp: { local: '10.64.0.2', dns: [ '192.0.2.1', '192.0.2.2' ], rx_bytes: 1000, tx_bytes: 10 },
	history: [ { ago_ms: 60000, percent: 50 }, { ago_ms: 30000, percent: 70 }, { ago_ms: 0, percent: 61 } ],
	last_failure: { cause: 'pin', text: 'SIM PIN refused', ago_ms: 100000 },
	timeline: [ { step: 'probing', ms: 200 }, { step: 'dialing', ms: 900 } ]
};

async function statusPage(answers) {
	const world = standIn.load(resources, (method, args) => answers[method] instanceof Function ?
		answers[method](args) : answers[method] || {});
	world.L.hasViewPermission = answers.mayWrite;
	const view = world.require('view.gobi-dial.status');
	world.node = view.render(await view.load());
	world.press = async(title) => {
		world.node.all('button').find((button) => button.textContent === title).click();
		await turns();
	};
	return world;
}

test('the status page tells what there is, and nothing that there is not', async() => {
	const world = await statusPage({ list: { instances: [ { name: 'wan_gobi' } ] }, status: connected });
	const text = world.node.textContent;
	[ /connected/, /Sierra, MC8355/, /Net, LTE, home/, /1A, band 20/,
		/"internet", from the provider table, 1 of 2/, /61 %, RSRP -97 dBm/,
		/10\.64\.0\.2/, /192\.0\.2\.1, 192\.0\.2\.2/, /PIN is missing or was refused.*SIM PIN refused/,
		/probing 0\.2 s, dialing 0\.9 s/ ].forEach((words) => assert.match(text, words));
	[ /Refused/, /Usage/, /undefined/, /NaN/, /null/ ].forEach((words) => assert.doesNotMatch(text, words));
	const line = world.node.all('polyline')[0];
	assert.strictEqual(line.attributes.points, '0.0,26.0 120.0,16.0 240.0,20.5');
	assert.strictEqual(line.attributes.stroke, 'currentColor');
});

test('it follows the state', async() => {
	let state = 'dialing';
	const world = await statusPage({ list: { instances: [ { name: 'a' } ] }, status: () => ({ name: 'a', state, since_ms: 0 }) });
	assert.match(world.node.textContent, /dialing/);
	state = 'connected';
	await world.polls[0].fn();
	assert.match(world.node.textContent, /connected/);
});

test('an instance that does not run, and none at all, are said', async() => {
	let world = await statusPage({ list: { instances: [ { name: 'a' } ] }, status: { error: 'no instance "a" is running' } });
	assert.match(world.node.textContent, /no instance "a" is running/);
	world = await statusPage({ list: { instances: [ { name: 'a' } ] },
		status: { error: 'the interface a is down', word: 'PIN_FAILED' } });
	assert.match(world.node.textContent, /the interface a is down: The PIN is missing or was refused/);
	world = await statusPage({ list: { instances: [] } });
	assert.match(world.node.textContent, /No interface has the protocol/);
});

test('one instance that does not answer leaves the others on the page', async() => {
	const world = await statusPage({ list: { instances: [ { name: 'a' }, { name: 'b' } ] }, status: (args) => {
		if (args.name === 'a')
			throw new Error('XHR request timed out');
		return connected;
	} });
	assert.match(world.node.textContent, /timed out.*connected/);
});

test('its buttons redial, stop, examine and mend', async() => {
	let asked = 0;
	const world = await statusPage({ list: { instances: [ { name: 'a' } ] }, status: connected, redial: { ok: true },
		stop: { ok: true }, fix: { findings: [] },
		doctor: () => asked++ ? { findings: [ { code: 'no-dtr', severity: 'problem', text: 'silent <ports>',
			evidence: 'ttyUSB0', fix: [ 'modprobe option' ] } ] } : { running: true } });
	await world.press('What is wrong?');
	assert.strictEqual(asked, 2);
	assert.match(world.node.textContent, /silent <ports>ttyUSB0modprobe option/);
	await world.press('Redial');
	await world.press('Stop');
	await world.press('Mend it');
	assert.doesNotMatch(world.node.textContent, /silent|Wait/);
	assert.deepStrictEqual(world.calls.filter((call) => /redial|stop|fix/.test(call.method)).map((call) =>
		call.method + ' ' + call.args.name), [ 'redial a', 'stop a', 'fix a' ]);
});

test('what a button could not do is said', async() => {
	const world = await statusPage({ list: { instances: [ { name: 'a' } ] }, status: connected,
		redial: { error: 'no instance "a" is running' }, stop: () => { throw new Error('Access denied'); } });
	await world.press('Redial');
	assert.match(world.node.textContent, /no instance "a" is running/);
	await world.press('Stop');
	assert.match(world.node.textContent, /Access denied/);
	assert.doesNotMatch(world.node.textContent, /is running/);
});

test('who may only read has one button that works', async() => {
	for (const [ mayWrite, works ] of [ [ () => false, 1 ], [ () => true, 4 ], [ () => null, 4 ], [ undefined, 4 ] ]) {
		const world = await statusPage({ list: { instances: [ { name: 'a' } ] }, status: connected, mayWrite });
		assert.strictEqual(world.node.all('button').filter((button) => !button.attributes.disabled).length, works);
	}
});

test('who may only read may not redial, stop or mend', () => {
	const acl = JSON.parse(read('etc/openwrt/luci/root/usr/share/rpcd/acl.d/luci-proto-gobi.json'))['luci-proto-gobi'];
	const plugin = read('etc/openwrt/files/usr/libexec/rpcd/gobi-dial');
	const methods = Object.keys(JSON.parse(/echo '(\{"list".*\})'/.exec(plugin)[1])).sort();
	assert.deepStrictEqual(acl.read.ubus['gobi-dial'].concat(acl.write.ubus['gobi-dial']).sort(), methods);
	[ 'fix', 'redial', 'stop' ].forEach((name) => assert.ok(!acl.read.ubus['gobi-dial'].includes(name)));
	JSON.parse(read('etc/openwrt/luci/root/usr/share/luci/menu.d/luci-proto-gobi.json'));
});

(async() => {
	console.log('1..' + tests.length);
	for (let i = 0; i < tests.length; i++) {
		try {
			await tests[i].fn();
			console.log(`ok ${i + 1} - ${tests[i].name}`);
		}
		catch (error) {
			console.log(`not ok ${i + 1} - ${tests[i].name}`);
			console.log(String(error.stack).replace(/^/gm, '# '));
			process.exitCode = 1;
		}
	}
})();
