import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

/** Characters of the text. */
const MOST_TEXT = 10_000_000;

const config = z.strictObject({
  name: z
    .string()
    .min(1, 'a file has a name')
    .max(200)
    .meta({ title: 'Name', template: true, placeholder: 'orders-{{ input.month }}.csv' }),
  mimeType: z.string().min(1, 'say what it is').max(200).default('text/plain').meta({
    title: 'MIME type',
    placeholder: 'text/csv',
  }),
  content: z.string().meta({
    title: 'Content',
    description: 'Anything but a text is written as JSON.',
    widget: 'textarea',
    template: true,
    placeholder: '{{ steps.code }}',
  }),
  encoding: z
    .enum(['text', 'base64'])
    .default('text')
    .meta({
      title: 'The content is',
      widget: 'select',
      labels: { text: 'the text of the file', base64: 'its bytes, in base64' },
    }),
});

const value = z.custom<JsonValue>().optional();

const resolved = z.object({
  name: value,
  mimeType: z.string(),
  content: value,
  encoding: z.enum(['text', 'base64']),
});

/** Makes a file that an answer, an upload or a model can be given. */
export const makeFile: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'make-file',
  title: 'Make file',
  summary: 'Makes a file of a text, or of bytes in base64: a table, a picture, a document.',
  icon: 'file-text',
  keywords: ['attachment', 'picture', 'download', 'base64'],
  group: 'shape',
  config,
  resolved,
  initial: { name: 'notes.txt', content: 'Hello' },
  initialKey: 'file',
  needs: ['files'],
  example: {
    summary: 'Makes a table of what it is given, and says how large it is.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
      },
      file: {
        config: { name: 'cities.csv', mimeType: 'text/csv', content: 'city\n{{ input.city }}\n' },
      },
      answer: {
        kind: 'output',
        config: {
          parts: [{ type: 'text', text: '{{ steps.file.name }} has {{ steps.file.bytes }} bytes.' }],
        },
      },
    },
    edges: ['arguments -> file', 'file -> answer'],
    input: { city: 'Kyoto' },
    world: {
      file: {
        asked: [
          {
            ask: 'file.put',
            request: {
              name: 'cities.csv',
              mimeType: 'text/csv',
              hash: '52d32f03d4f448ff1a10ea95437ce1adac02e399023bfda2ea91cd2f5226ea11',
            },
            answer: { file: 'file-1', mimeType: 'text/csv', name: 'cities.csv', bytes: 11 },
          },
        ],
      },
    },
    answer: { text: 'cities.csv has 11 bytes.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      file: { type: 'string' },
      mimeType: { type: 'string' },
      name: { type: 'string' },
      bytes: { type: 'integer' },
    },
    required: ['file', 'mimeType', 'name', 'bytes'],
  }),
  describe: ({ name }) => oneLine(templateLabel(name), 60) || 'a file',
  run: async ({ config: { name, mimeType, content, encoding }, capabilities }) => {
    const text = asText(content);
    if (text.length > MOST_TEXT) {
      throw new StepError(
        'TOO_LARGE',
        `The content has ${text.length} characters, and a file is made of at most ${MOST_TEXT}. Make several smaller ones.`,
        { details: { field: ['content'] } },
      );
    }
    const data = encoding === 'text' ? new TextEncoder().encode(text) : bytesOf(text);
    const handle = await capabilities.files.put({ name: asText(name), mimeType, data });
    return { value: { ...handle } satisfies JsonObject };
  },
};

/** Throws StepError where the text is no base64; white space and `data:` in front of it are let pass. */
function bytesOf(text: string): Uint8Array {
  try {
    const binary = atob(text.replace(/^data:[^,]{0,200},/, ''));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    throw new StepError(
      'NOT_BASE64',
      `The content begins with ${JSON.stringify(text.slice(0, 20))}, which is no base64. Choose "the text of the file", or give it bytes in base64.`,
      { details: { field: ['content'] } },
    );
  }
}
