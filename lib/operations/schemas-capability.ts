import type { SchemasCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { compileSchema, SchemaError, type Validate } from '#lib/workflow/validator.ts';

/** Compiled schemas that are kept, of one project each; those not used the longest go first. */
const KEPT = 200;

/**
 * Checks values. Schemas are kept compiled by their text and the project, so that no project learns from the time it
 * takes whether another one uses the same.
 */
export function createSchemas(): (projectId: string) => SchemasCapability {
  const compiled = new Map<string, Validate>();
  return (projectId) => ({
    check(schema, value) {
      const key = `${projectId} ${JSON.stringify(schema)}`;
      const known = compiled.get(key);
      const validate = known ?? compile(schema);
      compiled.delete(key);
      compiled.set(key, validate);
      if (compiled.size > KEPT) compiled.delete(compiled.keys().next().value!);
      return validate(value);
    },
  });
}

function compile(schema: JsonObject): Validate {
  try {
    return compileSchema(schema);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new StepError('SCHEMA_INVALID', error.message, { cause: error, details: { field: ['schema'] } });
  }
}
