import { ExpressionError } from '#lib/workflow/expression-error.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { PlanNode, Scope } from '#lib/workflow/plan.ts';
import { StepError } from './errors.ts';
import { jsonLength } from './json-size.ts';

/**
 * What `run` gets: the node's config with every expression evaluated, in the shape the kind asks for.
 * Throws StepError `EXPRESSION`, which names the field, and `TOO_LARGE` above `most` characters: a few expressions can
 * name the same long text so often that writing it all out would take the whole memory of the process.
 */
export function stepConfig(node: PlanNode, scope: Scope, most: number): unknown {
  const config = evaluated(node, scope);
  if (jsonLength(config as JsonValue, most) > most) {
    throw new StepError(
      'TOO_LARGE',
      `This step would read more than ${Math.floor(most / 1024 / 1024)} MiB of data. Hand it less of what earlier steps left.`,
    );
  }
  return config;
}

function evaluated(node: PlanNode, scope: Scope): unknown {
  try {
    return node.resolve(scope);
  } catch (error) {
    throw asStepError(error);
  }
}

/** A failed expression as the failure of a step, with the field in its words; anything else as it is. */
export function asStepError(error: unknown): unknown {
  if (!(error instanceof ExpressionError)) return error;
  const { field, start, end, message } = error;
  const details: Record<string, JsonValue> = { field: [...field] };
  if (start !== undefined && end !== undefined) Object.assign(details, { start, end });
  const where = field.length > 0 ? `The field "${field.join('.')}": ` : '';
  return new StepError('EXPRESSION', where + message, { cause: error, details });
}
