import { afterAll, describe, expect, test } from 'vitest';
import type { Capabilities, HttpRequest, HttpResponse, KnowledgeHit } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { createTape, TAPE_LIMITS, type Tape } from '#lib/engine/tape.ts';
import { playTape } from '#lib/engine/tape-play.ts';
import { createSandbox } from '#lib/sandbox/pool.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { recording as recordingSchema } from '#lib/workflow/recording.ts';
import { memoryFiles, stepError } from '../nodes/run-kind.ts';
import { capabilities as noWorld } from './plan.ts';

const { signal } = new AbortController();
const START = Date.UTC(2026, 0, 15, 9);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A world whose HTTP answers are given by address. */
function world(answers: Record<string, string | Partial<HttpResponse>>, more: Partial<Capabilities> = {}) {
  const sent: HttpRequest[] = [];
  const capabilities: Capabilities = {
    ...noWorld,
    http: {
      async request(request) {
        sent.push(request);
        const answer = answers[request.url];
        if (answer === undefined) throw new StepError('NETWORK', 'No answer.', { transient: true });
        const given = typeof answer === 'string' ? { body: new TextEncoder().encode(answer) } : answer;
        return {
          status: 200,
          statusText: 'OK',
          headers: {},
          url: request.url,
          body: new Uint8Array(),
          ...given,
        };
      },
    },
    ...more,
  };
  return { capabilities, sent };
}

/** What was recorded, as it comes out of the database. */
function stored(tape: Tape) {
  const kept = JSON.parse(JSON.stringify(tape.recording())) as unknown;
  return recordingSchema.parse(kept);
}

const nowhere = world({}).capabilities;
const play = (tape: Tape) => playTape(stored(tape), { startedAt: START });

