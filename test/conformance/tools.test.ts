import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { filesOf } from '#lib/operations/folder-files.ts';
import { startTestServer, type TestServer } from '../api/server.ts';
import { runScenario } from './suite.ts';

// The official conformance suite, against a project made of nothing but workflows. What of the suite is not here, and
// why, is in docs/gateway.md under "Conformance".

const tools = [
  'tools-list',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-mixed-content',
  'tools-call-error',
  'tools-call-with-progress',
];

const prompts = [
  'completion-complete',
  'prompts-list',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-embedded-resource',
  'prompts-get-with-image',
];

const resources = [
  'resources-list',
  'resources-read-text',
  'resources-read-binary',
  'resources-templates-read',
];

const scenarios: Record<string, string[]> = {
  '2025-06-18': [
    'server-initialize',
    'resources-subscribe',
    'resources-unsubscribe',
    'ping',
    'logging-set-level',
    'server-session-lifecycle',
    'tools-call-with-logging',
    'tools-call-sampling',
    'tools-call-elicitation',
    ...tools,
    ...prompts,
    ...resources,
  ],
  '2025-11-25': [
    'server-initialize',
    'resources-subscribe',
    'resources-unsubscribe',
    'ping',
    'logging-set-level',
    'server-session-lifecycle',
    'tools-call-with-logging',
    'dns-rebinding-protection',
    'server-sse-multiple-streams',
    'tools-call-sampling',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
    ...tools,
    ...prompts,
    ...resources,
  ],
  '2026-07-28': [
    'server-stateless',
    'server-sse-multiple-streams',
    'json-schema-2020-12',
    'dns-rebinding-protection',
    'http-header-validation',
    'caching',
    'sep-2164-resource-not-found',
    'http-custom-header-server-validation',
    'input-required-result-basic-elicitation',
    'input-required-result-non-tool-request',
    'input-required-result-basic-sampling',
    'input-required-result-basic-list-roots',
    'input-required-result-request-state',
    'input-required-result-multiple-input-requests',
    'input-required-result-multi-round',
    'input-required-result-missing-input-response',
    'input-required-result-result-type',
    'input-required-result-unsupported-methods',
    'input-required-result-tampered-state',
    'input-required-result-capability-check',
    'input-required-result-ignore-extra-params',
    'input-required-result-validate-input',
    ...tools,
    ...prompts,
    ...resources,
  ],
};

/** Of the tasks extension. The tenth, about notifications, checks nothing. */
const tasks = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
];

/** The smallest files of their kinds: what the project's tools fetch. */
const FILES: Record<string, { type: string; base64: string }> = {
  '/pixel.png': {
    type: 'image/png',
    base64:
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  },
  '/silence.wav': {
    type: 'audio/wav',
    base64: 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=',
  },
};

let server: TestServer;
let files: Server;
let url: string;

beforeAll(async () => {
  files = createServer((request, response) => {
    const file = FILES[request.url ?? ''];
    if (file) response.setHeader('content-type', file.type).end(Buffer.from(file.base64, 'base64'));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;

  server = await startTestServer();
  const { owner } = server;
  const folder = await readDiskFolder(join(import.meta.dirname, '../../examples/conformance'));
  expect(await owner.post('/projects/import', { files: filesOf(folder) })).toMatchObject({ status: 201 });
  expect(await owner.patch('/projects/conformance', { env: { FILES: filesUrl } })).toMatchObject({
    status: 200,
    body: { access: 'public' },
  });
  const { body } = await owner.get('/projects/conformance/workflows');
  for (const { id, revision } of body.items) {
    const published = await owner.post(`/projects/conformance/workflows/${id}/publish`, { revision });
    expect(published).toMatchObject({ status: 200 });
  }
  url = `${server.url}/mcp/conformance`;
});

afterAll(async () => {
  await server?.close();
  files?.close();
});

describe.each(Object.entries(scenarios))('at %s', (revision, names) => {
  it.each(names)('%s is kept', async (scenario) => {
    const { exitCode, passed, unmet } = await runScenario(url, scenario, revision);
    expect(unmet).toEqual([]);
    expect(passed).not.toEqual([]);
    expect(exitCode).toBe(0);
  });
});

describe('the tasks extension', () => {
  it.each(tasks)('%s is kept', { timeout: 30_000 }, async (scenario) => {
    const { exitCode, passed, unmet } = await runScenario(url, scenario, null);
    expect(unmet).toEqual([]);
    expect(passed).not.toEqual([]);
    expect(exitCode).toBe(0);
  });
});

describe('the suite (positive control)', () => {
  it('finds a tool missing', async () => {
    expect(await server.owner.post('/projects', { name: 'Bare', slug: 'bare' })).toMatchObject({
      status: 201,
    });
    await server.owner.patch('/projects/bare', { access: 'public' });
    expect(await runScenario(`${server.url}/mcp/bare`, 'tools-call-simple-text', '2025-11-25')).toEqual({
      exitCode: 1,
      passed: [],
      unmet: [{ id: 'tools-call-simple-text', message: expect.stringContaining('Unknown tool') }],
    });
  });

  it('passes nothing where nobody answers', async () => {
    expect(await runScenario('http://127.0.0.1:1/mcp/conformance', 'tools-list', '2026-07-28')).toEqual({
      exitCode: 1,
      passed: [],
      unmet: [{ id: 'tools-list', message: expect.stringContaining('fetch failed') }],
    });
  });

  it('says when it has no such scenario', async () => {
    await expect(runScenario(url, 'nonsense', '2025-11-25')).rejects.toThrow("Unknown scenario 'nonsense'");
  });
});
