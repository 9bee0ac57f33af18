import type { McpTools } from '#app/data/types.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';

/** A tool of another server as it stands in a step: chosen, and pinned. */
export interface ChosenTool {
  name: string;
  definition: JsonObject;
  hash: string;
}

export type OfferedTool = McpTools['tools'][number];

/** The tool that a step holds; null when none was chosen. */
export function chosenTool(value: JsonValue | undefined): ChosenTool | null {
  if (!isJsonObject(value)) return null;
  const { name, definition, hash } = value;
  if (typeof name !== 'string' || typeof hash !== 'string' || !isJsonObject(definition)) return null;
  return { name, definition, hash };
}

/** How a chosen tool stands to what its server offers now. */
export type PinState = { state: 'same' } | { state: 'changed'; now: OfferedTool } | { state: 'missing' };

export function pinState(chosen: ChosenTool, offered: readonly OfferedTool[]): PinState {
  const now = offered.find(({ name }) => name === chosen.name);
  if (!now) return { state: 'missing' };
  return now.hash === chosen.hash ? { state: 'same' } : { state: 'changed', now };
}

/** One argument of a tool, for reading. */
export interface ArgumentRow {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/** What a tool takes, the needed first. */
export function argumentRows(definition: JsonObject): ArgumentRow[] {
  const schema = objectOf(definition['inputSchema']);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(objectOf(schema['properties']))
    .map(([name, member]) => {
      const { type, enum: values, description } = objectOf(member);
      return {
        name,
        type: Array.isArray(values)
          ? values.map((value) => JSON.stringify(value)).join(' | ')
          : [type]
              .flat()
              .filter((part) => typeof part === 'string')
              .join(' | ') || 'anything',
        required: required.includes(name),
        description: typeof description === 'string' ? description : '',
      };
    })
    .sort((a, b) => Number(b.required) - Number(a.required));
}

/** What to fill in for a tool that was just chosen: its needed arguments, each as little as its type allows. */
export function argumentSkeleton(definition: JsonObject): JsonObject {
  const schema = objectOf(definition['inputSchema']);
  const properties = objectOf(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = required.filter((name) => typeof name === 'string');
  return Object.fromEntries(names.map((name) => [name, leastOf(objectOf(properties[name]))]));
}

function leastOf(schema: JsonObject): JsonValue {
  if (schema['default'] !== undefined) return schema['default'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null;
  switch (schema['type']) {
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return '';
  }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
