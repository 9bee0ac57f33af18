import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** What is wrong with written arguments. */
export interface ArgumentFault {
  /** Null: it is missing. */
  name: string | null;
  message: string;
}

/**
 * What can be said of arguments before their expressions are known: names that are missing or not known, and values
 * of another type. The whole schema is checked when the step runs.
 */
export function argumentFaults(schema: JsonObject, given: JsonObject): ArgumentFault[] {
  const properties = objectOf(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const faults: ArgumentFault[] = required
    .filter((name) => typeof name === 'string' && !Object.hasOwn(given, name))
    .map((name) => ({ name: null, message: `The tool needs the argument "${name}".` }));
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(properties, name)) {
      if (schema['additionalProperties'] === false) {
        const known = Object.keys(properties).join(', ') || 'none';
        faults.push({ name, message: `The tool has no argument "${name}". It has: ${known}.` });
      }
      continue;
    }
    const types = [objectOf(properties[name])['type']].flat().filter((type) => typeof type === 'string');
    if (types.length > 0 && !mayBeOneOf(types, value)) {
      faults.push({ name, message: `The argument "${name}" must be ${types.join(' or ')}.` });
    }
  }
  return faults;
}

function mayBeOneOf(types: readonly string[], value: JsonValue): boolean {
  // What an expression leaves is not known; one among other text leaves text.
  if (typeof value === 'string' && /^\s*\{\{.*\}\}\s*$/s.test(value)) return true;
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return types.includes(type) || (types.includes('integer') && Number.isInteger(value));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
