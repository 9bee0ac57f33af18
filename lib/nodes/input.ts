import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';

const config = z.strictObject({
  schema: z.record(z.string(), z.json()).meta({
    title: 'Arguments',
    description: 'What the caller passes: a JSON Schema (2020-12) of an object.',
    widget: 'schema',
  }),
});

/** Where a run begins. Its value is the arguments of the call, with the schema's defaults filled in. */
export const input: NodeKind<typeof config> = {
  type: 'input',
  title: 'Input',
  summary: 'The arguments of the workflow: their names, types and descriptions.',
  keywords: ['start', 'arguments', 'parameters', 'trigger'],
  icon: 'log-in',
  group: 'start-end',
  role: 'start',
  config,
  initial: {
    schema: {
      type: 'object',
      properties: { text: { type: 'string', description: 'The text to work on.' } },
      required: ['text'],
      additionalProperties: false,
    },
  },
  initialKey: 'arguments',
  needs: [],
  example: {
    summary: 'Takes a text and a number, which is 3 unless the caller says otherwise.',
    steps: {
      arguments: {
        config: {
          schema: {
            type: 'object',
            properties: {
              text: { type: 'string', description: 'What to repeat.' },
              times: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
            },
            required: ['text'],
            additionalProperties: false,
          },
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ input.text.repeat(steps.arguments.times) }}' }] },
      },
    },
    edges: ['arguments -> answer'],
    input: { text: 'ha' },
    answer: { text: 'hahaha' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ schema }) => objectSchema(schema),
  describe: ({ schema }) => {
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const names = Object.keys(properties(schema));
    return names.map((name) => (required.includes(name) ? name : `${name}?`)).join(', ') || 'no arguments';
  },
  contractInput: ({ schema }, { asWritten } = { asWritten: false }) =>
    asWritten ? schema : objectSchema(schema),
  check: ({ schema }) => {
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    if (schema['type'] !== undefined && schema['type'] !== 'object') {
      problems.push({
        code: 'input_not_object',
        severity: 'error',
        message: 'The arguments of a tool are an object: set "type" to "object".',
        field: ['schema', 'type'],
      });
    }
    for (const name of Object.keys(properties(schema))) {
      if (ARGUMENT_NAME.test(name)) continue;
      problems.push({
        code: 'argument_name',
        severity: 'error',
        message: `"${name}" cannot be the name of an argument: use letters, digits, "_", "-" and "."; at most 64.`,
        field: ['schema', 'properties', name],
      });
    }
    return problems;
  },
  run: ({ config: { schema }, input: given }) => ({ value: withDefaults(schema, given) as JsonObject }),
};

/** What model providers accept as the name of a parameter. */
const ARGUMENT_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

function objectSchema(schema: JsonSchema): JsonSchema {
  return { type: 'object', properties: {}, additionalProperties: false, ...schema };
}

function properties(schema: JsonSchema): Record<string, JsonValue> {
  const value = schema['properties'];
  return isJsonObject(value) ? value : {};
}

/** By schema: what fills in its defaults, or null when it has none. Schemas live as long as their plan. */
const fillers = new WeakMap<JsonSchema, Filler | null>();
type Filler = (value: JsonValue) => JsonValue;

function withDefaults(schema: JsonSchema, value: JsonValue): JsonValue {
  let filler = fillers.get(schema);
  if (filler === undefined) {
    filler = JSON.stringify(schema).includes('"default":') ? fillerOf(schema, schema) : null;
    fillers.set(schema, filler);
  }
  return filler ? filler(value) : value;
}

/**
 * Defaults of properties, of items and behind local `$ref`s; never of `anyOf` and the like, where it is
 * not known which branch holds. A default is taken as it is written: no defaults inside defaults.
 */
function fillerOf(root: JsonSchema, schema: JsonValue | undefined): Filler | null {
  if (!isJsonObject(schema)) return null;
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    // Resolved when a value is there to be filled, so that a schema that contains itself ends.
    return (value) => fillerOf(root, pointed(root, reference))?.(value) ?? value;
  }
  const members = Object.entries(properties(schema))
    // Assigning it would change the prototype of the arguments.
    .filter(([name]) => name !== '__proto__')
    .map(([name, member]) => ({
      name,
      fallback: isJsonObject(member) ? member['default'] : undefined,
      fill: fillerOf(root, member),
    }));
  const fillItem = fillerOf(root, schema['items']);
  if (!fillItem && !members.some(({ fallback, fill }) => fallback !== undefined || fill)) return null;
  return (value) => {
    if (Array.isArray(value)) return fillItem ? value.map(fillItem) : value;
    if (!isJsonObject(value)) return value;
    const filled: JsonObject = { ...value };
    for (const { name, fallback, fill } of members) {
      const current = Object.hasOwn(value, name) ? value[name] : undefined;
      if (current !== undefined) {
        if (fill) filled[name] = fill(current);
      } else if (fallback !== undefined) filled[name] = structuredClone(fallback);
    }
    return filled;
  };
}

/** What a local reference (`#/$defs/order`, or `#order` by its anchor) points at. One that points at a reference ends here: nothing is filled. */
function pointed(root: JsonSchema, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#/')) return anchored(root, reference.slice(1));
  let at: JsonValue | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isJsonObject(at) && '$ref' in at ? undefined : at;
}

function anchored(root: JsonSchema, anchor: string): JsonValue | undefined {
  const definitions = root['$defs'];
  if (!isJsonObject(definitions)) return undefined;
  const found = Object.values(definitions).find((one) => isJsonObject(one) && one['$anchor'] === anchor);
  return isJsonObject(found) && '$ref' in found ? undefined : found;
}
