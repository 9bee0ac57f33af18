import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Pulse } from '#lib/gateway/pulse.ts';
import { type EventReader, readEvents } from './support/events.ts';
import { type Gate, startGate } from './support/gate.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession } from './support/session.ts';
import { ENVELOPE } from './support/wire.ts';
import { answer, NO_ARGUMENTS, tool } from './support/workflows.ts';

// What a proxy needs to see of a stream on which nothing happens.

describe('the pulse of all streams', () => {
  afterEach(() => vi.useRealTimers());

  it('beats for each once in a period, first after a whole one, and stops with the last', () => {
    vi.useFakeTimers();
    const pulse = new Pulse(15_000);
    const beats = [0, 0, 0];
    const members = beats.map((_, index) => ({
      beat: () => {
        beats[index]! += 1;
      },
    }));
    const slots: number[] = [];
    for (const member of members) {
      slots.push(pulse.add(member));
      vi.advanceTimersByTime(4000);
    }
    expect(vi.getTimerCount()).toBe(1);
    expect(beats).toEqual([0, 0, 0]);
    vi.advanceTimersByTime(3000);
    expect(beats).toEqual([1, 0, 0]);
    vi.advanceTimersByTime(8000);
    expect(beats).toEqual([1, 1, 1]);
    vi.advanceTimersByTime(60_000);
    expect(beats).toEqual([5, 5, 5]);
    for (const [index, member] of members.entries()) pulse.remove(member, slots[index]!);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a stream', () => {
  let gate: Gate;
  let server: TestServer;
  let project: TestProject;

  beforeAll(async () => {
    gate = await startGate();
    server = await startTestServer();
    project = await server.project('idle', {
      workflows: [
        tool(
          'slow',
          NO_ARGUMENTS,
          { key: 'fetch', kind: 'http', config: { url: gate.url('slow') } },
          answer('{{ steps.fetch.body }}'),
        ),
      ],
    });
  });

  afterAll(async () => {
    // Calls that are still kept end with it.
    gate.close();
    await server.close();
  });

  const post = (headers: Record<string, string>, method: string, params: object) =>
    readEvents(project.url, {
      headers: {
        Authorization: `Bearer ${project.key}`,
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: { jsonrpc: '2.0', id: 1, method, params },
    });
  const modern = { 'MCP-Protocol-Version': '2026-07-28' };
  const slow = { name: 'slow', arguments: {} };

  it.each([
    [
      'of a call of 2026-07-28',
      () =>
        post({ ...modern, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'slow' }, 'tools/call', {
          ...slow,
          _meta: ENVELOPE,
        }),
    ],
    ['of a call without a session', () => post({}, 'tools/call', slow)],
    [
      'of a call with a session',
      async () => {
        const { session } = await beginSession(project.url, project.key, {});
        return post({ 'Mcp-Session-Id': session }, 'tools/call', slow);
      },
    ],
    [
      'that listens',
      () =>
        post({ ...modern, 'Mcp-Method': 'subscriptions/listen' }, 'subscriptions/listen', {
          notifications: { toolsListChanged: true },
          _meta: ENVELOPE,
        }),
    ],
    [
      'of changes',
      () =>
        readEvents(project.url, {
          headers: { Authorization: `Bearer ${project.key}`, Accept: 'text/event-stream' },
        }),
    ],
  ] satisfies [string, () => Promise<EventReader>][])(
    '%s sends its headers before there is anything to say, and tells proxies to hold nothing back',
    async (_what, open) => {
      // Nothing lets the call go on: what comes, comes without its answer.
      const stream = await open();
      expect(stream.status).toBe(200);
      expect(stream.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      expect(stream.headers['content-length']).toBeUndefined();
      expect(stream.headers['content-encoding']).toBeUndefined();
      stream.cut();
    },
  );
});
