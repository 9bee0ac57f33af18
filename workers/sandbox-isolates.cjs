'use strict';
// Isolates of one sandbox process: each belongs to one piece of code, gives every run a fresh context, lets one
// entry execute at a time, and is thrown away on anything unusual. Nothing of isolated-vm ever enters a context
// but one callback.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const FILE = 'code.js';
const HEAD = '(async function anonymous(\n) {\n';
const TAIL = '\n})';

const MB = 1024 * 1024;
/** Runs between two looks at the heap; a context takes about 160 KB of it. */
const LOOK_EVERY = 32;

/** Compiles the body as a body and nothing else, so that `}); evil(` is a syntax error. Runs none of it. */
const CHECK = `try { new (async function () {}).constructor($0); return ''; } catch (error) { return String(error.message); }`;

/**
 * @param {object} ivm isolated-vm
 * @param {{ memoryMb: number, maxIsolates: number, maxIsolatesPerCode: number, maxContexts: number, maxServed: number, guest: object }} limits
 * @param {object} events `onPost(run, kind, name, text)`: a guest speaks; `onFree(bench)`: an isolate has nothing left to do
 */
exports.createIsolates = function createIsolates(ivm, limits, { onPost, onFree }) {
  const guest = readFileSync(join(__dirname, 'sandbox-guest.js'), 'utf8').trimEnd().replace(/;$/, '');
  const before = `${guest}(${JSON.stringify(limits.guest)}, ${HEAD}`;
  const lineOffset = 1 - before.split('\n').length;
  /** Those that take runs. @type {Set<Bench>} */
  const benches = new Set();
  /** All whose heap exists. */
  let count = 0;

  class Bench {
    constructor(code, source, once) {
      this.code = code;
      this.source = source;
      this.once = once;
      this.isolate = new ivm.Isolate({ memoryLimit: limits.memoryMb });
      this.script = undefined;
      // One for all runs: it lives until the guest's context is collected, and would hold a run as long.
      this.callback = new ivm.Callback(onPost, { ignored: true });
      this.spare = undefined;
      this.tasks = [];
      this.busy = false;
      this.live = new Set();
      this.served = 0;
      this.retired = false;
      this.gone = false;
      this.usedAt = 0;
      benches.add(this);
      count += 1;
    }

    /** Nothing executes and nothing waits to execute. */
    get free() {
      return !this.busy && this.tasks.length === 0;
    }

    /** Runs tasks one after another: an isolate has one thread of execution anyway, and time-outs must not overlap. */
    do(task) {
      this.tasks.push(task);
      if (!this.busy) void this.#drain();
    }

    async #drain() {
      this.busy = true;
      while (this.tasks.length > 0) await this.tasks.shift()();
      this.busy = false;
      onFree(this);
    }

    /** Throws a SyntaxFailure when the source is not the body of a function. */
    async #compile() {
      const context = await this.isolate.createContext();
      const message = await context.evalClosure(CHECK, [this.source], { timeout: 1000 });
      if (message !== '') throw await this.#syntaxFailure(message);
      this.script = await this.isolate.compileScript(`${before}${this.source}${TAIL})`, {
        filename: FILE,
        lineOffset,
      });
      return context;
    }

    async #syntaxFailure(message) {
      let line;
      let column;
      try {
        await this.isolate.compileScript(`${HEAD}${this.source}${TAIL}`, { filename: FILE, lineOffset: -2 });
      } catch (error) {
        const position = /\[code\.js:(\d+):(\d+)\]/.exec(String(error.message));
        if (position !== null) [line, column] = [Number(position[1]), Number(position[2])];
      }
      // What is missing at the end is noticed in the line after it.
      const lines = this.source.split('\n');
      if (line > lines.length) [line, column] = [lines.length, lines.at(-1).length + 1];
      const plain =
        message === 'Single function literal required' ? 'Unexpected end of the code at a }' : message;
      return Object.assign(new Error(plain), { syntax: true, line, column });
    }

    /** A context with the guest set up and the user's function compiled but not run. */
    async prepare() {
      const context = this.script === undefined ? await this.#compile() : await this.isolate.createContext();
      const enter = await this.script.run(context, { reference: true, timeout: 1000 });
      return { context, enter };
    }

    async take() {
      const spare = this.spare ?? (await this.prepare());
      this.spare = undefined;
      return spare;
    }

    /** The next run finds its context made. */
    prepareSpare() {
      if (this.spare !== undefined || this.retired || this.once) return;
      this.do(async () => {
        if (this.retired || this.spare !== undefined) return;
        try {
          this.spare = await this.prepare();
        } catch {
          this.retire();
        }
      });
    }

    /** Ends a run's stay. */
    leave(run) {
      if (!this.live.delete(run)) return;
      run.place?.enter.release();
      run.place?.context.release();
      run.place = undefined;
      this.served += 1;
      if (this.once || this.served >= limits.maxServed || this.#isFull()) this.retire();
      if (this.retired && this.live.size === 0) this.dispose();
    }

    /** Contexts are collected late; before they fill the heap and end somebody's run, the isolate is replaced. */
    #isFull() {
      if (this.served % LOOK_EVERY !== 0 || this.isolate.isDisposed) return false;
      return this.isolate.getHeapStatisticsSync().used_heap_size > (limits.memoryMb * MB) / 3;
    }

    /** Takes no further run; goes when the last one has left. */
    retire() {
      this.retired = true;
      benches.delete(this);
      if (this.live.size === 0) this.dispose();
    }

    dispose() {
      this.retired = true;
      benches.delete(this);
      if (this.gone) return;
      this.gone = true;
      count -= 1;
      if (!this.isolate.isDisposed) this.isolate.dispose();
    }
  }

  /** A place for a run of this code now, or null when all are taken. */
  function place({ code, source, once }, now) {
    let own = 0;
    let oldest = null;
    let chosen = null;
    for (const bench of benches) {
      const mine = bench.code === code && !bench.once && !once;
      if (mine) own += 1;
      if (mine && bench.free && bench.live.size < limits.maxContexts) {
        if (chosen === null || bench.spare !== undefined) chosen = bench;
      } else if (bench.free && bench.live.size === 0 && (oldest === null || bench.usedAt < oldest.usedAt)) {
        oldest = bench;
      }
    }
    if (chosen === null && own < limits.maxIsolatesPerCode) {
      if (count >= limits.maxIsolates && oldest !== null) oldest.retire();
      if (count < limits.maxIsolates) chosen = new Bench(code, source, once);
    }
    if (chosen !== null) chosen.usedAt = now;
    return chosen;
  }

  return {
    place,
    /** Gives memory back after a quiet time. */
    trim() {
      for (const bench of [...benches]) if (bench.free && bench.live.size === 0) bench.retire();
    },
    forget(code) {
      for (const bench of [...benches]) if (bench.code === code) bench.retire();
    },
  };
};
