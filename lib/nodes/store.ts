import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

/** A year, in seconds. */
const LONGEST = 366 * 24 * 60 * 60;

const expression = z.string().includes('{{', { error: 'a number or {{ an expression }}' });

const key = z.string().min(1, 'a key is needed').max(2000).meta({
  title: 'Key',
  description: 'At most 256 characters.',
  template: true,
  placeholder: 'seen:{{ input.id }}',
});

const seconds = z
  .union([z.int().min(1).max(LONGEST), expression])
  .optional()
  .meta({
    title: 'Forget after',
    description: 'Seconds. Left empty, it stays until it is removed.',
    template: true,
  });

const action = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('get'),
      key,
      default: z.json().optional().meta({
        title: 'Otherwise',
        description: 'The value when nothing is stored; null when left empty.',
        widget: 'json',
        template: true,
      }),
    })
    .meta({ title: 'Get' }),
  z
    .strictObject({
      type: z.literal('set'),
      key,
      value: z.json().meta({ title: 'Value', widget: 'json', template: true }),
      ttl: seconds,
    })
    .meta({ title: 'Set' }),
  z
    .strictObject({
      type: z.literal('increment'),
      key,
      by: z
        .union([z.number(), expression])
        .default(1)
        .meta({ title: 'By', description: 'Subtracts when it is below 0.', template: true }),
      ttl: seconds.meta({
        title: 'Forget after',
        description: 'Seconds from the first time. Left empty, it stays until it is removed.',
        template: true,
      }),
    })
    .meta({ title: 'Increment' }),
  z.strictObject({ type: z.literal('remove'), key }).meta({ title: 'Remove' }),
  z
    .strictObject({
      type: z.literal('list'),
      prefix: z.string().max(2000).default('').meta({
        title: 'Keys that begin with',
        template: true,
        placeholder: 'seen:',
      }),
      limit: z
        .union([z.int().min(1).max(1000), expression])
        .default(100)
        .meta({ title: 'At most', template: true }),
    })
    .meta({ title: 'List' }),
]);

const config = z.strictObject({ action: action.meta({ title: 'Action' }) });

const text = z.custom<JsonValue>().optional();
const ttl = z.coerce.number().pipe(z.number().positive().max(LONGEST)).optional();

const resolved = z.object({
  action: z.discriminatedUnion('type', [
    z.object({ type: z.literal('get'), key: text, default: z.custom<JsonValue>().optional() }),
    z.object({ type: z.literal('set'), key: text, value: z.custom<JsonValue>().optional(), ttl }),
    z.object({
      type: z.literal('increment'),
      key: text,
      by: z.coerce.number().pipe(z.number()).default(1),
      ttl,
    }),
    z.object({ type: z.literal('remove'), key: text }),
    z.object({
      type: z.literal('list'),
      prefix: text,
      limit: z.coerce.number().pipe(z.int().min(1).max(1000)).default(100),
    }),
  ]),
});

type Action = z.output<typeof resolved>['action'];

/** Remembers values between runs. */
export const store: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'store',
  title: 'Key-value store',
  summary: 'Remembers values of the project from one run to the next.',
  keywords: ['cache', 'memory', 'remember', 'counter', 'state', 'redis', 'save'],
  icon: 'archive',
  group: 'do',
  config,
  resolved,
  initial: { action: { type: 'get', key: 'last' } },
  initialKey: 'stored',
  needs: ['store'],
  example: {
    summary: 'Counts how often somebody asked today.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { who: { type: 'string' } }, required: ['who'] } },
      },
      store: {
        config: { action: { type: 'increment', key: 'asked:{{ input.who }}', by: 1, ttl: 86400 } },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ input.who }} asked {{ steps.store }} times.' }] },
      },
    },
    edges: ['arguments -> store', 'store -> answer'],
    input: { who: 'ada' },
    world: {
      store: { asked: [{ ask: 'store.increment', request: { key: 'asked:ada', by: 1 }, answer: 3 }] },
    },
    answer: { text: 'ada asked 3 times.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ action: given }) => SCHEMAS[given.type],
  describe: ({ action: given }) =>
    oneLine(`${given.type} ${templateLabel(given.type === 'list' ? `${given.prefix}…` : given.key)}`, 60),
  run: async ({ config: { action: given }, capabilities }) => {
    const kept = capabilities.store;
    switch (given.type) {
      case 'get':
        return { value: (await kept.get(keyOf(given))) ?? given.default ?? null };
      case 'set': {
        const value = given.value ?? null;
        await kept.set(keyOf(given), value, msOf(given.ttl));
        return { value };
      }
      case 'increment':
        return { value: await kept.increment(keyOf(given), given.by, msOf(given.ttl)) };
      case 'remove':
        return { value: await kept.remove(keyOf(given)) };
      case 'list':
        return { value: await kept.list(asText(given.prefix), given.limit) };
    }
  },
};

const SCHEMAS: Record<Action['type'], JsonSchema> = {
  get: {},
  set: {},
  increment: { type: 'number' },
  remove: { type: 'boolean' },
  list: {
    type: 'array',
    items: {
      type: 'object',
      properties: { key: { type: 'string' }, value: {} },
      required: ['key', 'value'],
    },
  },
};

/** A key without a value in it would be shared by all that have none. */
function keyOf({ key: given }: { key?: JsonValue | undefined }): string {
  const known = asText(given);
  if (known !== '') return known;
  throw new StepError('BAD_KEY', 'The key is empty. Check the expression in it.', {
    details: { field: ['action', 'key'] },
  });
}

function msOf(given: number | undefined): number | undefined {
  return given === undefined ? undefined : Math.round(given * 1000);
}
