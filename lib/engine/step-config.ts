import type { PlanNode, Scope } from '#lib/workflow/plan.ts';
import { StepError } from './errors.ts';
import type { NodeKind } from './kind.ts';

/**
 * What `run` gets: the node's config with every expression evaluated, in the shape the kind asks for.
 * Throws StepError `EXPRESSION` or `CONFIG`, which name the field.
 */
export function stepConfig(node: PlanNode<NodeKind>, scope: Scope): unknown {
  const config = resolve(node, scope);
  const shape = node.kind.resolved;
  if (!shape) return config;
  const parsed = shape.safeParse(config);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map((part) => (typeof part === 'number' ? part : String(part))) ?? [];
  throw new StepError('CONFIG', `The field "${field.join('.')}" does not fit: ${issue?.message}.`, {
    details: { field },
  });
}

function resolve(node: PlanNode<NodeKind>, scope: Scope): unknown {
  try {
    return node.resolve(scope);
  } catch (error) {
    if (!isExpressionError(error)) throw error;
    const field = error.field ?? [];
    throw new StepError('EXPRESSION', `The field "${field.join('.')}": ${error.message}`, {
      cause: error,
      details: { field: [...field] },
    });
  }
}

function isExpressionError(error: unknown): error is Error & { field?: (string | number)[] } {
  return error instanceof Error && error.name === 'ExpressionError';
}
