import * as z from 'zod';
import type { FileHandle, FilesCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

/** Characters of a text; files may have 25 MB. */
const MOST_TEXT = 2_000_000;
/** s */
const LONGEST_WAIT = 120;

const expression = z.string().includes('{{', { error: 'a number or {{ an expression }}' });
const seconds = z.number().min(0).max(LONGEST_WAIT);

const path = z.string().min(1, 'a document needs a path').max(4000).meta({
  title: 'Path',
  description:
    'Names the document among those that workflows wrote. The same path again takes the place of what was there.',
  template: true,
  placeholder: 'tickets/{{ input.id }}.md',
});

const action = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('add'),
      path,
      content: z.string().min(1, 'say what the document holds').meta({
        title: 'Content',
        description:
          'A text (Markdown, unless the path ends otherwise), or a file that a step made or fetched.',
        widget: 'textarea',
        template: true,
        placeholder: '{{ steps.fetch.body }}',
      }),
      metadata: z.record(z.string(), z.json()).optional().meta({
        title: 'Metadata',
        description: 'For filters of look-ups.',
        widget: 'json',
        template: true,
      }),
      wait: z.union([seconds, expression]).default(0).meta({
        title: 'Wait',
        description: 'Seconds, until it can be found (120 at most). 0: go on at once.',
        template: true,
      }),
    })
    .meta({ title: 'Add or replace' }),
  z.strictObject({ type: z.literal('remove'), path }).meta({ title: 'Remove' }),
]);

const config = z.strictObject({
  base: z
    .string()
    .min(1, 'choose a knowledge base')
    .meta({ title: 'Knowledge base', widget: 'knowledge-base' }),
  action: action.meta({ title: 'Action' }),
});

const json = z.custom<JsonValue>().optional();

const resolved = z.object({
  base: z.string(),
  action: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('add'),
      path: json,
      content: json,
      metadata: z.record(z.string(), z.json()).nullish(),
      wait: z.coerce.number().pipe(seconds).default(0),
    }),
    z.object({ type: z.literal('remove'), path: json }),
  ]),
});

const DONE: JsonSchema = {
  type: 'object',
  properties: {
    document: { type: 'string' },
    documentId: { type: 'string' },
    uri: { type: 'string' },
    outcome: { type: 'string', enum: ['added', 'changed', 'unchanged'] },
    state: { type: 'string', enum: ['searchable', 'reading', 'failed'] },
    error: { type: ['string', 'null'] },
  },
  required: ['document', 'documentId', 'uri', 'outcome', 'state', 'error'],
};

/** Writes documents of a knowledge base. */
export const addToKnowledge: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'add-to-knowledge',
  title: 'Add to knowledge base',
  summary: 'Writes a document into a knowledge base, where look-ups find it, or removes one.',
  keywords: ['rag', 'index', 'ingest', 'document', 'remember', 'memory', 'embedding'],
  icon: 'book-plus',
  group: 'do',
  config,
  resolved,
  initial: { base: 'docs', action: { type: 'add', path: 'notes/latest.md', content: '{{ input.text }}' } },
  initialKey: 'written',
  needs: ['knowledge', 'files'],
  example: {
    summary: 'Keeps the answer to a question, so that the next look-up finds it.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { question: { type: 'string' }, answer: { type: 'string' } },
            required: ['question', 'answer'],
          },
        },
      },
      written: {
        config: {
          base: 'handbook',
          action: {
            type: 'add',
            path: 'questions/{{ slugify(input.question) }}.md',
            content: '# {{ input.question }}\n\n{{ input.answer }}',
            metadata: { kind: 'question' },
            wait: 10,
          },
        },
      },
      answer: {
        kind: 'output',
        config: {
          parts: [{ type: 'text', text: '{{ steps.written.document }}: {{ steps.written.outcome }}' }],
        },
      },
    },
    edges: ['arguments -> written', 'written -> answer'],
    input: { question: 'Who waters the plants?', answer: 'Whoever comes first.' },
    world: {
      written: {
        asked: [
          {
            ask: 'knowledge.put',
            request: {
              path: 'questions/who-waters-the-plants.md',
              name: 'who-waters-the-plants.md',
              metadata: { kind: 'question' },
            },
            answer: {
              document: 'who-waters-the-plants.md',
              documentId: 'd9',
              uri: 'knowledge://handbook/workflows/questions/who-waters-the-plants.md',
              outcome: 'added',
              state: 'searchable',
              error: null,
            },
          },
        ],
      },
    },
    answer: { text: 'who-waters-the-plants.md: added' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ action: given }) => (given.type === 'add' ? DONE : { type: 'boolean' }),
  describe: ({ action: given }) =>
    oneLine(`${given.type === 'add' ? 'write' : 'remove'} ${templateLabel(given.path)}`, 60),
  run: async ({ config: { base, action: given }, capabilities, signal }) => {
    const known = pathOf(given.path);
    if (given.type === 'remove') {
      return { value: await capabilities.knowledge.remove({ base, path: known }) };
    }
    const { data, name } = await contentOf(given.content, known, capabilities.files);
    const written = await capabilities.knowledge.put(
      {
        ...{ base, path: known, name, data },
        ...(given.metadata && { metadata: given.metadata as JsonObject }),
        waitMs: Math.round(given.wait * 1000),
      },
      signal,
    );
    return { value: { ...written } };
  },
};

/** A path without a value in it would be shared by all that have none. */
function pathOf(given: JsonValue | undefined): string {
  const path = asText(given).trim().replace(/^\/+/, '');
  if (path !== '' && path.length <= 900 && !path.endsWith('/')) return path;
  throw new StepError(
    'DOCUMENT_PATH',
    path === ''
      ? 'The path is empty. Check the expression in it.'
      : 'A path has at most 900 characters, and ends with the name of the document.',
    { details: { field: ['action', 'path'] } },
  );
}

/** The bytes of a file, or of a text: Markdown, unless the path says what else. */
async function contentOf(
  given: JsonValue | undefined,
  path: string,
  files: FilesCapability,
): Promise<{ data: Uint8Array; name: string }> {
  const last = path.split('/').at(-1)!;
  const handle = fileOf(given);
  if (handle) {
    // A path without an ending is called as the file is.
    const ending = /\.\w{1,8}$/.exec(handle.name)?.[0] ?? '';
    const name = /\.\w{1,8}$/.test(last) ? last : `${last}${ending}`;
    return { data: await files.get(handle), name };
  }
  const text = asText(given);
  if (text.trim() === '') {
    throw new StepError('DOCUMENT_EMPTY', 'There is nothing to write: the content is empty.', {
      details: { field: ['action', 'content'] },
    });
  }
  if (text.length > MOST_TEXT) {
    throw new StepError(
      'TOO_LARGE',
      `The text has ${text.length} characters, and a document is written of at most ${MOST_TEXT}. Make several of it.`,
      { details: { field: ['action', 'content'] } },
    );
  }
  const name = /\.\w{1,8}$/.test(last) ? last : `${last}.md`;
  return { data: new TextEncoder().encode(text), name };
}

function fileOf(value: JsonValue | undefined): FileHandle | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { file, mimeType, name, bytes } = value;
  const isFile = typeof file === 'string' && typeof mimeType === 'string' && typeof name === 'string';
  return isFile && typeof bytes === 'number' ? { file, mimeType, name, bytes } : null;
}
