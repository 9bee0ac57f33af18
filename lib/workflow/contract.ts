import type { JsonSchema } from './json.ts';
import type { ClientAbility } from './kind.ts';

/** MCP tool annotations. */
export interface ToolAnnotations {
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
}

/**
 * The frozen public face of a version. The same object is listed, validates arguments and validates results.
 * Plain data: it is stored with the version.
 */
export interface Contract {
  kind: 'tool' | 'resource' | 'prompt';
  name: string;
  title: string;
  description: string;
  annotations: ToolAnnotations;
  /** Root is always an object schema. */
  inputSchema: JsonSchema;
  /** Root is an object schema; null when the workflow answers with content only. */
  outputSchema: JsonSchema | null;
  /** What a client must be able to do; left out when nothing. */
  requires?: ClientAbility[];
}
