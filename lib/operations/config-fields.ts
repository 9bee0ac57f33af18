import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { KindSpec, Widget } from '#lib/workflow/kind.ts';

type Place = { path: string[]; language: string | null };

const known = new WeakMap<KindSpec, Map<Widget, Place[]>>();

/**
 * Where in a kind's config the fields with this widget are: code, connections, knowledge bases. Asked of the kind's
 * own schema, so that no kind is named. Fields inside lists are not found.
 */
export function fieldsWith(kind: KindSpec, widget: Widget): readonly Place[] {
  let byWidget = known.get(kind);
  if (!byWidget) {
    byWidget = new Map();
    collect(z.toJSONSchema(kind.config, { io: 'input', unrepresentable: 'any' }) as JsonObject, [], byWidget);
    known.set(kind, byWidget);
  }
  return byWidget.get(widget) ?? [];
}

/** The value at a path of object keys; undefined where there is none. */
export function valueAt(config: JsonObject, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = config;
  for (const name of path) at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

/** A copy of the config with another value at a path that exists. */
export function withValueAt(config: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [name, ...rest] = path as [string, ...string[]];
  const member = config[name];
  return {
    ...config,
    [name]: rest.length > 0 && isJsonObject(member) ? withValueAt(member, rest, value) : value,
  };
}

function collect(schema: JsonValue | undefined, path: string[], into: Map<Widget, Place[]>): void {
  if (!isJsonObject(schema)) return;
  if (typeof schema['widget'] === 'string') {
    const widget = schema['widget'] as Widget;
    const language = typeof schema['language'] === 'string' ? schema['language'] : null;
    into.set(widget, [...(into.get(widget) ?? []), { path, language }]);
  }
  for (const branch of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[branch];
    if (Array.isArray(options)) for (const option of options) collect(option, path, into);
  }
  const members = schema['properties'];
  if (!isJsonObject(members)) return;
  for (const [name, member] of Object.entries(members)) collect(member, [...path, name], into);
}
