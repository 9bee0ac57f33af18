import type { Completion } from './document.ts';
import type { JsonSchema } from './json.ts';
import type { ClientAbility } from './kind.ts';

/** MCP tool annotations. */
export interface ToolAnnotations {
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
}

/** What a client knows of a resource besides its names. */
export interface ResourceFace {
  /** One of the two. */
  uri?: string;
  /** RFC 6570; its variables are the properties of the input schema. */
  uriTemplate?: string;
  mimeType?: string;
  annotations?: { audience?: ('user' | 'assistant')[]; priority?: number };
  pollMs?: number;
}

/** An argument of a prompt. Its value comes as text. */
export interface PromptArgument {
  name: string;
  title?: string;
  description?: string;
  required?: true;
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
  /** Of a tool whose calls become tasks: for clients that can take one, or for all. */
  task?: 'optional' | 'required';
  /** An https address, or an image as a data: address. */
  icon?: string;
  /** Of a resource. */
  resource?: ResourceFace;
  /** Of a prompt. */
  arguments?: PromptArgument[];
  /** By argument, where a client can be told what to propose. */
  completions?: Record<string, Completion>;
}

/** Whether what it does changes nothing, as its editors say: what reading grants may use. */
export function onlyReads({ kind, annotations }: Pick<Contract, 'kind' | 'annotations'>): boolean {
  return kind !== 'tool' || annotations.readOnlyHint === true;
}
