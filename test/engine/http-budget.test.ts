import { expect, test } from 'vitest';
import type { HttpCapability, HttpResponse } from '#lib/engine/capabilities.ts';
import { budgetCalls } from '#lib/engine/http-budget.ts';
import { settled } from './clock.ts';
import { capabilities } from './plan.ts';

const request = { method: 'GET', url: 'https://example.com' };
const response: HttpResponse = {
  status: 200,
  statusText: 'OK',
  headers: {},
  url: '',
  body: new Uint8Array(),
};

test('ten calls at a time; the next begins when one ends, even by failing', async () => {
  const finish: ((failed?: boolean) => void)[] = [];
  const outgoing: HttpCapability = {
    request: () =>
      new Promise((resolve, reject) =>
        finish.push((failed) => (failed ? reject(new Error('broken')) : resolve(response))),
      ),
  };
  const { http } = budgetCalls({ ...capabilities, http: outgoing }, 50);
  const { signal } = new AbortController();
  const calls = Array.from({ length: 12 }, () =>
    http.request(request, signal).catch((error: Error) => error.message),
  );
  await settled();
  expect(finish).toHaveLength(10);
  finish[0]!(true);
  await settled();
  expect(finish).toHaveLength(11);
  finish[1]!();
  await settled();
  expect(finish).toHaveLength(12);
  for (const end of finish) end();
  const answers = await Promise.all(calls);
  expect(answers[0]).toBe('broken');
  expect(answers.slice(1).every((answer) => answer === response)).toBe(true);
});

test('a call that waits for its turn leaves when it is cancelled', async () => {
  let begun = 0;
  const outgoing = { request: () => new Promise<HttpResponse>(() => void begun++) };
  const { http } = budgetCalls({ ...capabilities, http: outgoing }, 50);
  const caller = new AbortController();
  for (let index = 0; index < 10; index++) void http.request(request, new AbortController().signal);
  const waiting = http.request(request, caller.signal).catch((error: unknown) => error);
  caller.abort('enough');
  expect(await waiting).toBe('enough');
  expect(begun).toBe(10);
});

test('a tool of another MCP server counts as a call', async () => {
  const called = { content: [], isError: false };
  const { http, mcp } = budgetCalls(
    { http: { request: async () => response }, mcp: { call: async () => called } },
    2,
  );
  const { signal } = new AbortController();
  const call = { url: '', tool: { name: 't', hash: '' }, arguments: {}, timeoutMs: 1 };
  expect(await http.request(request, signal)).toBe(response);
  expect(await mcp.call(call, signal)).toBe(called);
  await expect(mcp.call(call, signal)).rejects.toMatchObject({ code: 'HTTP_CALLS' });
});
