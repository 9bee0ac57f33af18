import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const config = z.strictObject({
  uri: z.string().min(1, 'a resource has a URI').max(2000).meta({
    title: 'URI',
    description: 'Of the resource that is another now, as clients read it.',
    template: true,
    placeholder: 'orders://{{ input.id }}',
  }),
});

const resolved = z.object({ uri: z.unknown().transform((uri) => asText(uri as never)) });

/** Tells the clients that are subscribed to a resource to read it again. */
export const resourceChanged: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'resource-changed',
  title: 'Resource changed',
  summary: 'Tells clients that are subscribed to a resource to read it again.',
  icon: 'bell-ring',
  group: 'do',
  config,
  resolved,
  initial: { uri: 'orders://open' },
  initialKey: 'tell',
  needs: ['resources'],
  example: {
    summary: 'Tells that an order changed.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } },
      },
      tell: { config: { uri: 'orders://{{ input.id }}' } },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'Told of {{ steps.tell.uri }}.' }] },
      },
    },
    edges: ['arguments -> tell', 'tell -> answer'],
    input: { id: 7 },
    world: {
      tell: { asked: [{ ask: 'resource.changed', request: { uri: 'orders://7' }, answer: null }] },
    },
    answer: { text: 'Told of orders://7.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({ type: 'object', properties: { uri: { type: 'string' } }, required: ['uri'] }),
  describe: ({ uri }) => oneLine(templateLabel(uri), 60),
  run: async ({ config: { uri }, capabilities }) => {
    await capabilities.resources.changed(uri);
    return { value: { uri } };
  },
};
