import { SCOPE_CALL, SCOPE_READ, toolOfScope } from '#lib/workflow/scopes.ts';
import type { Reach } from './principal.ts';

/** All of a project. */
export const WHOLE: Reach = { tools: null, readOnly: false };
/** Resources, prompts, and tools that change nothing. */
export const READING: Reach = { tools: null, readOnly: true };
export const NOTHING: Reach = { tools: [], readOnly: true };

/** What the scopes of a grant are good for, those that are unknown for nothing. */
export function reachOfScopes(scopes: readonly string[]): Reach {
  if (scopes.includes(SCOPE_CALL)) return WHOLE;
  const tools = scopes.flatMap((scope) => toolOfScope(scope) ?? []);
  if (scopes.includes(SCOPE_READ)) return tools.length > 0 ? { ...READING, also: tools } : READING;
  return tools.length > 0 ? { tools, readOnly: false } : NOTHING;
}

/** What is within both. */
export function narrowest(one: Reach, other: Reach): Reach {
  const tools =
    one.tools && other.tools
      ? one.tools.filter((name) => other.tools!.includes(name))
      : (one.tools ?? other.tools);
  if (!one.readOnly && !other.readOnly) return { tools, readOnly: false };
  const also = alsoOf(one, other);
  return { tools, readOnly: true, ...(also.length > 0 && { also }) };
}

/** Of two of which one at least may only read: what may be called all the same. */
function alsoOf(one: Reach, other: Reach): readonly string[] {
  if (!one.readOnly) return other.also ?? [];
  if (!other.readOnly) return one.also ?? [];
  return (one.also ?? []).filter((name) => other.also?.includes(name));
}

/** Whether a workflow is within reach; `reads`: it changes nothing. */
export function reaches(
  { tools, readOnly, also }: Reach,
  workflow: { name: string; reads: boolean },
): boolean {
  const { name, reads } = workflow;
  if (tools && !tools.includes(name)) return false;
  return !readOnly || reads || also?.includes(name) === true;
}
