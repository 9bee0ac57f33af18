import type { GraphNode } from './graph.ts';
import { isJsonObject, type JsonSchema } from './json.ts';

/**
 * What the value of a node looks like to those who read it, as far as it is known without running. `schema` is what
 * it looks like when the node does what it is there for.
 */
export function valueSchema({ node }: Pick<GraphNode, 'node'>, schema: JsonSchema): JsonSchema {
  // A disabled node leaves null, and one whose errors go on leaves { error } in place of its value.
  if (node.settings?.disabled) return {};
  const onError = node.settings?.onError ?? 'fail';
  if (onError === 'fail') return schema;
  const properties = schema['properties'];
  if (schema['type'] !== 'object' || !isJsonObject(properties)) return {};
  const { required: _, ...rest } = schema;
  return { ...rest, properties: { ...properties, error: ERROR } };
}

const ERROR: JsonSchema = {
  type: 'object',
  properties: { code: { type: 'string' }, message: { type: 'string' }, details: { type: 'object' } },
};
