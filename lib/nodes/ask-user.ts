import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { FormAnswer, Question } from '#lib/engine/question.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';
import {
  type FormField,
  formField,
  formSchema,
  resolvedField,
  schemaProblem,
} from './ask-user/form-schema.ts';

const MINUTE = 60_000;
const DEFAULT_MINUTES = 60;
const MOST_MINUTES = 7 * 24 * 60;

const minutes = z.union([
  z.number().min(1).max(MOST_MINUTES),
  z.string().includes('{{', { error: 'a number or {{ an expression }}' }),
]);

const config = z.strictObject({
  message: z.string().min(1, 'say what is asked, and why').meta({
    title: 'Message',
    description: 'Read by the person at the client: what is asked, and what for.',
    widget: 'textarea',
    template: true,
    placeholder: 'Which of the {{ steps.search.length }} orders do you mean?',
  }),
  mode: z
    .enum(['fields', 'schema', 'url'])
    .default('fields')
    .meta({
      title: 'Ask by',
      widget: 'select',
      labels: { fields: 'a form', schema: 'a form from a JSON Schema', url: 'a page to open' },
    }),
  fields: z
    .array(formField)
    .max(50)
    .default([])
    .meta({ title: 'Fields', showIf: { field: 'mode', in: ['fields'] } }),
  schema: z
    .record(z.string(), z.json())
    .default({ type: 'object', properties: {} })
    .meta({
      title: 'Schema',
      description: 'One level of text, numbers, yes or no, and choices: what clients can show.',
      widget: 'schema',
      showIf: { field: 'mode', in: ['schema'] },
    }),
  url: z
    .string()
    .default('')
    .meta({
      title: 'Page',
      description:
        'Opened in the browser of the person: for what must not pass through the client, such as a payment or a password.',
      template: true,
      placeholder: 'https://pay.example.com/orders/{{ input.order }}',
      showIf: { field: 'mode', in: ['url'] },
    }),
  expiresInMinutes: minutes.default(DEFAULT_MINUTES).meta({
    title: 'Expires in',
    description: `Minutes that the answer may take; ${MOST_MINUTES / 1440} days at most.`,
    template: true,
    advanced: true,
  }),
});

const resolved = z.object({
  message: z.custom<JsonValue>().optional(),
  mode: z.enum(['fields', 'schema', 'url']),
  fields: z.array(resolvedField),
  schema: z.record(z.string(), z.json()),
  url: z.custom<JsonValue>().optional(),
  expiresInMinutes: z.coerce.number().min(1).max(MOST_MINUTES),
});

/** Asks the person at the client, and waits for the answer without holding anything. */
export const askUser: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'ask-user',
  title: 'Ask user',
  summary: 'Asks the person at the client, by a form or a page, and goes on with the answer.',
  keywords: ['human', 'form', 'elicitation', 'question', 'prompt', 'input'],
  icon: 'message-circle-question',
  group: 'client',
  config,
  resolved,
  initial: {
    message: 'Please tell me more.',
    mode: 'fields',
    fields: [{ name: 'answer', type: 'text', required: true }],
  },
  initialKey: 'ask',
  needs: [],
  waits: true,
  example: {
    summary: 'Asks which size is wanted before it orders.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { item: { type: 'string' } }, required: ['item'] },
        },
      },
      ask: {
        config: {
          message: 'Which size of {{ input.item }}?',
          mode: 'fields',
          fields: [
            {
              name: 'size',
              type: 'choice',
              title: 'Size',
              required: true,
              options: [
                { value: 's', title: 'Small' },
                { value: 'l', title: 'Large' },
              ],
            },
          ],
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ input.item }} in {{ steps.ask.size }}' }] },
      },
      no: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'Nothing was ordered.' }] },
      },
    },
    edges: ['arguments -> ask', 'ask:out -> answer', 'ask:declined -> no'],
    input: { item: 'shirt' },
    answers: { ask: { action: 'accept', content: { size: 'l' } } },
    answer: { text: 'shirt in l' },
  },
  handles: () => [
    { id: 'out', label: 'answered' },
    { id: 'declined', label: 'declined', optional: true },
  ],
  outputSchema: ({ mode, fields, schema }) => {
    if (mode === 'url') return { type: 'object', properties: {}, additionalProperties: false };
    return mode === 'schema' ? schema : formSchema(fields, { defaults: false });
  },
  describe: ({ message }) => oneLine(templateLabel(message), 60),
  check: ({ mode, fields, schema, url }) => {
    if (mode === 'url') {
      const fits = url.includes('{{') || /^https?:\/\//.test(url);
      return fits ? [] : [problem('ask_no_page', 'Write the address of the page: https://…', ['url'])];
    }
    if (mode === 'fields') {
      if (fields.length > 0) return fieldProblems(fields);
      return [problem('ask_no_fields', 'Ask for something: add a field.', ['fields'])];
    }
    const fault = schemaProblem(schema);
    return fault === null ? [] : [problem('ask_bad_schema', fault, ['schema'])];
  },
  run: ({ config: given, answer, asked, capabilities, wired }) => {
    if (answer !== undefined) return leave(answer as JsonObject, asked, wired('declined'));
    const { mode, fields, schema, expiresInMinutes } = given;
    const message = asText(given.message);
    const expiresAt = Math.round(capabilities.now() + expiresInMinutes * MINUTE);
    if (mode !== 'url') {
      const form = mode === 'fields' ? formSchema(fields) : schema;
      return { value: null, suspend: { type: 'form', message, schema: form, expiresAt } };
    }
    const url = asText(given.url);
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new StepError(
        'BAD_URL',
        `"${url.slice(0, 200)}" is not the address of a page: https://… is expected.`,
        { details: { field: ['url'] } },
      );
    }
    return { value: null, suspend: { type: 'url', message, url, expiresAt } };
  },
};

function leave(answer: JsonObject, asked: Question | undefined, canDecline: boolean): NodeResult {
  if (answer['expired'] === true) {
    throw new StepError(
      'EXPIRED',
      'Nobody answered the question in time. Tell the user that an answer is needed, then call again.',
    );
  }
  const given = answer as unknown as FormAnswer;
  if (given.action === 'accept') {
    return { value: asked?.type === 'url' ? {} : (given.content ?? {}), handle: 'out' };
  }
  if (canDecline) return { value: { action: given.action }, handle: 'declined' };
  throw new StepError(
    'DECLINED',
    given.action === 'decline'
      ? 'The user declined to answer. Do not call again unless the user asks for it.'
      : 'The user closed the question without an answer. Ask the user before calling again.',
  );
}

function problem(code: string, message: string, field: (string | number)[]) {
  return { code, severity: 'error' as const, message, field };
}

function fieldProblems(fields: readonly FormField[]): ReturnType<NonNullable<NodeKind['check']>> {
  const names = fields.map(({ name }) => name);
  return fields.flatMap(({ name, type, options = [] }, index) => {
    if (names.indexOf(name) < index) {
      return [problem('ask_same_name', `There is another field "${name}".`, ['fields', index, 'name'])];
    }
    if ((type === 'choice' || type === 'choices') && options.length === 0) {
      return [
        problem('ask_no_options', `"${name}" has nothing to choose from.`, ['fields', index, 'options']),
      ];
    }
    return [];
  });
}
