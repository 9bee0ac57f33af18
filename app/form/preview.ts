import { NOBODY } from '#lib/workflow/caller.ts';
import { ExpressionError } from '#lib/workflow/expression-error.ts';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { evaluateTemplate, hasExpressions } from '#lib/workflow/template.ts';
import type { Sample } from './scope.ts';

/** What a text gives with the values of the last run; null when there is nothing to say. */
export type Preview = { value: JsonValue } | { fault: string } | null;

/** Evaluates every text in a value, as a run would. Times and random numbers are those of now. */
export function preview(value: JsonValue, sample: Sample | null): Preview {
  if (!sample || !holdsExpressions(value)) return null;
  const scope = {
    input: sample.input ?? {},
    steps: { ...sample.steps },
    env: { ...sample.env },
    run: { id: 'preview', startedAt: new Date().toISOString() },
    caller: NOBODY,
    now: () => Date.now(),
    random: () => Math.random(),
  };
  const evaluate = (at: JsonValue): JsonValue => {
    if (typeof at === 'string') return hasExpressions(at) ? (evaluateTemplate(at, scope) ?? null) : at;
    if (Array.isArray(at)) return at.map(evaluate);
    if (!isJsonObject(at)) return at;
    return Object.fromEntries(Object.entries(at).map(([name, member]) => [name, evaluate(member)]));
  };
  try {
    return { value: evaluate(value) };
  } catch (error) {
    if (error instanceof ExpressionError) return { fault: error.message };
    throw error;
  }
}

function holdsExpressions(value: JsonValue): boolean {
  if (typeof value === 'string') return hasExpressions(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsExpressions);
}
