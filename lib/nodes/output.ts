import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { OutputPart } from '#lib/engine/run.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { literalSchema } from '#lib/workflow/literal-schema.ts';
import { asText } from '#lib/workflow/text.ts';

const file = z
  .string()
  .min(1, 'name a file, for example {{ steps.fetch.body }}')
  .meta({ title: 'File', template: true, placeholder: '{{ steps.fetch.body }}' });

const role = z
  .enum(['user', 'assistant'])
  .optional()
  .meta({
    title: 'Said by',
    description: 'In a prompt: whose message it is. Left out: the user’s.',
    advanced: true,
    labels: { user: 'User', assistant: 'Assistant' },
  });

const part = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('text'),
      text: z.string().meta({ title: 'Text', widget: 'textarea', template: true }),
      role,
    })
    .meta({ title: 'Text' }),
  z.strictObject({ type: z.literal('image'), file, role }).meta({ title: 'Image' }),
  z.strictObject({ type: z.literal('audio'), file, role }).meta({ title: 'Audio' }),
  z
    .strictObject({
      type: z.literal('resource'),
      uri: z
        .string()
        .min(1, 'a resource needs an address')
        .meta({ title: 'URI', template: true, placeholder: 'orders://{{ input.order_id }}' }),
      mimeType: z.string().optional().meta({
        title: 'MIME type',
        description: 'Left out: text/plain for a text, its own for a file.',
        placeholder: 'text/markdown',
      }),
      content: z
        .discriminatedUnion('type', [
          z
            .strictObject({
              type: z.literal('text'),
              text: z.string().meta({ title: 'Text', widget: 'textarea', template: true }),
            })
            .meta({ title: 'Text' }),
          z.strictObject({ type: z.literal('file'), file }).meta({ title: 'File' }),
        ])
        .meta({ title: 'Content' }),
      role,
    })
    .meta({ title: 'Embedded resource' }),
  z
    .strictObject({
      type: z.literal('resource_link'),
      uri: z.string().min(1, 'a link needs an address').meta({ title: 'URI', template: true }),
      name: z.string().min(1, 'a link needs a name').meta({ title: 'Name', template: true }),
      mimeType: z.string().optional().meta({ title: 'MIME type', placeholder: 'application/pdf' }),
      description: z.string().optional().meta({ title: 'Description', template: true }),
      role,
    })
    .meta({ title: 'Link' }),
  z
    .strictObject({
      type: z.literal('resource_links'),
      links: z.string().min(1, 'say which links').meta({
        title: 'List',
        description: 'A list of objects with uri and name; mimeType and description where there are some.',
        template: true,
        placeholder: '{{ steps.checked.sources }}',
      }),
      role,
    })
    .meta({ title: 'Links of a list' }),
]);

const config = z.strictObject({
  parts: z.array(part).max(50).default([]).meta({
    title: 'Parts',
    description: 'What the model and the person read, in this order.',
  }),
  structured: z
    .strictObject({
      value: z.json().meta({
        title: 'Value',
        description: 'An object; texts in it may hold expressions.',
        widget: 'json',
        template: true,
        placeholder: '{ "total": "{{ steps.sum }}" }',
      }),
      schema: z.record(z.string(), z.json()).optional().meta({
        title: 'Schema',
        description: 'Promised to the client. Left out, it is read off the value.',
        widget: 'schema',
        advanced: true,
      }),
    })
    .nullable()
    .default(null)
    .meta({ title: 'Structured value', description: 'The same answer as data, for programs.' }),
});

const handle = z.object({ file: z.string(), mimeType: z.string(), name: z.string(), bytes: z.number() });

const resolved = z.object({
  parts: z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text'), text: z.custom<JsonValue>().optional(), role }),
      z.object({ type: z.literal('image'), file: handle, role }),
      z.object({ type: z.literal('audio'), file: handle, role }),
      z.object({
        type: z.literal('resource'),
        uri: z.string().min(1),
        mimeType: z.string().optional(),
        content: z.discriminatedUnion('type', [
          z.object({ type: z.literal('text'), text: z.custom<JsonValue>().optional() }),
          z.object({ type: z.literal('file'), file: handle }),
        ]),
        role,
      }),
      z.object({
        type: z.literal('resource_link'),
        uri: z.string().min(1),
        name: z.string().min(1),
        mimeType: z.string().optional(),
        description: z.string().optional(),
        role,
      }),
      z.object({
        type: z.literal('resource_links'),
        links: z
          .array(
            z.object({
              uri: z.string().min(1),
              name: z.string().min(1),
              mimeType: z.string().nullish(),
              description: z.string().nullish(),
            }),
          )
          .max(50),
        role,
      }),
    ]),
  ),
  structured: z.object({ value: z.custom<JsonValue>().optional() }).nullable(),
});

