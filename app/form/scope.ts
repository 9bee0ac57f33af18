import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';

/** What the expressions of one step may read, as far as it is known without running. */
export interface FormScope {
  /** Schema of the arguments. */
  input: JsonSchema;
  /** Steps that may have run before this one. */
  steps: readonly { key: string; title: string; schema: JsonSchema }[];
  /** Names of the project's environment values. */
  env: readonly string[];
}

/** Values of an earlier run, to show what an expression gives. */
export interface Sample {
  input?: JsonObject;
  steps: Readonly<Record<string, JsonValue>>;
  env?: Readonly<Record<string, string>>;
}

export const EMPTY_SCOPE: FormScope = { input: {}, steps: [], env: [] };
