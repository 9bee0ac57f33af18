import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { misfit } from '#lib/workflow/misfit.ts';
import { readConfig } from '#lib/workflow/step-face.ts';
import type { Kinds } from './kinds.ts';

/** The schema of the arguments, as the start says it, problems elsewhere notwithstanding; null without a start. */
export function inputSchemaOf(document: WorkflowDocument, kinds: Kinds): JsonSchema | null {
  for (const node of document.nodes) {
    const kind = kinds.get(node.kind);
    if (kind?.role === 'start' && kind.contractInput)
      return kind.contractInput(readConfig(node, kind).config);
  }
  return null;
}

/** Something to run with at once: defaults and examples of the schema, else an empty value of the type. */
export function sampleInput(schema: JsonSchema): JsonObject {
  const properties = asObject(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]): [string, JsonValue][] => {
      const value = sampleValue(asObject(property));
      return value === undefined
        ? required.includes(name)
          ? [[name, emptyValue(asObject(property))]]
          : []
        : [[name, value]];
    }),
  );
}

/** An earlier input as far as the schema still has its arguments, and a beginning for those that came since. */
export function fittingInput(input: JsonObject, schema: JsonSchema): JsonObject {
  const properties = asObject(schema['properties']);
  const known = Object.entries(input).filter(([name, value]) => {
    const described = properties[name] ?? schema['additionalProperties'] ?? {};
    return described !== false && misfit(asObject(described), value) === null;
  });
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fresh = Object.keys(input).length === 0;
  // What was left out of it was left out on purpose.
  const begun = Object.entries(sampleInput(schema)).filter(([name]) => fresh || required.includes(name));
  return Object.fromEntries([...begun, ...known]);
}

function sampleValue(schema: JsonSchema): JsonValue | undefined {
  if (schema['default'] !== undefined) return schema['default'];
  if (Array.isArray(schema['examples'])) return schema['examples'][0];
  return schema['const'] ?? (Array.isArray(schema['enum']) ? schema['enum'][0] : undefined);
}

function emptyValue(schema: JsonSchema): JsonValue {
  switch (schema['type']) {
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return sampleInput(schema);
    default:
      return '';
  }
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