describe('HTTP', () => {
  test('a replay gets the recorded answer, byte by byte, and reaches nothing', async () => {
    const bodies: Record<string, Uint8Array> = {
      'https://api.test/json': new TextEncoder().encode('{"total":41.5}'),
      'https://api.test/spaced': new TextEncoder().encode('{ "total": 41.50 }\n'),
      'https://api.test/text': new TextEncoder().encode('\ufeffGrüße'),
      'https://api.test/bytes': Uint8Array.of(0, 255, 137, 80),
      'https://api.test/none': new Uint8Array(),
    };
    const { capabilities, sent } = world(
      Object.fromEntries(
        Object.entries(bodies).map(([url, body]) => [
          url,
          { status: 201, statusText: 'Created', headers: { etag: '"1"' }, url: `${url}#end`, body },
        ]),
      ),
    );
    const tape = createTape();
    const { http } = tape.worldOf(capabilities, 'fetch');
    for (const url of Object.keys(bodies)) await http.request({ method: 'get', url }, signal);
    expect(sent).toHaveLength(5);

    const player = play(tape);
    const again = player.worldOf(capabilities, 'fetch').http;
    for (const [url, body] of Object.entries(bodies)) {
      expect(await again.request({ method: 'GET', url }, signal)).toEqual({
        status: 201,
        statusText: 'Created',
        headers: { etag: '"1"' },
        url: `${url}#end`,
        body,
      });
    }
    expect(sent).toHaveLength(5);
    expect(player.misses).toEqual([]);
  });

  test.each([
    ['another method', { method: 'DELETE' }],
    ['another address', { url: 'https://api.test/b' }],
    ['another body', { body: '{"n":2}' }],
    ['no body', { body: null }],
    ['what it asked already', {}, 2],
  ])('%s is no recorded request', async (_, change, times = 1) => {
    const request = { method: 'POST', url: 'https://api.test/a', body: '{"n":1}' };
    const tape = createTape();
    await tape
      .worldOf(world({ 'https://api.test/a': 'ok' }).capabilities, 'fetch')
      .http.request(request, signal);
    const player = play(tape);
    const { http } = player.worldOf(nowhere, 'fetch');
    if (times === 2) await http.request(request, signal);
    const error = await stepError(http.request({ ...request, ...change }, signal));
    expect(error.code).toBe('REPLAY_MISSING');
    expect(player.misses).toHaveLength(1);
    expect(player.misses[0]!.path).toBe('fetch');
    expect(player.misses[0]!.recorded).toEqual(
      times === 2
        ? []
        : [expect.stringMatching(/^POST https:\/\/api\.test\/a with a body \(SHA-256 \w{8}…\)$/)],
    );
    expect(error.message).toContain(player.misses[0]!.asked);
  });

  test('says what was asked and what is recorded', async () => {
    const tape = createTape();
    const { http } = tape.worldOf(world({ 'https://api.test/a': 'ok' }).capabilities, 'fetch');
    await http.request({ method: 'GET', url: 'https://api.test/a' }, signal);
    const replayed = play(tape).worldOf(nowhere, 'fetch').http;
    const error = await stepError(replayed.request({ method: 'GET', url: 'https://api.test/b' }, signal));
    expect(error.message).toBe(
      'This step asks for what the recording does not have: GET https://api.test/b. Recorded for it and not asked yet: GET https://api.test/a. Run the workflow for real to record it.',
    );
  });

  test('several requests of one step may come in another order; another step has its own', async () => {
    const { capabilities } = world({ 'https://a.test/': 'a', 'https://b.test/': 'b' });
    const tape = createTape();
    const live = tape.worldOf(capabilities, 'fetch').http;
    await live.request({ method: 'GET', url: 'https://a.test/' }, signal);
    await live.request({ method: 'GET', url: 'https://b.test/' }, signal);
    const player = play(tape);
    const { http } = player.worldOf(nowhere, 'fetch');
    expect(text((await http.request({ method: 'GET', url: 'https://b.test/' }, signal)).body)).toBe('b');
    expect(text((await http.request({ method: 'GET', url: 'https://a.test/' }, signal)).body)).toBe('a');
    const other = player.worldOf(nowhere, 'other').http;
    const error = await stepError(other.request({ method: 'GET', url: 'https://a.test/' }, signal));
    expect(error.message).toContain('Nothing more is recorded for it.');
  });

  test('a failure is recorded as one, with what it says', async () => {
    const tape = createTape();
    const { http } = tape.worldOf(nowhere, 'fetch');
    await stepError(http.request({ method: 'GET', url: 'https://a.test/' }, signal));
    const again = play(tape).worldOf(nowhere, 'fetch').http;
    const error = await stepError(again.request({ method: 'GET', url: 'https://a.test/' }, signal));
    expect(error).toMatchObject({ code: 'NETWORK', message: 'No answer.', transient: true });
  });

  test('what had no answer when the step ended takes too long again', async () => {
    const never = { request: () => new Promise<never>(() => {}) };
    const tape = createTape();
    void tape
      .worldOf({ ...nowhere, http: never }, 'f')
      .http.request({ method: 'GET', url: 'https://a.test/' }, signal);
    await new Promise((resolve) => setImmediate(resolve));
    const again = play(tape).worldOf(nowhere, 'f').http;
    const error = await stepError(again.request({ method: 'GET', url: 'https://a.test/' }, signal));
    expect(error).toMatchObject({ code: 'TIMEOUT', transient: true });
  });

  test('a form is the same form, whatever stands between its parts', async () => {
    const form = (value: string) => {
      const made = new FormData();
      made.set('name', value);
      made.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt');
      return made;
    };
    const tape = createTape();
    const send = (capabilities: Capabilities, value: string) =>
      capabilities.http.request({ method: 'POST', url: 'https://a.test/', body: form(value) }, signal);
    await send(tape.worldOf(world({ 'https://a.test/': 'ok' }).capabilities, 'f'), 'Ada');
    const player = play(tape);
    expect((await stepError(send(player.worldOf(nowhere, 'f'), 'Bob'))).code).toBe('REPLAY_MISSING');
    expect((await send(player.worldOf(nowhere, 'f'), 'Ada')).status).toBe(200);
  });
});

