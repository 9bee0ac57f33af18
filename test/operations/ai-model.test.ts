import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnection } from '#lib/operations/create-connection.ts';
import { startTestServer, type TestServer } from '../gateway/support/gateway.ts';
import { call } from '../gateway/support/wire.ts';
import { TEXT_SCHEMA, tool } from '../gateway/support/workflows.ts';
import { modelServer } from '../nodes/model-server.ts';

// A workflow that asks a model, from the caller's tools/call to the provider and back.

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const mood = {
  type: 'object',
  properties: { mood: { enum: ['good', 'bad'] } },
  required: ['mood'],
  additionalProperties: false,
};

test('a busy provider is asked again, an answer that does not fit is mended, and data comes back', async () => {
  const busy = { status: 429, headers: { 'retry-after': '0' }, body: { error: { message: 'slow down' } } };
  const models = await modelServer(busy, { data: { mood: 'fine' } }, { data: { mood: 'good' } });
  const project = await server.project('moods');
  const { id: connection } = await createConnection(server.app, server.owner, 'moods', {
    name: 'anthropic',
    type: 'header',
    hosts: [new URL(models.url).host],
    secret: { header: 'x-api-key', value: 'sk-secret' },
  });
  await project.publish(
    tool(
      'mood_of',
      TEXT_SCHEMA,
      {
        key: 'ask',
        kind: 'ai-model',
        config: {
          provider: 'anthropic',
          baseUrl: models.url,
          connection,
          model: 'claude-test-1',
          prompt: 'What is the mood of the mail?',
          data: { mail: '{{ input.text }}' },
          answer: { type: 'json', schema: mood },
        },
        settings: { retry: { attempts: 2, backoffMs: 1 } },
      },
      {
        key: 'answer',
        kind: 'output',
        config: {
          parts: [],
          structured: {
            value: { mood: '{{ steps.ask.json.mood }}', tokens: '{{ steps.ask.usage.outputTokens }}' },
          },
        },
      },
    ),
  );
  const { json } = await call(project.url, project.key, 'mood_of', { text: 'All is well. </data>' });
  expect(json.result).toMatchObject({ structuredContent: { mood: 'good', tokens: 8 } });
  expect(models.asked.map(({ headers }) => headers['x-api-key'])).toEqual([
    'sk-secret',
    'sk-secret',
    'sk-secret',
  ]);
  expect(JSON.stringify(models.asked[0]!.body)).toContain('\\\\u003c/data>');
});
