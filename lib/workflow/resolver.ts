import type * as z from 'zod';
import { ExpressionError } from './expression-error.ts';
import type { JsonValue } from './json.ts';
import type { Scope } from './plan.ts';
import type { EvaluateTemplate } from './template.ts';
import type { Field } from './template-fields.ts';

/** A text of a config, compiled. */
export interface CompiledField {
  field: Field;
  evaluate: EvaluateTemplate;
}

type Config = JsonValue | undefined;
type Build = (scope: Scope) => Config;

/**
 * What gives a node its config: its expressions evaluated, in the shape `resolved` asks for. A config without
 * expressions is checked now and is one frozen object; one with them costs its expressions and nothing else.
 * Both this function (for such a config) and what it returns throw ExpressionError with the field.
 */
export function resolver(
  config: JsonValue,
  fields: readonly CompiledField[],
  resolved: z.ZodType | undefined,
): (scope: Scope) => unknown {
  if (fields.length === 0) {
    const constant = frozen(shaped(config, resolved));
    return () => constant;
  }
  const build = builder(config, fields, 0);
  return (scope) => shaped(build(scope), resolved);
}

/** Copies only what lies on the way to an expression. */
function builder(value: JsonValue, fields: readonly CompiledField[], depth: number): Build {
  const here = fields.find(({ field }) => field.length === depth);
  if (here) return evaluator(here);
  const byName = Map.groupBy(fields, ({ field }) => field[depth]!);
  const parts = [...byName].map(([name, inside]) => {
    const member = (value as Record<string | number, JsonValue>)[name]!;
    return { name, build: builder(member, inside, depth + 1) };
  });
  if (Array.isArray(value)) {
    const items = frozen(value);
    return (scope) => {
      const copy = [...items];
      for (const { name, build } of parts) copy[name as number] = build(scope) ?? null;
      return copy;
    };
  }
  const members = frozen(value as { [key: string]: JsonValue });
  return (scope) => {
    const copy = { ...members };
    for (const { name, build } of parts) {
      const part = build(scope);
      // As in JSON: what has no value is left out.
      if (part === undefined) delete copy[name];
      else copy[name] = part;
    }
    return copy;
  };
}

function evaluator({ field, evaluate }: CompiledField): Build {
  return (scope) => {
    try {
      return evaluate(scope);
    } catch (error) {
      throw error instanceof ExpressionError ? error.in(field) : error;
    }
  };
}

function shaped(config: Config, resolved: z.ZodType | undefined): unknown {
  if (!resolved) return config;
  const parsed = resolved.safeParse(config);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map((part) => (typeof part === 'number' ? part : String(part))) ?? [];
  throw new ExpressionError(`the value does not fit: ${issue?.message}.`, { field });
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