/** Where a run ends well: what the caller gets. */
export const output: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'output',
  title: 'Output',
  summary: 'What the caller gets: text, images, audio, resources, links and a structured value.',
  keywords: ['answer', 'return', 'result', 'respond', 'end', 'image', 'audio', 'resource'],
  icon: 'log-out',
  group: 'start-end',
  role: 'end',
  config,
  resolved,
  initial: { parts: [{ type: 'text', text: '{{ input.text }}' }], structured: null },
  initialKey: 'answer',
  needs: [],
  example: {
    summary: 'Answers with an order in words for the model, as a document, and as data for programs.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] },
        },
      },
      answer: {
        config: {
          parts: [
            { type: 'text', text: 'Order {{ input.order }} was sent on Monday.' },
            {
              type: 'resource',
              uri: 'orders://{{ input.order }}',
              mimeType: 'text/markdown',
              content: { type: 'text', text: '# Order {{ input.order }}' },
            },
          ],
          structured: { value: { order: '{{ input.order }}', sent: true } },
        },
      },
    },
    edges: ['arguments -> answer'],
    input: { order: 7 },
    answer: {
      parts: [
        { type: 'text', text: 'Order 7 was sent on Monday.' },
        { type: 'resource', uri: 'orders://7', mimeType: 'text/markdown', text: '# Order 7' },
      ],
      structured: { order: 7, sent: true },
    },
  },
  handles: () => [],
  outputSchema: () => ({}),
  describe: ({ parts, structured }) => {
    const count = parts.length === 1 ? parts[0]!.type.replace('_', ' ') : `${parts.length} parts`;
    if (!structured) return count;
    return parts.length === 0 ? 'structured' : `${count} + structured`;
  },
  contractOutput: ({ structured }) => {
    if (!structured) return null;
    const schema: JsonSchema = structured.schema ?? literalSchema(structured.value);
    return { ...schema, type: 'object' };
  },
  check: ({ parts, structured }) => {
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    if (parts.length === 0 && !structured) {
      problems.push({
        code: 'output_empty',
        severity: 'error',
        message: 'The answer is empty: add a part or a structured value.',
        field: ['parts'],
      });
    }
    if (structured && !mayBeObject(structured.value)) {
      problems.push({
        code: 'output_not_object',
        severity: 'error',
        message: 'The structured value must be an object, for example { "items": … }.',
        field: ['structured', 'value'],
      });
    }
    return problems;
  },
  run: ({ config: { parts, structured } }) => {
    const answer = parts.flatMap(partsOf);
    if (!structured) return { value: null, output: { parts: answer } };
    const value = structured.value ?? null;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new StepError(
        'OUTPUT_NOT_OBJECT',
        `The structured value of the answer is ${nameOf(value)}; an object is needed, for example { "items": … }.`,
        {
          details: { field: ['structured', 'value'] },
        },
      );
    }
    // Clients show the content; one that ignores structuredContent would show nothing.
    if (!answer.some(({ type }) => type === 'text'))
      answer.push({ type: 'text', text: JSON.stringify(value) });
    return { value, output: { parts: answer, structured: value } };
  },
};

type ResolvedPart = z.output<typeof resolved>['parts'][number];

function partsOf(given: ResolvedPart): OutputPart[] {
  const by = given.role && { role: given.role };
  switch (given.type) {
    case 'text':
      return [{ type: 'text', text: asText(given.text), ...by }];
    case 'resource': {
      const { uri, mimeType, content } = given;
      return content.type === 'text'
        ? [{ type: 'resource', uri, mimeType: mimeType ?? 'text/plain', text: asText(content.text), ...by }]
        : [{ type: 'resource', uri, mimeType: mimeType ?? content.file.mimeType, file: content.file, ...by }];
    }
    case 'resource_links':
      return given.links.map(({ uri, name, mimeType, description }) => ({
        ...{ type: 'resource_link', uri, name },
        ...(mimeType && { mimeType }),
        ...(description && { description }),
        ...by,
      }));
    default:
      return [given];
  }
}

function nameOf(value: JsonValue): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}

function mayBeObject(value: JsonValue): boolean {
  return typeof value === 'string'
    ? value.includes('{{')
    : value !== null && typeof value === 'object' && !Array.isArray(value);
}
