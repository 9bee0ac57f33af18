import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

const EXPIRES_MS = 10 * 60_000;

const config = z.strictObject({});

/** Which folders the client works in (MCP roots). */
export const roots: NodeKind<typeof config> = {
  type: 'roots',
  title: 'Client roots',
  summary: 'Asks the client which folders it works in.',
  keywords: ['folders', 'files', 'directories', 'workspace'],
  icon: 'folder-tree',
  group: 'client',
  config,
  initial: {},
  initialKey: 'roots',
  needs: [],
  waits: true,
  requires: () => ['roots'],
  example: {
    summary: 'Says which folders the client works in.',
    steps: {
      arguments: { kind: 'input', config: { schema: { type: 'object', properties: {} } } },
      roots: { config: {} },
      answer: {
        kind: 'output',
        config: {
          parts: [{ type: 'text', text: '{{ steps.roots.roots.map(root => root.uri).join(", ") }}' }],
        },
      },
    },
    edges: ['arguments -> roots', 'roots -> answer'],
    input: {},
    answers: { roots: { roots: [{ uri: 'file:///home/ada/shop', name: 'shop' }] } },
    answer: { text: 'file:///home/ada/shop' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      roots: {
        type: 'array',
        items: {
          type: 'object',
          properties: { uri: { type: 'string' }, name: { type: ['string', 'null'] } },
          required: ['uri', 'name'],
        },
      },
    },
    required: ['roots'],
    additionalProperties: false,
  }),
  describe: () => 'the folders of the client',
  run: ({ answer, capabilities }) => {
    if (answer !== undefined) return leave(answer as JsonObject);
    return { value: null, suspend: { type: 'roots', expiresAt: capabilities.now() + EXPIRES_MS } };
  },
};

function leave(answer: JsonObject): NodeResult {
  if (answer['expired'] === true) {
    throw new StepError('EXPIRED', 'The client did not tell its folders in time. Call again.');
  }
  const { refused, roots: told } = answer;
  if (typeof refused === 'string') {
    throw new StepError(
      'CLIENT_REFUSED',
      `The client did not tell its folders: ${refused}. Allow it in the client, or use one that can.`,
    );
  }
  const list = Array.isArray(told) ? told : [];
  return { value: { roots: list.flatMap(rootOf) } };
}

function rootOf(root: JsonValue): JsonObject[] {
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return [];
  const { uri, name } = root;
  return typeof uri === 'string' ? [{ uri, name: typeof name === 'string' ? name : null }] : [];
}
