import { createHmac, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

interface Reply {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

describe('webhooks', () => {
  let server: TestServer;
  let workflow: string;
  let at: string;
  let count = 0;

  beforeAll(async () => {
    server = await startTestServer();
    workflow = (await projectWith(server.owner, 'shop')).workflow;
    at = `/projects/shop/workflows/${workflow}/triggers`;
  });
  afterAll(() => server?.close());

  async function make(signature: 'standard' | 'github') {
    count += 1;
    const { status, body } = await server.owner.post(at, {
      type: 'webhook',
      name: `hook ${count}`,
      signature,
    });
    expect(status).toBe(201);
    return body as { id: string; url: string; secret: string };
  }

  async function knock(
    id: string,
    body: string | Buffer,
    headers: Record<string, string>,
    method = 'POST',
  ): Promise<Reply> {
    const response = await fetch(`${server.url}/hooks/${id}`, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  function signed(secret: string, body: string, { id = `msg_${randomUUID()}`, at: time = new Date() } = {}) {
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, time, body),
    };
  }

  const text = (value: string) => JSON.stringify({ text: value });
  const runs = async (): Promise<JsonObject[]> => (await server.owner.get('/projects/shop/runs')).body.items;

  it('signed with their secret start the workflow with their body', async () => {
    const { id, url, secret } = await make('standard');
    expect(url).toBe(`${server.app.env.publicUrl}/hooks/${id}`);
    const body = text('from outside');

    const reply = await knock(id, body, signed(secret, body));

    expect(reply).toMatchObject({ status: 202, body: { existing: false } });
    const run = await eventually(async () => {
      const { body: found } = await server.owner.get(`/projects/shop/runs/${reply.body.runId}`);
      return found.status === 'succeeded' ? found : null;
    });
    expect(run).toMatchObject({
      cause: 'webhook',
      output: { parts: [{ type: 'text', text: 'from outside' }] },
    });
    const { body: list } = await server.owner.get(at);
    expect(list.items.find((trigger: JsonObject) => trigger['id'] === id)).toMatchObject({
      lastRunId: reply.body.runId,
    });
    expect(JSON.stringify(list)).not.toContain(secret);
    expect(JSON.stringify(await server.app.db.prisma.trigger.findMany())).not.toContain(secret);
  });

  it('that were there before give the same run', async () => {
    const { id, secret } = await make('standard');
    const body = text('again');
    const headers = signed(secret, body);

    const replies = await Promise.all(Array.from({ length: 10 }, () => knock(id, body, headers)));

    expect(new Set(replies.map((reply) => reply.body.runId)).size).toBe(1);
    expect(replies.filter((reply) => reply.body.existing === false)).toHaveLength(1);
    const other = text('other');
    const conflict = await knock(id, other, signed(secret, other, { id: headers['webhook-id'] }));
    expect(conflict.status).toBe(409);
  });

  it('that anybody else could have sent are told that there is nothing', async () => {
    const { id, secret } = await make('standard');
    const disabled = await make('standard');
    await server.owner.patch(`${at}/${disabled.id}`, { enabled: false });
    const github = await make('github');
    const body = text('x');
    const good = signed(secret, body);
    const ago = (minutes: number) => ({ at: new Date(Date.now() - minutes * 60_000) });
    const before = (await runs()).length;

    const refused: [string, string, string, Record<string, string>][] = [
      ['unknown', 'b5f0b8a2-7d4b-4d8a-9a3e-3d2a8a1f0c11', body, good],
      ['no id at all', '%00', body, good],
      ['disabled', disabled.id, body, signed(disabled.secret, body)],
      ['no signature', id, body, {}],
      ['another secret', id, body, signed(`whsec_${Buffer.alloc(32).toString('base64')}`, body)],
      ['tampered body', id, text('y'), good],
      ['tampered id', id, body, { ...good, 'webhook-id': 'msg_other' }],
      ['stale', id, body, signed(secret, body, ago(6))],
      ['from the future', id, body, signed(secret, body, ago(-6))],
      ['another time than was signed', id, body, { ...good, 'webhook-timestamp': '1' }],
      ['GitHub style at a standard one', id, body, githubHeaders(secret, body)],
      ['standard style at a GitHub one', github.id, body, signed(`whsec_${github.secret}`, body)],
      ['cut', id, body, { ...good, 'webhook-signature': good['webhook-signature'].slice(0, -1) }],
      ['empty', id, body, { ...good, 'webhook-signature': 'v1,' }],
      [
        'another version',
        id,
        body,
        { ...good, 'webhook-signature': good['webhook-signature'].replace('v1', 'v2') },
      ],
    ];
    const answers = [];
    for (const [name, trigger, sent, headers] of refused) {
      const reply = await knock(trigger, sent, headers);
      answers.push([name, reply.status, { ...reply.body, requestId: '' }]);
    }

    const [, , first] = answers[0]!;
    expect(answers).toEqual(refused.map(([name]) => [name, 404, first]));
    expect((await runs()).length).toBe(before);
    // The positive control: the right one, not older than five minutes.
    expect((await knock(id, body, signed(secret, body, ago(4)))).status).toBe(202);
    expect((await knock(id, body, good)).status).toBe(202);
  });

  const githubHeaders = (secret: string, body: string, delivery = '72d3162e-cc78', event = 'issues') => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'x-github-delivery': delivery,
    'x-github-event': event,
  });

  it('signed as GitHub signs are taken, once for each delivery; a ping is answered', async () => {
    const { id, secret } = await make('github');
    const body = text('opened');

    const first = await knock(id, body, githubHeaders(secret, body));
    const again = await knock(id, body, githubHeaders(secret, body));
    const ping = await knock(id, '{"zen":"x"}', githubHeaders(secret, '{"zen":"x"}', 'p1', 'ping'));

    expect(first).toMatchObject({ status: 202, body: { existing: false } });
    expect(again).toMatchObject({ status: 202, body: { runId: first.body.runId, existing: true } });
    expect(ping).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await knock(id, `${body} `, githubHeaders(secret, body))).status).toBe(404);
    expect((await knock(id, body, githubHeaders('another', body))).status).toBe(404);
  });

  it('that do not fit the workflow are told why', async () => {
    const { id, secret } = await make('standard');
    for (const body of ['{"text":7}', '[]', 'null', 'no json', '']) {
      const reply = await knock(id, body, signed(secret, body));
      expect({ body, status: reply.status, faults: reply.body.faults }).toEqual({
        body,
        status: 422,
        faults: [expect.any(String)],
      });
    }
    const large = text('x'.repeat(1024 * 1024));
    expect((await knock(id, large, signed(secret, large))).status).toBe(413);
  });

  it('take no session, and no page may read their answers', async () => {
    const { id, secret } = await make('standard');
    const body = text('x');
    const preflight = await knock(id, body, { origin: 'https://elsewhere.example' }, 'OPTIONS');
    const reply = await knock(id, body, {
      ...signed(secret, body),
      origin: 'https://elsewhere.example',
      cookie: server.owner.cookie,
    });

    expect(reply.status).toBe(202);
    expect(preflight.status).toBe(400);
    for (const { headers } of [preflight, reply]) {
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.getSetCookie()).toEqual([]);
    }
  });

  it('get a new secret, with which the old one is no longer good', async () => {
    const { id, secret } = await make('standard');
    const body = text('x');

    const { body: renewed } = await server.owner.patch(`${at}/${id}`, { newSecret: true });

    expect(renewed.secret).toMatch(/^whsec_/);
    expect((await knock(id, body, signed(secret, body))).status).toBe(404);
    expect((await knock(id, body, signed(renewed.secret, body))).status).toBe(202);
    expect((await server.owner.patch(`${at}/${id}`, { attempts: 2 })).body.secret).toBeNull();
  });

  it('are limited in number', async () => {
    const { id } = await make('standard');
    let last = await knock(id, '{}', {});
    for (let sent = 1; sent < 302 && last.status !== 429; sent += 1) last = await knock(id, '{}', {});

    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await make('standard');
    const body = text('x');
    expect((await knock(other.id, body, signed(other.secret, body))).status).toBe(202);
  });

  it('of an unpublished workflow say so', async () => {
    const { workflow: second } = await projectWith(server.owner, 'closed');
    const place = `/projects/closed/workflows/${second}/triggers`;
    const { body: hook } = await server.owner.post(place, {
      type: 'webhook',
      name: 'h',
      signature: 'standard',
    });
    expect(hook.problem).toBeNull();
    await server.owner.post(`/projects/closed/workflows/${second}/unpublish`);
    const body = text('x');

    expect((await knock(hook.id, body, signed(hook.secret, body))).status).toBe(409);
    const { body: list } = await server.owner.get(place);
    expect(list.items[0].problem).toContain('not published');
  });
});