const HIT: KnowledgeHit = {
  document: 'd',
  documentId: '1',
  title: 'D',
  uri: 'knowledge://b/d',
  headings: ['h'],
  page: null,
  passage: 0,
  text: 't',
  score: 0.5,
  snippet: '**t**',
};

describe('what else comes from outside', () => {
  /** Asks everything once. */
  async function askAll({
    knowledge,
    sql,
    mcp,
    workflows,
    store,
    files,
  }: Capabilities): Promise<JsonValue[]> {
    const handle = await files.put({
      name: 'a.txt',
      mimeType: 'text/plain',
      data: new TextEncoder().encode('a'),
    });
    const answers: unknown[] = [
      await knowledge.search({ base: 'b', text: 'refund', topK: 3 }, signal),
      await knowledge.read({ base: 'b', document: 'd', passage: 0, characters: 10 }, signal),
      await knowledge.put(
        { base: 'b', path: 'a/n.md', name: 'n.md', data: new TextEncoder().encode('n'), waitMs: 5 },
        signal,
      ),
      await knowledge.remove({ base: 'b', path: 'a/n.md' }),
      await sql.query(
        { connectionId: 'c', text: 'select $1', params: [1], readOnly: true, maxRows: 10, timeoutMs: 1 },
        signal,
      ),
      await mcp.call(
        { url: 'https://mcp.test/', tool: { name: 'echo', hash: 'h' }, arguments: { n: 1 }, timeoutMs: 1 },
        signal,
      ),
      await workflows.run({ workflow: 'w', version: null, input: { n: 1 } }, signal),
      await workflows.resume({ runId: 'r', answers: { ask: 1 } }, signal),
      await store.get('k'),
      await store.set('k', { n: 1 }, 1000),
      await store.remove('k'),
      await store.increment('n', 2),
      await store.list('', 10),
      handle,
      text(await files.get(handle)),
      text(await files.get({ file: 'old', name: 'old', mimeType: 'text/plain', bytes: 3 })),
    ];
    return JSON.parse(JSON.stringify(answers.map((answer) => answer ?? null))) as JsonValue[];
  }

  const memory = memoryFiles();
  memory.stored.set('old', new TextEncoder().encode('old'));
  const full: Capabilities = {
    ...nowhere,
    files: memory,
    knowledge: {
      search: async () => [HIT],
      read: async () => ({
        ...{ document: 'd', documentId: '1', title: 'D', uri: '', mimeType: 'text/plain', metadata: {} },
        ...{ text: 't', passage: 0, next: null, passages: 1 },
      }),
      put: async ({ name }) => ({
        ...{ document: name, documentId: '2', uri: '', outcome: 'added', state: 'reading', error: null },
      }),
      remove: async () => true,
    },
    sql: { query: async () => ({ rows: [{ n: 1 }], rowCount: 1, truncated: false }) },
    mcp: { call: async () => ({ content: [{ type: 'text', text: 'hi' }], isError: false }) },
    workflows: {
      run: async () => ({ runId: 'r', waiting: { ask: { type: 'time', until: 5 } } }),
      resume: async () => ({ runId: 'r', value: { ok: true }, text: 'ok' }),
    },
    store: {
      get: async () => 'v',
      set: async () => {},
      remove: async () => true,
      increment: async () => 3,
      list: async () => [{ key: 'k', value: 1 }],
    },
  };

  test('is given again, and nothing is reached', async () => {
    const tape = createTape();
    const answers = await askAll(tape.worldOf(full, 's'));
    expect(answers[0]).toMatchObject([{ score: 0.5 }]);
    const reached: string[] = [];
    const walled = new Proxy(nowhere, {
      get(target, name: keyof Capabilities) {
        if (!['parse', 'schemas', 'code'].includes(name)) reached.push(name);
        return target[name];
      },
    });
    const player = play(tape);
    expect(await askAll(player.worldOf(walled, 's'))).toEqual(answers);
    expect(player.misses).toEqual([]);
    expect(reached).toEqual([]);
  });

  test('a write that differs is another request', async () => {
    const tape = createTape();
    await tape.worldOf(full, 's').store.set('k', { a: 1, b: 2 });
    const { store } = play(tape).worldOf(nowhere, 's');
    const error = await stepError(store.set('k', { a: 1, b: 3 }));
    expect(error.message).toContain('store.set {"key":"k","value":{"a":1,"b":3},"ttlMs":null}');
    // The order of members is none of its differences.
    await store.set('k', { b: 2, a: 1 });
  });

  test('time and chance; what is asked more than then is the same in each replay', async () => {
    const tape = createTape();
    const times = [10, 20];
    const live = tape.worldOf({ ...nowhere, now: () => times.shift()!, random: () => 0.75 }, 's');
    expect([live.now(), live.now(), live.random()]).toEqual([10, 20, 0.75]);
    const ask = () => {
      const { now, random } = play(tape).worldOf(nowhere, 's');
      return [now(), now(), now(), random(), random()];
    };
    expect(ask()).toEqual([10, 20, 20, 0.75, expect.any(Number)]);
    expect(ask()).toEqual(ask());
    expect(play(tape).worldOf(nowhere, 'new').now()).toBe(START);
  });

  test('a pause takes no time', async () => {
    const player = playTape(null, { startedAt: START });
    await player.worldOf(nowhere, 's').sleep(1e9, signal);
    await expect(player.worldOf(nowhere, 's').sleep(1e9, AbortSignal.abort())).rejects.toThrow();
  });

  test('a run that goes on after it was suspended has one recording', async () => {
    const first = createTape();
    await first.worldOf(full, 'a').store.get('k');
    const second = createTape({ from: stored(first) });
    await second.worldOf(full, 'b').store.get('k');
    expect(Object.keys(stored(second).steps)).toEqual(['a', 'b']);
  });
});

