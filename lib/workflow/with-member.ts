import type { JsonSchema } from './json.ts';

/**
 * The schema of an object with one more member, which is always there. Definitions of the member's schema move to the
 * root, where its references look for them.
 */
export function withMember(schema: JsonSchema, name: string, member: JsonSchema): JsonSchema {
  const { $defs, $schema: _, ...rest } = member;
  const { properties, required } = schema;
  return {
    ...schema,
    properties: { [name]: rest, ...(properties as JsonSchema | undefined) },
    required: [name, ...(Array.isArray(required) ? required : [])],
    ...($defs !== undefined && { $defs }),
  };
}
