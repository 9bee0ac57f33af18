import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import type { ScopeEntry } from '#lib/workflow/scope.ts';

/** What the expressions of one step may read, as far as it is known without running. */
export interface FormScope {
  /** Schema of the arguments. */
  input: JsonSchema;
  /** Steps that have run before this one; nearest first. */
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

/** What `scopeAt` found, and the names of the project's environment values, as a form needs it. */
export function formScope(entries: readonly ScopeEntry[], env: readonly string[]): FormScope {
  return {
    input: entries.find(({ root }) => root === 'input')?.schema ?? {},
    steps: entries.filter(({ root }) => root === 'steps'),
    env,
  };
}
