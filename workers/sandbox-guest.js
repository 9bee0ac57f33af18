// What runs inside an isolate before the user's code. It makes the globals, counts the budgets, and turns results
// and errors into text, so that the time-out of the entry covers all of that too. The only way in is the function it
// answers, `enter`; the only way out is `post`, which user code never holds. What it needs later it takes now:
// the user's code may replace any built-in.
(function guest(limits, user) {
  // Without it a stack's frames would hand our functions to the user's code.
  // biome-ignore lint/suspicious/noRedundantUseStrict: this text is run as a script, not as a module
  'use strict';
  const global = globalThis;
  const { parse, stringify } = JSON;
  const { apply, construct } = Reflect;
  const { isArray } = Array;
  const { isFinite: finite } = Number;
  const { keys, getPrototypeOf, defineProperty, getOwnPropertyDescriptor, prototype: plain } = Object;
  const tagOf = Object.prototype.toString;
  const { slice, charCodeAt, indexOf, replace, toLowerCase } = String.prototype;
  const { fromCharCode } = String;
  const text = String;
  const Failure = Error;
  const WrongType = TypeError;
  const Later = Promise;
  const TrueDate = Date;
  const { floor } = Math;

  for (const name of [
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
    'Float16Array',
    'WeakRef',
    'FinalizationRegistry',
    'eval',
    'console',
    // Tells the true time, where V8 has it.
    'Temporal',
  ]) {
    delete global[name];
  }

  /** What the code takes for the time, ms since the epoch. It stands while code computes: see `passed`. */
  let time = 0;
  let readings = 0;
  /** About as many as there are in a millisecond. */
  const READINGS_PER_MS = 1000;

  /** Some other time has come: that of an answer. It never goes back. */
  const passed = (until) => {
    if (until > time) time = until;
  };

  /** Code that waits for the time to pass by looking at it sees it pass, by as much in each run. */
  const now = () => {
    readings += 1;
    if (readings >= READINGS_PER_MS) {
      readings = 0;
      time += 1;
    }
    return time;
  };

  const dateText = TrueDate.prototype.toString;
  const moment = function (...parts) {
    if (new.target === undefined) return apply(dateText, new TrueDate(now()), []);
    return construct(TrueDate, parts.length === 0 ? [now()] : parts, new.target);
  };
  for (const [name, value] of [
    ['now', now],
    ['parse', TrueDate.parse],
    ['UTC', TrueDate.UTC],
  ]) {
    defineProperty(moment, name, { value, writable: true, configurable: true });
  }
  defineProperty(moment, 'name', { value: 'Date' });
  defineProperty(moment, 'length', { value: 7 });
  defineProperty(moment, 'prototype', { value: TrueDate.prototype, writable: false });
  defineProperty(TrueDate.prototype, 'constructor', { value: moment, writable: true, configurable: true });

  // A format without a date formats the present.
  const formats = Intl.DateTimeFormat.prototype;
  const formatOf = getOwnPropertyDescriptor(formats, 'format').get;
  const { formatToParts } = formats;
  defineProperty(formats, 'format', {
    get() {
      const format = apply(formatOf, this, []);
      return (date) => format(date === undefined ? now() : date);
    },
    configurable: true,
  });
  defineProperty(formats, 'formatToParts', {
    value(date) {
      return apply(formatToParts, this, [date === undefined ? now() : date]);
    },
    writable: true,
    configurable: true,
  });

  // sfc32 by Chris Doty-Humphrey: small, fast, and the same numbers for the same seed.
  let [a, b, c, d] = [0, 0, 0, 1];
  const word = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };

  /** `seed` is [0, 1). */
  const sow = (seed) => {
    a = floor(seed * 0x100000000) | 0;
    b = floor(seed * 0x20000000000000) | 0;
    for (let i = 0; i < 12; i += 1) word();
  };

  defineProperty(Math, 'random', {
    value: () => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000,
    writable: true,
    configurable: true,
  });

  let callback;
  let token;
  let hostCalls = 0;
  let logLines = 0;
  let logCharacters = 0;
  const waiting = { __proto__: null };

  /** Only primitive values leave: the template makes text of whatever a patched built-in may have answered. */
  const post = (kind, name, payload) => callback(token, kind, name, `${payload}`);

  const cut = (value, length) => (value.length > length ? apply(slice, value, [0, length]) : value);

  const expose = (name, value) =>
    defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });

  const fill = (error, code, message) => {
    defineProperty(error, 'code', { value: code, enumerable: true });
    defineProperty(error, 'message', { value: message, writable: true, configurable: true });
    return error;
  };

  /** Asks the host for something; the promise settles when the answer comes in through `enter`. */
  const ask = (kind, payload) => {
    // Made before the answer, so that its stack names the line that asked.
    const error = new Failure();
    if (hostCalls >= limits.hostCalls) {
      throw fill(error, 'BUDGET', `One run may make at most ${limits.hostCalls} requests and sleeps.`);
    }
    if (payload.length > limits.payload) {
      throw fill(error, 'TOO_LARGE', `A request may be at most ${limits.payload} characters long.`);
    }
    hostCalls += 1;
    const id = hostCalls;
    return new Later((resolve, reject) => {
      waiting[id] = { resolve, reject, error };
      post(kind, id, payload);
    });
  };

  const show = (value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'function') return '[function]';
    if (typeof value !== 'object' || value === null) return text(value);
    try {
      if (apply(tagOf, value, []) === '[object Error]') return text(value.stack);
      return stringify(value) ?? text(value);
    } catch {
      return '[an object that cannot be shown]';
    }
  };

  const log = (level, values) => {
    if (logLines >= limits.logLines || logCharacters >= limits.logCharacters) return;
    let line = '';
    for (let i = 0; i < values.length && line.length < limits.lineCharacters; i += 1) {
      line += (i > 0 ? ' ' : '') + show(values[i]);
    }
    line = cut(line, limits.lineCharacters);
    logLines += 1;
    logCharacters += line.length;
    post('log', level, line);
    if (logLines >= limits.logLines || logCharacters >= limits.logCharacters) {
      post('log', 'warn', 'The log of this run is full: what follows is left out.');
    }
  };

  expose('Date', moment);
  expose('console', {
    debug: (...values) => log('debug', values),
    log: (...values) => log('info', values),
    info: (...values) => log('info', values),
    warn: (...values) => log('warn', values),
    error: (...values) => log('error', values),
  });

  expose('http', {
    /** Sends one request. Rejects with an error that carries a `code` when there is no answer. */
    async fetch(url, options) {
      const { method = 'GET', headers: given = {}, body: content = null } = options ?? {};
      const headers = {};
      const names = keys(given);
      let typed = false;
      for (let i = 0; i < names.length; i += 1) {
        headers[names[i]] = text(given[names[i]]);
        if (apply(toLowerCase, names[i], []) === 'content-type') typed = true;
      }
      let body = content;
      if (body !== null && typeof body !== 'string') {
        body = stringify(body);
        if (!typed) headers['content-type'] = 'application/json';
      }
      const request = stringify({ url: text(url), method: text(method), headers, body });
      const answer = parse(await ask('http', request));
      passed(answer.now);
      delete answer.now;
      answer.ok = answer.status >= 200 && answer.status < 300;
      // Not enumerable, so that an answer can be returned as it is.
      defineProperty(answer, 'text', { value: async () => answer.body });
      defineProperty(answer, 'json', { value: async () => parse(answer.body) });
      return answer;
    },
  });

  expose('sleep', async (ms) => {
    if (!finite(ms) || ms < 0) throw new WrongType('sleep() takes a number of milliseconds.');
    const until = time + ms;
    await ask('sleep', text(ms));
    passed(until);
  });

  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

  expose('btoa', (value) => {
    const input = text(value);
    let output = '';
    for (let i = 0; i < input.length; i += 3) {
      let group = 0;
      for (let k = 0; k < 3; k += 1) {
        const byte = i + k < input.length ? apply(charCodeAt, input, [i + k]) : 0;
        if (byte > 255) throw new WrongType('btoa() takes characters up to U+00FF only.');
        group = group * 256 + byte;
      }
      output += alphabet[group >> 18] + alphabet[(group >> 12) & 63];
      output += i + 1 < input.length ? alphabet[(group >> 6) & 63] : '=';
      output += i + 2 < input.length ? alphabet[group & 63] : '=';
    }
    return output;
  });

  expose('atob', (value) => {
    const input = apply(replace, text(value), [/[\t\n\f\r ]|={1,2}$/g, '']);
    let output = '';
    let group = 0;
    let bits = 0;
    for (let i = 0; i < input.length; i += 1) {
      const digit = apply(indexOf, alphabet, [input[i]]);
      if (digit < 0) throw new WrongType('atob() takes base64 text.');
      group = ((group << 6) | digit) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        output += fromCharCode((group >> bits) & 255);
      }
    }
    return output;
  });

  // Objects whose content JSON would lose without a word, by what Object.prototype.toString calls them.
  const lossy = {
    __proto__: null,
    '[object Promise]': 'a promise (is an `await` missing?)',
    '[object Map]': 'a Map (try Object.fromEntries)',
    '[object Set]': 'a Set (try an array: [...set])',
    '[object WeakMap]': 'a WeakMap',
    '[object WeakSet]': 'a WeakSet',
    '[object RegExp]': 'a regular expression',
    '[object Error]': 'an Error (return its message)',
    '[object ArrayBuffer]': 'an ArrayBuffer',
    '[object DataView]': 'a DataView',
    '[object Uint8Array]': 'a Uint8Array (try an array: [...bytes])',
    '[object Generator]': 'a generator (try an array: [...values])',
  };
  const lossyTypes = {
    __proto__: null,
    function: 'a function',
    symbol: 'a symbol',
    bigint: 'a BigInt (try Number or String)',
  };
  const trail = { __proto__: null };

  /**
   * What JSON cannot carry in an object, or '' when it can carry all of it; the way there is left in `trail`.
   * Looks at every value of a result, so it calls itself for objects only.
   */
  const culprit = (object, depth) => {
    trail[depth] = undefined;
    if (depth >= limits.depth) return `nesting deeper than ${limits.depth} levels, or a circle`;
    const list = isArray(object);
    if (!list && getPrototypeOf(object) !== plain) {
      if (typeof object.toJSON === 'function') return '';
      const found = lossy[apply(tagOf, object, [])];
      if (found !== undefined) return found;
    }
    const names = list ? object : keys(object);
    for (let i = 0; i < names.length; i += 1) {
      const value = list ? names[i] : object[names[i]];
      const type = typeof value;
      if (type === 'string' || (type === 'number' && finite(value)) || value === null) continue;
      trail[depth] = list ? i : names[i];
      trail[depth + 1] = undefined;
      const found = type === 'object' ? culprit(value, depth + 1) : unfit(value, type);
      if (found !== '') return found;
    }
    return '';
  };

  const unfit = (value, type) =>
    type === 'number' ? (finite(value) ? '' : text(value)) : (lossyTypes[type] ?? '');

  const place = () => {
    let path = 'the returned value';
    for (let depth = 0; depth <= limits.depth && trail[depth] !== undefined; depth += 1) {
      path += typeof trail[depth] === 'number' ? `[${trail[depth]}]` : `.${trail[depth]}`;
    }
    return cut(path, 200);
  };

  const fail = (code, message, name, stack, cause) =>
    post('fail', code, stringify({ message, name, stack, cause }));

  const deliver = (value) => {
    let json;
    try {
      const type = typeof value;
      const found = type === 'object' && value !== null ? culprit(value, 0) : unfit(value, type);
      if (found !== '') {
        return fail('CODE_RESULT', `The code must return what JSON can carry; ${place()} is ${found}.`);
      }
      json = stringify(value) ?? 'null';
    } catch {
      return fail('CODE_RESULT', 'The returned value could not be turned into JSON.');
    }
    if (json.length > limits.result) {
      return fail('CODE_RESULT', `The returned value is larger than ${limits.result} characters as JSON.`);
    }
    post('done', '', json);
  };

  const thrown = (error) => {
    let name = '';
    let message = 'The code threw a value that cannot be read.';
    let stack = '';
    let cause = '';
    try {
      if (typeof error === 'object' && error !== null) {
        message = cut(text(error.message ?? show(error)), limits.message);
        name = cut(text(error.name ?? ''), 100);
        stack = cut(text(error.stack ?? ''), limits.message);
        cause = typeof error.code === 'string' ? cut(error.code, 100) : '';
      } else {
        message = cut(text(error), limits.message);
      }
    } catch {}
    fail('CODE_ERROR', message, name, stack, cause);
  };

  const run = async () => {
    let value;
    try {
      value = await user();
    } catch (error) {
      thrown(error);
      return;
    }
    deliver(value);
  };

  return function enter(operation, subject, payload, secret) {
    if (operation === 'run') {
      callback = subject;
      token = secret;
      const scope = parse(payload);
      passed(scope.now);
      sow(scope.seed);
      expose('input', scope.input);
      expose('steps', scope.steps);
      expose('env', scope.env);
      expose('caller', scope.caller);
      run();
      return;
    }
    const call = waiting[subject];
    delete waiting[subject];
    if (operation === 'answer') {
      call.resolve(payload);
    } else {
      const { code, message, now: at } = parse(payload);
      passed(at);
      call.reject(fill(call.error, code, message));
    }
  };
});
