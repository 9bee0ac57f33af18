import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind, NodeResult } from '#lib/engine/kind.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const EXPIRES_MS = 10 * 60_000;

const whole = z.union([
  z.int().min(1).max(100_000),
  z.string().includes('{{', { error: 'a number or {{ an expression }}' }),
]);

const config = z.strictObject({
  system: z.string().optional().meta({
    title: 'Instructions',
    description: 'What the model is to be; clients may leave it out.',
    widget: 'textarea',
    template: true,
  }),
  messages: z
    .array(
      z.strictObject({
        role: z
          .enum(['user', 'assistant'])
          .default('user')
          .meta({
            title: 'From',
            widget: 'select',
            labels: { user: 'the user', assistant: 'the model' },
          }),
        text: z.string().min(1, 'say something').meta({ title: 'Text', widget: 'textarea', template: true }),
      }),
    )
    .min(1, 'ask something')
    .max(50)
    .meta({ title: 'Messages' }),
  maxTokens: whole.default(1000).meta({ title: 'Longest answer', description: 'In tokens.', template: true }),
  hints: z.array(z.string().min(1)).max(10).optional().meta({
    title: 'Models',
    description: 'Names, or parts of them, of models that would do well; the client chooses.',
    placeholder: 'sonnet',
    advanced: true,
  }),
});

const resolved = z.object({
  system: z.custom<JsonValue>().optional(),
  messages: z.array(
    z.object({ role: z.enum(['user', 'assistant']), text: z.custom<JsonValue>().optional() }),
  ),
  maxTokens: z.coerce.number().int().min(1).max(100_000),
  hints: z.array(z.string()).optional(),
});

/** Asks the model of the client that called (MCP sampling). */
export const askModel: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'ask-model',
  title: 'Ask client’s model',
  summary: 'Asks the model of the client that called; no key of your own is needed.',
  keywords: ['sampling', 'llm', 'claude', 'prompt', 'chat'],
  icon: 'bot-message-square',
  group: 'client',
  config,
  resolved,
  initial: { messages: [{ role: 'user', text: 'Summarize: {{ input.text }}' }], maxTokens: 1000 },
  initialKey: 'model',
  needs: [],
  waits: true,
  requires: () => ['sampling'],
  example: {
    summary: 'Has the model of the client write a subject line.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { mail: { type: 'string' } }, required: ['mail'] },
        },
      },
      subject: {
        config: {
          system: 'Answer with the subject line alone.',
          messages: [{ role: 'user', text: 'A subject line for this mail: {{ input.mail }}' }],
          maxTokens: 50,
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'Subject: {{ steps.subject.text }}' }] },
      },
    },
    edges: ['arguments -> subject', 'subject -> answer'],
    input: { mail: 'The printer on the second floor is out of paper again.' },
    answers: {
      subject: {
        role: 'assistant',
        model: 'a-model',
        content: { type: 'text', text: 'Printer out of paper' },
      },
    },
    answer: { text: 'Subject: Printer out of paper' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      text: { type: 'string' },
      model: { type: ['string', 'null'] },
      content: { type: 'array', items: { type: 'object' } },
    },
    required: ['text', 'model', 'content'],
    additionalProperties: false,
  }),
  describe: ({ messages }) => oneLine(templateLabel(messages.at(-1)?.text ?? '') || 'a model', 60),
  run: ({ config: given, answer, capabilities }) => {
    if (answer !== undefined) return leave(answer as JsonObject);
    const { messages, maxTokens, hints = [] } = given;
    const system = asText(given.system);
    const params: JsonObject = {
      messages: messages.map(({ role, text }) => ({ role, content: { type: 'text', text: asText(text) } })),
      maxTokens,
      ...(system !== '' && { systemPrompt: system }),
      ...(hints.length > 0 && { modelPreferences: { hints: hints.map((name) => ({ name })) } }),
    };
    return { value: null, suspend: { type: 'model', params, expiresAt: capabilities.now() + EXPIRES_MS } };
  },
};

function leave(answer: JsonObject): NodeResult {
  if (answer['expired'] === true) {
    throw new StepError('EXPIRED', 'The client’s model did not answer in time. Call again.');
  }
  const { refused, content, model } = answer;
  if (typeof refused === 'string') {
    throw new StepError(
      'CLIENT_REFUSED',
      `The client did not ask its model: ${refused}. Allow it in the client, or use one that can.`,
    );
  }
  const parts = (Array.isArray(content) ? content : [content]).filter(isJsonObject);
  const text = parts.flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : [])).join('\n');
  return { value: { text, model: typeof model === 'string' ? model : null, content: parts } };
}
