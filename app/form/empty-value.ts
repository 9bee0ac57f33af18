import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { newId } from '#lib/workflow/new-id.ts';
import type { FieldSpec, Variant } from './field-spec.ts';

/** What a field holds before anybody typed: its default, else the least that its control can show. */
export function emptyValue(spec: FieldSpec): JsonValue {
  if (spec.initial !== undefined) return spec.initial;
  switch (spec.control) {
    case 'text':
    case 'code':
    case 'connection':
    case 'knowledge-base':
    case 'workflow':
      return '';
    case 'value':
      return spec.shape === 'any' ? '' : {};
    case 'id':
      return newId().slice(0, 8);
    case 'number':
      return Math.max(spec.minimum ?? 0, 0);
    case 'boolean':
      return false;
    case 'select':
      return spec.options[0]?.value ?? null;
    case 'list':
      return Array.from({ length: Math.min(spec.minimum, 1) }, () => emptyValue(spec.item));
    case 'choices':
      return [];
    case 'optional':
    case 'mcp-tool':
      return null;
    case 'variant':
      return spec.variants[0] ? emptyVariant(spec.tag, spec.variants[0]) : {};
    case 'object':
      return emptyObject(spec.fields);
    default:
      return {};
  }
}

/** A variant just chosen. */
export function emptyVariant(tag: string, variant: Variant): JsonObject {
  return { [tag]: variant.value, ...emptyObject(variant.fields) };
}

/** An object with what it must have; what may be left out is left out. */
export function emptyObject(fields: FieldSpec[]): JsonObject {
  const needed = fields.filter((field) => field.required || field.initial !== undefined);
  return Object.fromEntries(needed.map((field) => [field.name, emptyValue(field)]));
}