describe('code', () => {
  const sandbox = createSandbox({ log() {} });
  afterAll(() => sandbox.close());
  const code: Capabilities['code'] = {
    run: ({ http, ...request }, abort) =>
      sandbox.run(
        { ...request, projectId: 'p', versionKey: null, http: (asked, stop) => http!.request(asked, stop) },
        abort,
      ),
  };
  const source = `
    const before = Date.now();
    const answer = await http.fetch('https://api.test/');
    return { before, after: new Date(), dice: Math.random(), body: answer.body };`;
  const request = { source, input: {}, steps: {}, env: {}, timeoutMs: 5000, onLog() {} };

  test('runs again in a replay, with the same time, chance and answers', async () => {
    const times = [START, START + 80];
    const { capabilities, sent } = world(
      { 'https://api.test/': 'hello' },
      { code, now: () => times.shift()!, random: Math.random },
    );
    const tape = createTape();
    const value = await tape.worldOf(capabilities, 'code').code.run(request, signal);
    expect(value).toMatchObject({ before: START, after: '2026-01-15T09:00:00.080Z', body: 'hello' });
    const again = play(tape).worldOf({ ...nowhere, code }, 'code').code;
    expect(await again.run(request, signal)).toEqual(value);
    expect(sent).toHaveLength(1);
  });
});

