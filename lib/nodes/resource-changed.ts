import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const what = z.enum(['resource', 'resources', 'tools', 'prompts']);

const config = z.strictObject({
  /** Left out in documents from before there were lists to tell of. */
  what: what.default('resource').meta({
    title: 'What changed',
    widget: 'select',
    description:
      'Whoever is subscribed to the resource reads it again; whoever listens for changes of the list asks for it again. A publish is told by itself.',
    labels: {
      resource: 'a resource',
      resources: 'the list of resources',
      tools: 'the list of tools',
      prompts: 'the list of prompts',
    },
  }),
  uri: z
    .string()
    .max(2000)
    .default('')
    .meta({
      title: 'URI',
      description: 'Of the resource that is another now, as clients read it.',
      template: true,
      placeholder: 'orders://{{ input.id }}',
      showIf: { field: 'what', in: ['resource'] },
    }),
});

const resolved = z.object({ what, uri: z.unknown().transform((uri) => asText(uri as never)) });

/** Tells the clients that listen to read a resource again, or to ask for a list again. */
export const resourceChanged: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'resource-changed',
  title: 'Tell of a change',
  summary: 'Tells clients to read a resource again, or to list the tools, prompts or resources again.',
  keywords: ['resource changed', 'subscription', 'notify', 'notification', 'refresh', 'list changed'],
  icon: 'bell-ring',
  group: 'do',
  config,
  resolved,
  initial: { what: 'resource', uri: 'orders://open' },
  initialKey: 'tell',
  needs: ['news'],
  example: {
    summary: 'Tells that an order changed, and that there are other prompts now.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } },
      },
      tell: { config: { what: 'resource', uri: 'orders://{{ input.id }}' } },
      tell_prompts: { kind: 'resource-changed', config: { what: 'prompts' } },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'Told of {{ steps.tell.uri }}.' }] },
      },
    },
    edges: ['arguments -> tell', 'tell -> tell_prompts', 'tell_prompts -> answer'],
    input: { id: 7 },
    world: {
      tell: { asked: [{ ask: 'resource.changed', request: { uri: 'orders://7' }, answer: null }] },
      tell_prompts: { asked: [{ ask: 'list.changed', request: { list: 'prompts' }, answer: null }] },
    },
    answer: { text: 'Told of orders://7.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ what }) => ({
    type: 'object',
    properties: { what: { const: what }, ...(what === 'resource' && { uri: { type: 'string' } }) },
    required: what === 'resource' ? ['what', 'uri'] : ['what'],
  }),
  describe: ({ what, uri }) =>
    what === 'resource' ? oneLine(templateLabel(uri), 60) : `the list of ${what}`,
  check: ({ what, uri }) =>
    what === 'resource' && uri === ''
      ? [{ code: 'uri_missing', severity: 'error', message: 'A resource has a URI.', field: ['uri'] }]
      : [],
  run: async ({ config: { what, uri }, capabilities }) => {
    if (what === 'resource') await capabilities.news.resourceChanged(uri);
    else await capabilities.news.listChanged(what);
    return { value: { what, ...(what === 'resource' && { uri }) } };
  },
};
