import * as z from 'zod';
import type { FileHandle, ParseRequest } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { oneLine, templateLabel } from '#lib/workflow/text.ts';

const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('json') }).meta({ title: 'JSON' }),
  z
    .strictObject({
      type: z.literal('csv'),
      header: z.boolean().default(true).meta({ title: 'The first row holds the names' }),
      delimiter: z
        .enum(['auto', 'comma', 'semicolon', 'tab', 'pipe'])
        .default('auto')
        .meta({
          title: 'Delimiter',
          widget: 'select',
          labels: { auto: 'found out', comma: 'comma', semicolon: 'semicolon', tab: 'tab', pipe: '|' },
        }),
    })
    .meta({ title: 'CSV' }),
  z.strictObject({ type: z.literal('xml') }).meta({ title: 'XML' }),
  z
    .strictObject({
      type: z.literal('html'),
      selector: z.string().min(1, 'a CSS selector is needed').max(1000).meta({
        title: 'CSS selector',
        template: true,
        placeholder: 'table.prices td:first-child',
      }),
      take: z
        .enum(['text', 'html', 'attribute'])
        .default('text')
        .meta({
          title: 'Take',
          widget: 'select',
          labels: { text: 'the text', html: 'the HTML inside', attribute: 'an attribute' },
        }),
      attribute: z
        .string()
        .max(100)
        .default('')
        .meta({ title: 'Attribute', placeholder: 'href', showIf: { field: 'take', in: ['attribute'] } }),
      which: z
        .enum(['all', 'first'])
        .default('all')
        .meta({
          title: 'Of',
          widget: 'select',
          labels: { all: 'all that is found', first: 'the first that is found' },
        }),
    })
    .meta({ title: 'HTML' }),
]);

const config = z.strictObject({
  source: z.string().min(1, 'say what to read').meta({
    title: 'Source',
    description: 'A text, or a file.',
    template: true,
    placeholder: '{{ steps.fetch.body }}',
  }),
  format: format.default({ type: 'json' }).meta({ title: 'Format' }),
});

const resolved = z.object({
  source: z.custom<JsonValue>().optional(),
  format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('json') }),
      z.object({
        type: z.literal('csv'),
        header: z.boolean().default(true),
        delimiter: z.enum(['auto', 'comma', 'semicolon', 'tab', 'pipe']).default('auto'),
      }),
      z.object({ type: z.literal('xml') }),
      z.object({
        type: z.literal('html'),
        selector: z.string(),
        take: z.enum(['text', 'html', 'attribute']).default('text'),
        attribute: z.string().default(''),
        which: z.enum(['all', 'first']).default('all'),
      }),
    ])
    .default({ type: 'json' }),
});

/** Reads a text as data. */
export const parse: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'parse',
  title: 'Parse',
  summary: 'Reads JSON, CSV, XML or HTML, as text or from a file, as data.',
  keywords: ['json', 'csv', 'xml', 'html', 'scrape', 'selector', 'read', 'extract', 'spreadsheet', 'convert'],
  icon: 'braces',
  group: 'shape',
  config,
  resolved,
  initial: { source: '{{ input.text }}', format: { type: 'json' } },
  initialKey: 'parse',
  needs: ['parse', 'files'],
  example: {
    summary: 'Reads a table and answers with its second price.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { table: { type: 'string' } }, required: ['table'] },
        },
      },
      parse: { config: { source: '{{ input.table }}', format: { type: 'csv', header: true } } },
      answer: { kind: 'output', config: { parts: [{ type: 'text', text: '{{ steps.parse[1].price }}' }] } },
    },
    edges: ['arguments -> parse', 'parse -> answer'],
    input: { table: 'name,price\ntea,3\ncake,4.50\n' },
    answer: { text: '4.50' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ format: given }) => schemaOf(given),
  describe: ({ source, format: given }) =>
    oneLine(
      `${given.type === 'html' ? `HTML ${templateLabel(given.selector)}` : given.type.toUpperCase()} of ${templateLabel(source)}`,
      60,
    ),
  check: ({ format: given }) =>
    given.type === 'html' && given.take === 'attribute' && given.attribute.trim() === ''
      ? [
          {
            code: 'parse_no_attribute',
            severity: 'error',
            message: 'Say which attribute: href.',
            field: ['format', 'attribute'],
          },
        ]
      : [],
  run: async ({ config: { source, format: given }, capabilities, signal }) => {
    const text = isFile(source)
      ? textOf(await capabilities.files.get(source), given.type)
      : givenText(source);
    const value = await capabilities.parse.parse(requestOf(given, text), signal);
    return { value: given.type === 'html' && given.which === 'first' ? first(value) : value };
  },
};

type Format = z.output<typeof resolved>['format'];

const TEXT: JsonSchema = { type: 'string' };

function schemaOf(given: Format): JsonSchema {
  switch (given.type) {
    case 'json':
      return {};
    case 'csv':
      return {
        type: 'array',
        items: given.header
          ? { type: 'object', additionalProperties: { type: ['string', 'null'] } }
          : { type: 'array', items: TEXT },
      };
    case 'xml':
      return {
        type: 'object',
        properties: {
          name: TEXT,
          attributes: { type: 'object', additionalProperties: TEXT },
          text: TEXT,
          // A list for each name, of elements that look like this one.
          children: { type: 'object', additionalProperties: { type: 'array', items: {} } },
        },
        required: ['name', 'attributes', 'text', 'children'],
      };
    case 'html': {
      const one: JsonSchema = given.take === 'attribute' ? { type: ['string', 'null'] } : TEXT;
      return given.which === 'all' ? { type: 'array', items: one } : { type: ['string', 'null'] };
    }
  }
}

const DELIMITERS = { auto: '', comma: ',', semicolon: ';', tab: '\t', pipe: '|' };

function requestOf(given: Format, text: string): ParseRequest {
  switch (given.type) {
    case 'json':
    case 'xml':
      return { format: given.type, text };
    case 'csv':
      return { format: 'csv', text, header: given.header, delimiter: DELIMITERS[given.delimiter] };
    case 'html':
      return {
        format: 'html',
        text,
        selector: given.selector,
        take: given.take,
        attribute: given.attribute.trim(),
      };
  }
}

function first(value: JsonValue): JsonValue {
  return Array.isArray(value) ? (value[0] ?? null) : value;
}

function givenText(source: JsonValue | undefined): string {
  if (typeof source === 'string') return source;
  const what =
    source === null || source === undefined
      ? 'nothing'
      : Array.isArray(source)
        ? 'a list'
        : typeof source === 'object'
          ? 'an object'
          : `a ${typeof source}`;
  throw new StepError(
    'NOT_A_TEXT',
    `A text or a file is needed to be read, but this is ${what}. What is data already needs no parsing.`,
    { details: { field: ['source'] } },
  );
}

function isFile(value: JsonValue | undefined): value is JsonValue & FileHandle {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value['file'] === 'string' &&
    typeof value['mimeType'] === 'string'
  );
}

/** Where a text names its own character set, within its first bytes. */
const NAMED: Partial<Record<Format['type'], RegExp>> = {
  xml: /^<\?xml[^>]{0,200}\bencoding=["']([\w.:-]{1,40})["']/i,
  html: /<meta[^>]{0,200}\bcharset=["']?([\w.:-]{1,40})/i,
};

/** Text in the character set that its first bytes tell, or UTF-8. */
function textOf(bytes: Uint8Array, type: Format['type']): string {
  const [one, two] = bytes;
  if (one === 0xff && two === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (one === 0xfe && two === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const named = NAMED[type]?.exec(beginning)?.[1];
  try {
    return new TextDecoder(named ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
