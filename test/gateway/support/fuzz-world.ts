import { createBase } from '#lib/operations/create-base.ts';
import { putDocument } from '#lib/operations/put-document.ts';
import { updateBase } from '#lib/operations/update-base.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './gateway.ts';
import { answer, ask, echo, NO_ARGUMENTS, prompt, resource, TEXT_SCHEMA, tool } from './workflows.ts';

/** A project with one of everything, and ears for what must never be said. */
export interface FuzzWorld {
  server: TestServer;
  project: TestProject;
  /** Lines of the log at level error and above, and promises nobody caught. */
  outcries: string[];
  close(): Promise<void>;
}

const TYPED: JsonObject = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 0, maximum: 100 },
    when: { type: 'string', format: 'date' },
    code: { type: 'string', pattern: '^[a-z]{1,8}$' },
    many: { type: 'array', items: { type: 'number' }, maxItems: 50, uniqueItems: true },
    place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    kind: { enum: ['a', 'b', null] },
    any: {},
  },
  required: ['count'],
};

const REGION: JsonObject = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    size: { type: 'integer' },
  },
};

/** Starts it; `env` names a database. */
export async function startFuzzWorld(env: Record<string, string> = {}): Promise<FuzzWorld> {
  const server = await startTestServer(env);
  const { app, owner } = server;
  const project = await server.project('fuzz', {
    workflows: [
      echo,
      tool('typed', TYPED, answer('{{ input }}')),
      tool('region', REGION, answer('{{ input.region }}')),
      tool('asks', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!')),
      tool(
        'counts',
        NO_ARGUMENTS,
        { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: 'half way' } },
        { key: 'note', kind: 'log', config: { text: 'noted' } },
        answer('counted'),
      ),
      {
        ...tool('as_task', TEXT_SCHEMA, answer('{{ input.text }}')),
        settings: { task: 'optional' },
      },
      {
        ...prompt(
          'travel',
          { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
          answer('Go to {{ input.city }}.'),
        ),
        settings: { completions: { city: { type: 'list', values: ['Paris', 'Perth'] } } },
      },
      resource('rules', { uri: 'house://rules' }, NO_ARGUMENTS, answer('Be kind.')),
      resource(
        'order',
        { uri: 'orders://{id}{?full}' },
        {
          type: 'object',
          properties: { id: { type: 'string' }, full: { type: 'boolean' } },
          required: ['id'],
        },
        answer('order {{ input.id }}'),
      ),
    ],
  });
  const base = (await createBase(app, owner, 'fuzz', { name: 'House' })).id;
  const wifi = { name: 'wifi.md', data: Buffer.from('# Wifi') };
  await putDocument(app, owner, { project: 'fuzz', base }, { path: wifi.name, ...wifi });
  await updateBase(app, owner, { project: 'fuzz', base }, { offered: true });

  const outcries: string[] = [];
  for (const level of ['error', 'fatal'] as const) {
    app.log[level] = (...said: unknown[]) => void outcries.push(`${level}: ${said.map(told).join(' ')}`);
  }
  const write = process.stderr.write;
  // What the HTTP server says where not even the gateway could answer.
  process.stderr.write = ((text: string | Uint8Array, ...rest: never[]) => {
    if (String(text).includes('"level":50')) outcries.push(String(text));
    return write.call(process.stderr, text, ...rest);
  }) as typeof write;
  const unhandled = (error: unknown) => void outcries.push(`unhandled: ${told(error)}`);
  process.on('unhandledRejection', unhandled);
  process.on('uncaughtException', unhandled);
  return {
    server,
    project,
    outcries,
    async close() {
      process.stderr.write = write;
      process.off('unhandledRejection', unhandled);
      process.off('uncaughtException', unhandled);
      await server.close();
    },
  };
}

function told(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === 'object' && value !== null && 'err' in value) return told(value.err);
  return String(value);
}
