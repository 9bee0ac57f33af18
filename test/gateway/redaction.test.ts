import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import { Fault, faultJson, toFault } from '#lib/gateway/errors.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { call } from './support/wire.ts';
import { answer, NO_ARGUMENTS, tool } from './support/workflows.ts';

const CANARY = 'canary-7f3a9c';

describe('what an error tells', () => {
  it.each([
    new Error(`connect ECONNREFUSED postgres://app:${CANARY}@db.internal:5432/app`),
    Object.assign(new Error('no such table'), {
      sql: CANARY,
      stack: `at ${CANARY}`,
      cause: new Error(CANARY),
    }),
    new TypeError(`Cannot read properties of undefined (reading '${CANARY}')`),
    CANARY,
    { message: CANARY },
  ])('is nothing of one that nobody meant to throw, but where its log is: %#', (error) => {
    const logged: unknown[] = [];
    const fault = toFault(error, (one) => {
      logged.push(one);
      return 'r-1';
    });
    expect(JSON.parse(faultJson(fault, 1))).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32_603, message: 'Something went wrong, request r-1.' },
    });
    expect([fault.status, fault.headers]).toEqual([500, {}]);
    expect(logged).toEqual([error]);
  });

  it('is what was meant for the client of one that was (positive control)', () => {
    const never = () => expect.fail('logged');
    expect(toFault(new Fault('forbidden', 'Not you.'), never).message).toBe('Not you.');
    const details = { internal: CANARY, retryAfterMs: 1500 };
    const fault = toFault(new AppError('too_many', 'Later.', details), never);
    expect([faultJson(fault, 1), fault.headers]).toEqual([
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Later."}}',
      { 'retry-after': '2' },
    ]);
  });
});

describe('a tool that fails', () => {
  let upstream: Server;
  let server: TestServer;
  let project: TestProject;

  beforeAll(async () => {
    upstream = createServer((_request, response) => {
      response.writeHead(500, { 'content-type': 'text/plain', 'x-internal': CANARY });
      response.end(`Traceback: password=${CANARY} at /srv/${CANARY}.py`);
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`;
    server = await startTestServer();
    project = await server.project('failing', {
      workflows: [
        tool(
          'fetch',
          NO_ARGUMENTS,
          { key: 'get', kind: 'http', config: { url } },
          answer('{{ steps.get.body }}'),
        ),
      ],
    });
  });

  afterAll(async () => {
    await server.close();
    upstream.closeAllConnections();
    upstream.close();
  });

  it('tells nothing of what a broken service said', async () => {
    const failed = await call(project.url, project.key, 'fetch');
    expect(failed.json.result?.isError).toBe(true);
    expect(failed.json.result?.content[0]?.text).toContain('answered 500');
    expect(failed.text).not.toContain(CANARY);
  });
});
