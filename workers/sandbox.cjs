'use strict';
// The sandbox process: runs user JavaScript of one project in isolates. It holds no secret, has no network and no
// files, and everything it does is at the word of the process that started it (lib/sandbox/process.ts), over stdin
// and stdout. A frame is: length of what follows, length of the head (both 32 bits, big endian), head (JSON), body
// (text that only the far end reads). Arguments: path of the isolated-vm addon, limits as JSON.
const { writeSync } = require('node:fs');
const { createIsolates } = require('./sandbox-isolates.cjs');

const [addonPath, limitsText] = process.argv.slice(2);
const limits = JSON.parse(limitsText);

// Loaded by its path: the package's own loader looks at files that this process may not read.
const addon = { exports: {} };
process.dlopen(addon, addonPath);
const ivm = addon.exports.ivm;

const isolates = createIsolates(ivm, limits, {
  onPost: (token, kind, name, text) => runsByToken.get(token)?.hear(kind, name, text),
  onFree(bench) {
    pump();
    if (bench.free) bench.prepareSpare();
  },
});
/** Source text by the number that the far end gave it. @type {Map<number, string>} */
const sources = new Map();
/** @type {Map<number, Run>} */
const runs = new Map();
/** @type {Map<number, Run>} */
const runsByToken = new Map();
/** Runs that have no isolate yet. @type {Run[]} */
let queue = [];

/** Writes all of it, or waits: the far end reads as fast as it can. */
function writeAll(bytes) {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Frames of this turn of the loop; one write for all of them. @type {Buffer[]} */
let outgoing = [];

function flush() {
  const frames = outgoing;
  outgoing = [];
  writeAll(frames.length === 1 ? frames[0] : Buffer.concat(frames));
}

function send(head, body = '') {
  const headText = JSON.stringify(head);
  const headLength = Buffer.byteLength(headText);
  const bodyLength = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(8 + headLength + bodyLength);
  frame.writeUInt32BE(4 + headLength + bodyLength, 0);
  frame.writeUInt32BE(headLength, 4);
  frame.write(headText, 8);
  frame.write(body, 8 + headLength);
  if (outgoing.length === 0) setImmediate(flush);
  outgoing.push(frame);
}

const now = () => performance.now();

class Run {
  constructor({ run, code, once, ms, cpuMs }, args) {
    this.id = run;
    this.code = code;
    this.source = sources.get(code);
    if (once) sources.delete(code);
    this.once = once;
    this.args = args;
    this.cpuLeft = cpuMs;
    this.deadline = now() + ms;
    this.bench = undefined;
    this.place = undefined;
    this.executing = false;
    this.finished = false;
    /** Requests and sleeps that have not been answered. */
    this.pending = 0;
    this.posts = 0;
    this.timer = setTimeout(() => this.#late(), ms);
    // Not the id: nobody who got hold of the callback shall speak for a neighbour.
    this.token = Math.random();
    runs.set(this.id, this);
    runsByToken.set(this.token, this);
  }

  /** What the guest says. Its own budgets are in the guest; this one holds if they do not. */
  hear(kind, name, text) {
    if (this.finished) return;
    this.posts += 1;
    if (this.posts > limits.maxPosts) return this.fail('CODE_ERROR', { message: 'Too many messages.' });
    if (kind === 'log') send({ type: 'log', run: this.id, level: name }, text);
    else if (kind === 'done') this.finish({ type: 'done', run: this.id }, text);
    else if (kind === 'fail') this.#failed(name, JSON.parse(text));
    else if (kind === 'sleep') this.#sleep(name, Number(text));
    else if (kind === 'http') {
      this.pending += 1;
      send({ type: 'http', run: this.id, call: name }, text);
    }
  }

  #failed(code, { message, name, stack, cause }) {
    const position = /\bcode\.js:(\d+):(\d+)/.exec(stack ?? '');
    const line = position === null ? undefined : Number(position[1]);
    const column = position === null ? undefined : Number(position[2]);
    this.fail(code, { message, name, line, column, cause });
  }

  #sleep(call, ms) {
    this.pending += 1;
    const left = Math.max(0, this.deadline - now());
    setTimeout(() => this.answer('answer', call, ''), Math.min(ms, left + 1));
  }

  /** Hands the answer to a request to the guest. */
  answer(operation, call, payload) {
    if (this.finished) return;
    this.bench.do(() => {
      // Not before: an entry ahead of this one would take the run for one that waits for nothing.
      this.pending -= 1;
      return this.#execute([operation, call, payload]);
    });
  }

  /** Its wall time is over. What executes is stopped by the time-out of its entry, at the same moment. */
  #late() {
    if (!this.executing) this.fail('CODE_TIMEOUT', { limit: 'wall' });
  }

  begin(bench) {
    this.bench = bench;
    bench.live.add(this);
    bench.do(async () => {
      if (this.finished) return bench.leave(this);
      try {
        this.place = await bench.take();
      } catch (error) {
        const { syntax, message, line, column } = error;
        if (syntax) this.fail('CODE_SYNTAX', { message, line, column });
        else
          this.fail(bench.isolate.isDisposed ? 'CODE_MEMORY' : 'CODE_SYNTAX', { message: String(message) });
        bench.retire();
        return;
      }
      await this.#execute(['run', bench.callback, this.args, this.token]);
    });
  }

  /** One entry into the guest. */
  async #execute(args) {
    if (this.finished) return;
    const { bench } = this;
    const started = now();
    const wallLeft = this.deadline - started;
    // The CPU budget as a time-out: an entry that is starved of CPU gets twice the time.
    const timeout = Math.ceil(Math.min(wallLeft, Math.max(10, 2 * this.cpuLeft)));
    if (timeout <= 0) return this.fail('CODE_TIMEOUT', { limit: 'wall' });
    const cpuBefore = bench.isolate.cpuTime;
    this.executing = true;
    const stuck = setTimeout(() => send({ type: 'stuck', run: this.id }), timeout + limits.stuckMs);
    let failure;
    try {
      await this.place.enter.apply(undefined, args, { timeout });
    } catch (error) {
      failure = error instanceof Error ? error.message : 'unknown';
    }
    clearTimeout(stuck);
    this.executing = false;
    if (bench.isolate.isDisposed) return this.#lost();
    this.cpuLeft -= Number(bench.isolate.cpuTime - cpuBefore) / 1e6;
    if (this.finished) {
      if (failure !== undefined) bench.retire();
      return;
    }
    if (failure !== undefined && now() - started >= timeout - 2) {
      bench.retire();
      return this.fail('CODE_TIMEOUT', { limit: now() >= this.deadline - 2 ? 'wall' : 'cpu' });
    }
    if (this.cpuLeft <= 0) return this.fail('CODE_TIMEOUT', { limit: 'cpu' });
    if (this.pending > 0) return;
    // What the guest posted arrives with or just after the end of the entry.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.finished || this.pending > 0) return;
    if (failure !== undefined) bench.retire();
    this.fail('CODE_ERROR', {
      message:
        failure === undefined
          ? 'The code waits for a promise that nothing can settle any more.'
          : 'The code left a rejected promise behind and did not finish.',
    });
  }

  /** Its isolate was disposed of: it, or a run beside it, passed the memory limit, or was aborted while executing. */
  #lost() {
    const { bench } = this;
    this.fail(bench.aborted === undefined ? 'CODE_MEMORY' : 'SANDBOX_CRASHED', {});
    for (const other of [...bench.live]) other.fail('SANDBOX_CRASHED', {});
    bench.dispose();
  }

  fail(code, details) {
    this.finish({ type: 'fail', run: this.id, code }, JSON.stringify(details));
  }

  finish(head, body) {
    if (this.finished) return;
    this.finished = true;
    clearTimeout(this.timer);
    runs.delete(this.id);
    runsByToken.delete(this.token);
    send(head, body);
    if (this.bench === undefined) queue = queue.filter((run) => run !== this);
    // While it executes its place must stay; the task that began it lets go of it.
    else this.bench.do(() => this.bench.leave(this));
  }

  /** Stops the run; within a moment nothing of it is left. */
  abort() {
    const { bench } = this;
    this.finish({ type: 'fail', run: this.id, code: 'ABORTED' }, '{}');
    if (!this.executing) return;
    // Most entries end by themselves at once; then the runs beside it keep their isolate.
    setTimeout(() => {
      if (!this.executing) return;
      bench.aborted = this;
      for (const other of [...bench.live]) other.fail('SANDBOX_CRASHED', {});
      bench.dispose();
    }, limits.abortMs);
  }
}

