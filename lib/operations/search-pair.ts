import { kinds } from '#lib/nodes/index.ts';
import { SCHEMA_VERSION, type WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Knowledge bases that one pair may search. */
export const MOST_SEARCHED = 5;

/** Characters of a document that `fetch` gives at once. */
const FETCHED = 60_000;
/** Characters of a passage that `search` shows. */
const SHOWN = 300;

const COLUMN = 320;
const ROW = 160;

/**
 * The two workflows that ChatGPT asks of a server it may search: `search(query)` answers with
 * `{ results: [{ id, title, url, text }] }`, `fetch(id)` with `{ id, title, text, url, metadata }`, both as structured
 * content and as JSON in a text. `bases`: ids, or names where the document is one of a folder. What is longer than an
 * answer may be goes on under the id in `metadata.next`.
 */
export function searchPair(
  bases: readonly string[],
  about: string,
): { search: WorkflowDocument; fetch: WorkflowDocument } {
  return { search: searchDocument(bases, about), fetch: fetchDocument(bases, about) };
}

type Node = WorkflowDocument['nodes'][number];

function searchDocument(bases: readonly string[], about: string): WorkflowDocument {
  const keys = keysOf('look_up', bases);
  const hits = `sortBy([${keys.map((key) => `...steps.${key}.hits`).join(', ')}], 'score', 'desc')`;
  const results = `unique(${hits}, 'documentId').slice(0, 10).map(h => ({ id: h.documentId, title: h.title, url: h.uri, text: truncate(h.text, ${SHOWN}) }))`;
  const query = {
    type: 'string',
    description: 'What to look for: a question, or the words that matter.',
    minLength: 1,
    maxLength: 1000,
    examples: ['How is money paid back?'],
  };
  return documentOf('search', {
    title: 'Search documents',
    description: `Searches ${about} and gives the documents that fit a query, best first, each with an id, a title, an address and the passage that was found. Use fetch with the id to read a document before you rely on it.`,
    nodes: [
      startOf({ query }),
      ...bases.map((base, index) =>
        node(keys[index]!, 'knowledge', place(1, index), {
          ...{ base, query: '{{ input.query }}', topK: 20 },
          answer: { type: 'passages' },
        }),
      ),
      node('answer', 'output', place(2, 0), {
        parts: [],
        structured: {
          value: { results: `{{ ${results} }}` },
          schema: objectOf({
            results: {
              type: 'array',
              items: objectOf({ id: TEXT, title: TEXT, url: TEXT, text: TEXT }),
            },
          }),
        },
      }),
    ],
    ways: keys.flatMap((key): Way[] => [
      ['arguments', key],
      [key, 'answer'],
    ]),
  });
}

function fetchDocument(bases: readonly string[], about: string): WorkflowDocument {
  const keys = keysOf('read', bases);
  const id = {
    type: 'string',
    description: 'Of a document, as search gives it; or the id under metadata.next, to read on.',
    minLength: 1,
    maxLength: 2000,
    examples: ['3f6c1a52-8f0f-4c58-9d3e-0f5d4f0c7a11'],
  };
  const next = `steps.found.document.next === null ? null : steps.found.document.documentId + '#' + steps.found.document.next`;
  return documentOf('fetch', {
    title: 'Fetch a document',
    description: `Reads a document of ${about} by the id that search gives, and answers with its text, title and address. Use it before you quote a document or rely on it. What is too long for one answer goes on under the id in metadata.next.`,
    nodes: [
      startOf({ id }),
      ...bases.map((base, index) =>
        node(
          keys[index]!,
          'read-document',
          place(1, index),
          {
            base,
            document: "{{ input.id.split('#')[0] }}",
            from: "{{ matches(input.id, '#[0-9]{1,6}$') ? Number(input.id.split('#')[1]) : 0 }}",
            characters: FETCHED,
          },
          { onError: 'continue' },
        ),
      ),
      node('found', 'set', place(2, 0), {
        values: {
          document: `{{ [${keys.map((key) => `steps.${key}`).join(', ')}].find(r => r.text !== undefined) ?? null }}`,
        },
      }),
      node('is_there', 'if', place(3, 0), {
        when: 'expression',
        expression: '{{ steps.found.document !== null }}',
      }),
      node('missing', 'fail', place(4, 1), {
        message: 'There is no document with the id "{{ input.id }}". Use an id that search gives.',
      }),
      node('answer', 'output', place(4, 0), {
        parts: [],
        structured: {
          value: {
            id: '{{ input.id }}',
            title: '{{ steps.found.document.title }}',
            text: '{{ steps.found.document.text }}',
            url: '{{ steps.found.document.uri }}',
            metadata: {
              document: '{{ steps.found.document.document }}',
              type: '{{ steps.found.document.mimeType }}',
              next: `{{ ${next} }}`,
            },
          },
          schema: objectOf({
            ...{ id: TEXT, title: TEXT, text: TEXT, url: TEXT },
            metadata: objectOf({ document: TEXT, type: TEXT, next: { type: ['string', 'null'] } }),
          }),
        },
      }),
    ],
    ways: [
      ...keys.flatMap((key): Way[] => [
        ['arguments', key],
        [key, 'found'],
      ]),
      ['found', 'is_there'],
      ['is_there', 'answer', 'true'],
      ['is_there', 'missing', 'false'],
    ],
  });
}

const TEXT = { type: 'string' };

function objectOf(properties: JsonObject): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function startOf(properties: JsonObject): Node {
  return node('arguments', 'input', place(0, 0), { schema: objectOf(properties) });
}

/** `look_up`, or `look_up_1`, `look_up_2` where there are several. */
function keysOf(name: string, bases: readonly string[]): string[] {
  return bases.map((_, index) => (bases.length === 1 ? name : `${name}_${index + 1}`));
}

function place(column: number, row: number): Node['position'] {
  return { x: column * COLUMN, y: row * ROW };
}

function node(
  key: string,
  kind: string,
  position: Node['position'],
  config: JsonObject,
  settings?: Node['settings'],
): Node {
  if (!kinds.has(kind)) throw new Error(`There is no kind ${kind}.`);
  return { id: key, key, kind, config, position, ...(settings && { settings }) };
}

type Way = [from: string, to: string, handle?: string];

function documentOf(
  name: string,
  { ways, ...given }: Pick<WorkflowDocument, 'title' | 'description' | 'nodes'> & { ways: Way[] },
): WorkflowDocument {
  return {
    ...{ schemaVersion: SCHEMA_VERSION, kind: 'tool', name },
    ...given,
    edges: ways.map(([from, to, handle = 'out'], index) => ({
      id: `e${index + 1}`,
      from: { node: from, handle },
      to: { node: to },
    })),
    settings: { annotations: { readOnlyHint: true, openWorldHint: false } },
  };
}