describe('credentials', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop';

  test('are not in a recording, in whatever part of an exchange', async () => {
    const url = 'https://user:hunter2hunter2@api.test/x?api_key=k-canary-1&page=2';
    const { capabilities } = world({
      [url]: {
        headers: { 'set-cookie': 'sid=canary-2', 'x-api-key': 'canary-3', 'x-token': jwt, etag: '1' },
        body: new TextEncoder().encode(
          JSON.stringify({ access_token: 'token-canary-4', nested: [{ password: 'canary-5' }], note: jwt }),
        ),
      },
      'https://api.test/key': `-----BEGIN PRIVATE KEY-----\ncanary-6\n-----END PRIVATE KEY-----`,
      'https://api.test/with?session=token-canary-4': 'your token is token-canary-4',
    });
    const tape = createTape();
    const { http } = tape.worldOf(capabilities, 's');
    await http.request({ method: 'GET', url, headers: { authorization: 'Bearer canary-7' } }, signal);
    await http.request({ method: 'GET', url: 'https://api.test/key' }, signal);
    const echo = { method: 'POST', url: 'https://api.test/with?session=token-canary-4' };
    await http.request({ ...echo, body: 'token-canary-4' }, signal);
    const kept = JSON.stringify(tape.recording());
    expect(kept).not.toMatch(/canary|hunter2|eyJhb/);
    expect(kept).toContain('page=2');
    expect(kept).toContain('"etag":"1"');

    // The replay passes the blank on where the run passed the credential on.
    const again = play(tape).worldOf(nowhere, 's').http;
    const first = await again.request({ method: 'GET', url }, signal);
    const token = (JSON.parse(text(first.body)) as { access_token: string }).access_token;
    expect(token).toBe('[redacted]');
    const echoed = await again.request(
      { method: 'POST', url: `https://api.test/with?session=${token}`, body: token },
      signal,
    );
    expect(text(echoed.body)).toBe('your token is [redacted]');
  });
});

describe('bounds', () => {
  test('an answer over 64 KiB is marked, and a replay that needs it says so', async () => {
    const { capabilities } = world({
      'https://api.test/fits': 'x'.repeat(TAPE_LIMITS.answerBytes - 200),
      'https://api.test/large': 'x'.repeat(TAPE_LIMITS.answerBytes + 1),
    });
    const tape = createTape();
    const live = tape.worldOf(capabilities, 's').http;
    await live.request({ method: 'GET', url: 'https://api.test/fits' }, signal);
    await live.request({ method: 'GET', url: 'https://api.test/large' }, signal);
    const { http } = play(tape).worldOf(nowhere, 's');
    const fits = await http.request({ method: 'GET', url: 'https://api.test/fits' }, signal);
    expect(fits.body).toHaveLength(TAPE_LIMITS.answerBytes - 200);
    const error = await stepError(http.request({ method: 'GET', url: 'https://api.test/large' }, signal));
    expect(error).toMatchObject({ code: 'REPLAY_MISSING', details: { bytes: TAPE_LIMITS.answerBytes + 1 } });
    expect(error.message).toContain('too large to be recorded (65537 bytes or more)');
  });

  test('a run keeps so much and then nothing, and says that it was full', async () => {
    const { capabilities } = world({ 'https://api.test/': 'x'.repeat(1000) });
    const tape = createTape({ limits: { runBytes: 5000 } });
    const asking = (path: string) =>
      tape.worldOf(capabilities, path).http.request({ method: 'GET', url: 'https://api.test/' }, signal);
    for (let i = 0; i < 50; i++) await asking(`step-${i}`);
    for (let i = 0; i < 1000; i++) tape.worldOf(capabilities, 'clock').now();
    expect(JSON.stringify(tape.recording()).length).toBeLessThan(8000);
    expect(stored(tape).full).toBe(true);
    const { http } = play(tape).worldOf(nowhere, 'step-49');
    const error = await stepError(http.request({ method: 'GET', url: 'https://api.test/' }, signal));
    expect(error.message).toContain('The recording was full before it came to this.');
  });

  test('a run that asks for nothing has none', () => {
    const tape = createTape();
    tape.worldOf(nowhere, 's');
    expect(tape.recording()).toBeNull();
  });
});
