import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { envelope, legacy, modern } from './support/wire.ts';
import { answer, answerParts, ask, echo, NO_ARGUMENTS, prompt } from './support/workflows.ts';

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('prompts', {
    workflows: [
      echo,
      prompt(
        'review',
        {
          type: 'object',
          properties: {
            text: { type: 'string', title: 'Text', description: 'What to review.' },
            words: { type: 'integer', maximum: 500 },
          },
          required: ['text'],
          additionalProperties: false,
        },
        answerParts(
          { type: 'text', text: 'You review texts.', role: 'assistant' },
          { type: 'text', text: 'Review "{{ input.text }}" in {{ input.words + 1 }} words.' },
          {
            type: 'resource',
            uri: 'house://rules',
            mimeType: 'text/markdown',
            content: { type: 'text', text: '# Rules' },
          },
          { type: 'resource_link', uri: 'house://more', name: 'more' },
        ),
      ),
      prompt('asking', NO_ARGUMENTS, ask('who', 'name'), answer('Greet {{ steps.who.name }}.')),
      prompt('failing', NO_ARGUMENTS, {
        key: 'fail',
        kind: 'fail',
        config: { message: 'Not on Sundays.' },
      }),
    ],
  });
});

afterAll(() => server.close());

const get = (name: unknown, args?: unknown, more: JsonObject = {}, key = project.key) =>
  modern(project.url, key, {
    method: 'prompts/get',
    params: { name, ...(args !== undefined && { arguments: args }), ...more },
  });

describe('prompts/list', () => {
  it('says what each takes, in both eras', async () => {
    const prompts = [
      { name: 'asking', title: 'asking', description: 'The test prompt asking.' },
      { name: 'failing', title: 'failing', description: 'The test prompt failing.' },
      {
        name: 'review',
        title: 'review',
        description: 'The test prompt review.',
        arguments: [
          { name: 'text', title: 'Text', description: 'What to review.', required: true },
          { name: 'words' },
        ],
      },
    ];
    const now = await modern(project.url, project.key, { method: 'prompts/list' });
    expect(now.json.result).toMatchObject({ resultType: 'complete', prompts, ttlMs: 60_000 });
    const before = await legacy(project.url, project.key, { jsonrpc: '2.0', id: 1, method: 'prompts/list' });
    expect(before.json.result).toEqual({ prompts });
  });

  it('has what a key may use, which is all it gets', async () => {
    const { key } = await project.newKey(['failing']);
    const listed = await modern(project.url, key, { method: 'prompts/list' });
    expect(listed.json.result).toMatchObject({ prompts: [{ name: 'failing' }] });
    expect((await get('review', { text: 'x' }, {}, key)).json.error).toMatchObject({
      code: -32602,
      message: 'Unknown prompt: review',
    });
    expect((await get('failing', {}, {}, key)).json.error?.message).toBe('Not on Sundays.');
  });
});

describe('prompts/get', () => {
  it('answers with a message for each part, by whom it is said', async () => {
    const answered = await get('review', { text: 'a poem', words: '99' });
    expect(answered.json.result).toMatchObject({
      resultType: 'complete',
      description: 'The test prompt review.',
      messages: [
        { role: 'assistant', content: { type: 'text', text: 'You review texts.' } },
        { role: 'user', content: { type: 'text', text: 'Review "a poem" in 100 words.' } },
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: { uri: 'house://rules', mimeType: 'text/markdown', text: '# Rules' },
          },
        },
        { role: 'user', content: { type: 'resource_link', uri: 'house://more', name: 'more' } },
      ],
    });
    const messages = (answered.json.result as unknown as { messages: { content: object }[] }).messages;
    expect(Object.keys(messages[0]!.content)).toEqual(['type', 'text']);
  });

  it.each<[unknown, unknown, string]>([
    ['review', undefined, 'The arguments of review are not valid'],
    ['review', { text: 'x', words: 'many' }, 'The arguments of review are not valid'],
    ['review', { text: 'x', words: '501' }, 'The arguments of review are not valid'],
    ['review', { text: 'x', other: 'y' }, 'The arguments of review are not valid'],
    ['review', { text: 1 }, 'must be an object of texts'],
    ['review', 'text', 'must be an object of texts'],
    ['review', null, 'must be an object of texts'],
    ['echo', { text: 'x' }, 'Unknown prompt: echo'],
    ['nothing', {}, 'Unknown prompt: nothing'],
    ['__proto__', {}, 'Unknown prompt: __proto__'],
    [7, {}, 'must be the name of a prompt'],
  ])('refuses %s with %o', async (name, args, why) => {
    const { error } = (await get(name, args)).json;
    expect(error?.code).toBe(-32602);
    expect(error?.message).toContain(why);
  });

  it('is no way to call a tool, nor a tool one to get a prompt', async () => {
    const called = await modern(project.url, project.key, {
      method: 'tools/call',
      params: { name: 'review', arguments: { text: 'x' } },
    });
    expect(called.json.error).toMatchObject({ code: -32602, message: 'Unknown tool: review' });
  });

  it('asks back for what it needs', async () => {
    const _meta = envelope({ elicitation: { form: {} } });
    const first = (await get('asking', {}, { _meta })).json.result as unknown as JsonObject;
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create' } },
    });
    const inputResponses = { who: { action: 'accept', content: { name: 'Ada' } } };
    const { requestState } = first as { requestState: string };
    const second = await get('asking', {}, { _meta, requestState, inputResponses });
    expect(second.json.result).toMatchObject({
      resultType: 'complete',
      messages: [{ role: 'user', content: { type: 'text', text: 'Greet Ada.' } }],
    });
  });

  it('tells a client that cannot be asked where somebody can answer', async () => {
    const { error } = (await get('asking')).json;
    expect(error?.code).toBe(-32000);
    expect(error?.message).toContain('/answer/');
  });

  it('fails with an error', async () => {
    expect((await get('failing')).json.error).toEqual({ code: -32603, message: 'Not on Sundays.' });
  });
});