const quiet = setTimeout(() => isolates.trim(), limits.quietMs);

function pump() {
  if (queue.length > 0) {
    const at = now();
    queue = queue.filter((run) => {
      const bench = isolates.place(run, at);
      if (bench === null) return true;
      run.begin(bench);
      return false;
    });
  }
}

function receive(head, body) {
  const run = runs.get(head.run);
  switch (head.type) {
    case 'code':
      sources.set(head.code, body);
      break;
    case 'forget':
      sources.delete(head.code);
      isolates.forget(head.code);
      break;
    case 'run': {
      const made = new Run(head, body);
      queue.push(made);
      quiet.refresh();
      pump();
      break;
    }
    case 'answer':
    case 'refuse':
      run?.answer(head.type, head.call, body);
      break;
    case 'abort':
      run?.abort();
      break;
  }
}

let input = Buffer.alloc(0);

process.stdin.on('data', (chunk) => {
  input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
  while (input.length >= 4) {
    const end = 4 + input.readUInt32BE(0);
    if (input.length < end) break;
    const headEnd = 8 + input.readUInt32BE(4);
    receive(JSON.parse(input.toString('utf8', 8, headEnd)), input.toString('utf8', headEnd, end));
    input = input.subarray(end);
  }
});
// The far end is gone. Not process.exit(): it would wait for threads that cannot be stopped.
process.stdin.on('end', () => process.abort());

send({ type: 'ready' });
