import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '#lib/gateway/serve.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { ENVELOPE, modern } from './support/wire.ts';
import { answer, echo, NO_ARGUMENTS, prompt, resource } from './support/workflows.ts';

let server: TestServer;
let project: TestProject;
let other: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('changing', { workflows: [echo] });
  other = await server.project('quiet', { workflows: [echo] });
});

afterAll(() => server.close());

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

/** Reads an event stream message by message; null at its end. */
async function open(
  url: string,
  init: RequestInit,
): Promise<{ next(): Promise<Message | null>; close(): void }> {
  const gone = new AbortController();
  const response = await fetch(url, { ...init, signal: gone.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next() {
      for (;;) {
        const found = /^data: (.*)\n\n/m.exec(text);
        if (found) {
          text = text.slice(found.index + found[0].length);
          return JSON.parse(found[1]!);
        }
        const { done, value } = await reader.read();
        if (done) return null;
        text += value;
      }
    },
    close: () => gone.abort(),
  };
}

interface Message {
  id?: unknown;
  method?: string;
  params?: { notifications?: object; _meta?: Record<string, unknown> };
  result?: { resultType: string; _meta: Record<string, unknown> };
}

function listen(url: string, key: string, notifications: object) {
  const params = { notifications, _meta: ENVELOPE };
  return open(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'subscriptions/listen',
      Authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'sub-1', method: 'subscriptions/listen', params }),
  });
}

describe('subscriptions/listen', () => {
  it('acknowledges what it will tell, then tells it, marked with the subscription', async () => {
    const stream = await listen(project.url, project.key, {
      toolsListChanged: true,
      promptsListChanged: true,
    });
    expect(await stream.next()).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: {
        notifications: { toolsListChanged: true, promptsListChanged: true },
        _meta: { [SUBSCRIPTION]: 'sub-1' },
      },
    });
    await other.publish({ ...echo, name: 'not_ours' });
    await project.publish({ ...echo, name: 'another' });
    expect(await stream.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: { [SUBSCRIPTION]: 'sub-1' } },
    });
    stream.close();
  });

  it('tells of the lists that changed, and only of those that were asked for', async () => {
    const stream = await listen(project.url, project.key, {
      promptsListChanged: true,
      resourcesListChanged: true,
    });
    await stream.next();
    await project.publish({ ...echo, name: 'unheard' });
    await project.publish(prompt('greet', NO_ARGUMENTS, answer('Greet them.')));
    await project.publish(resource('rules', { uri: 'house://rules' }, NO_ARGUMENTS, answer('None.')));
    const told = [await stream.next(), await stream.next()].map((message) => message?.method);
    expect(told).toEqual(['notifications/prompts/list_changed', 'notifications/resources/list_changed']);
    stream.close();
  });

  it('ends at once when there is nothing it could tell', async () => {
    const stream = await listen(project.url, project.key, { surprisesListChanged: true });
    expect((await stream.next())?.params?.notifications).toEqual({});
    expect(await stream.next()).toMatchObject({ id: 'sub-1', result: { resultType: 'complete' } });
    expect(await stream.next()).toBeNull();
  });

  it('wants to know what to listen for', async () => {
    const answer = await modern(project.url, project.key, { method: 'subscriptions/listen' });
    expect(answer.json.error?.code).toBe(-32602);
  });

  it('is bounded for one key', async () => {
    const { key } = await project.newKey();
    const streams = await Promise.all(
      Array.from({ length: 100 }, () => listen(project.url, key, { toolsListChanged: true })),
    );
    const params = { notifications: { toolsListChanged: true } };
    const refused = await modern(project.url, key, { method: 'subscriptions/listen', params });
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('60');
    for (const stream of streams) stream.close();
  });
});

describe('the GET stream of 2025', () => {
  it('tells that the list changed', async () => {
    const stream = await open(project.url, {
      headers: { Accept: 'text/event-stream', Authorization: `Bearer ${project.key}` },
    });
    await project.publish({ ...echo, name: 'yet_another' });
    expect(await stream.next()).toEqual({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    stream.close();
  });
});

describe('the end of streams', () => {
  it('comes with a farewell when the server stops', async () => {
    const gateway = createGateway(server.app);
    const front = createServer((request, response) => void gateway.handle(request, response));
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/mcp/changing`;
    const stream = await listen(url, project.key, { toolsListChanged: true });
    await stream.next();
    const closed = gateway.close();
    expect(await stream.next()).toMatchObject({ id: 'sub-1', result: { resultType: 'complete' } });
    expect(await stream.next()).toBeNull();
    await closed;
    expect((await modern(url, project.key, { method: 'tools/list' })).status).toBe(503);
    front.close();
    front.closeAllConnections();
  });

  it('comes for a key that was revoked', async () => {
    const { id, key } = await project.newKey();
    const stream = await listen(project.url, key, { toolsListChanged: true });
    await stream.next();
    await revokeKey(server.app, server.owner, { project: 'changing', key: id });
    expect(await stream.next()).toMatchObject({ result: { resultType: 'complete' } });
    expect(await stream.next()).toBeNull();
  });
});
