'use strict';
// SPDX-License-Identifier: ISC
// A stand-in for what our pages use of LuCI and of the browser: the loader with its 'require'
// lines, the form and network classes, rpc, E(), the formats. It follows luci.js, form.js and
// network.js of 19.07 to today as far as our pages go, and draws nothing.

const fs = require('fs');
const path = require('path');

class Element {
	constructor(tag) {
		this.tag = tag;
		this.attributes = {};
		this.children = [];
		this.listeners = {};
	}
	setAttribute(name, value) { this.attributes[name] = String(value); }
	appendChild(child) { this.children.push(child); return child; }
	get textContent() {
		return this.children.map((child) => child instanceof Element ? child.textContent : child).join('');
	}
	find(test) {
		const found = test(this) ? [ this ] : [];
		return this.children.reduce((all, child) =>
			child instanceof Element ? all.concat(child.find(test)) : all, found);
	}
	all(tag) { return this.find((element) => element.tag === tag); }
	click() { return this.listeners.click({ preventDefault() {}, currentTarget: this }); }
}

function append(node, content) {
	if (Array.isArray(content))
		content.forEach((child) => {
			if (child instanceof Element)
				node.appendChild(child);
			else if (child !== null && child !== undefined)
				node.appendChild(String(child));
		});
	else if (content instanceof Element)
		node.appendChild(content);
	else if (content !== null && content !== undefined)
		// luci.js takes a lone string for HTML.
		throw new Error('a string that LuCI would take for HTML: ' + content);
}

function E(tag, attributes, content) {
	const node = new Element(Array.isArray(tag) ? '#fragment' : tag);

	if (Array.isArray(attributes) || attributes instanceof Element || typeof attributes === 'string') {
		content = attributes;
		attributes = {};
	}
	Object.keys(attributes || {}).forEach((name) => {
		if (typeof attributes[name] === 'function')
			node.listeners[name] = attributes[name];
		else if (attributes[name] !== null)
			node.setAttribute(name, attributes[name]);
	});
	append(node, content);
	return node;
}

// What cbi.js gives to strings, for the formats that our pages use.
function format(...values) {
	return this.replace(/%%|%(1024)?(\.\d)?([dsftm])(B(?:\/s)?)?/g, (all, base, digits, kind, unit) => {
		if (all === '%%')
			return '%';
		const value = values.shift();
		if (kind === 't')
			return value + 's';
		if (kind === 'm')
			return (+value).toFixed(1) + ' ' + (unit || '');
		if (kind === 'f')
			return (+value).toFixed(digits ? +digits[1] : 6);
		return (kind === 'd' ? Math.floor(+value) : value) + (unit || '');
	});
}

exports.load = function(root, answer) {
	String.prototype.format = format;
	const classes = {};
	const world = { uci: {}, calls: [], protocols: {}, errors: {}, patterns: [], polls: [] };
	const extend = (members) => class { constructor() { Object.assign(this, members); } };
	const L = {
		Class: { extend },
		view: { extend },
		Poll: { add: (fn, seconds) => world.polls.push({ fn, seconds }) },
		dom: {
			append,
			content: (node, content) => { node.children = []; append(node, content); }
		},
		bind: (fn, self) => fn.bind(self)
	};
	class Option {
		constructor(name, title, text) {
			Object.assign(this, { option: name, title, text, values: [], enabled: '1', disabled: '0' });
			this.element = { value: undefined, setValue(value) { this.value = value; } };
		}
		value(key) { this.values.push(key); }
		depends(name) { this.dependsOn = name; }
		load() { return world.uci[this.option]; }
		getUIElement() { return this.element; }
	}
	classes.form = {};
	[ 'Value', 'ListValue', 'Flag', 'DynamicList', 'DummyValue' ].forEach((name) => {
		classes.form[name] = class extends Option {};
	});
	classes.rpc = {
		declare: (call) => (...values) => {
			const args = {};
			(call.params || []).forEach((name, i) => { args[name] = values[i]; });
			world.calls.push({ object: call.object, method: call.method, args });
			return Promise.resolve().then(() => answer(call.method, args));
		}
	};
	classes.network = {
		registerProtocol: (name, members) => {
			world.protocols[name] = extend(Object.assign({ _ubus() {} }, members));
			return world.protocols[name];
		},
		registerPatternVirtual: (pattern) => world.patterns.push(pattern),
		registerErrorCode: (word, text) => { world.errors[word] = text; },
		getIfnameOf: (name) => name,
		instantiateDevice: (name, network, members) => Object.assign({ name, network }, members)
	};
	world.L = L;
	world.form = classes.form;
	world.section = () => ({
		children: [],
		taboption(tab, Kind, ...rest) {
			const option = new Kind(...rest);
			option.tab = tab;
			this.children.push(option);
			return option;
		}
	});
	world.require = (name) => {
		if (classes[name])
			return classes[name];
		const source = fs.readFileSync(path.join(root, name.replace(/\./g, '/') + '.js'), 'utf8');
		const names = [], values = [];
		// Only the lines before the first statement count.
		for (const line of source.split('\n')) {
			const match = /^'require (\S+)(?: as (\S+))?';$/.exec(line);
			if (match) {
				names.push(match[2] || match[1].replace(/[^a-zA-Z0-9_]/g, '_'));
				values.push(world.require(match[1]));
			}
			else if (line !== "'use strict';")
				break;
		}
		const document = { createElementNS: (ns, tag) => new Element(tag) };
		const window = { setTimeout: (fn) => setImmediate(fn) };
		const make = new Function('window', 'document', 'L', 'E', '_', ...names, source);
		const Made = make(window, document, L, E, (text) => text, ...values);
		classes[name] = new Made();
		return classes[name];
	};
	return world;
};
