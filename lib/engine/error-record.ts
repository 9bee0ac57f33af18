import type { PlanNode } from '#lib/workflow/plan.ts';
import { StepError } from './errors.ts';
import type { ErrorRecord } from './events.ts';

/** Where an error happened. */
interface Place {
  runId: string;
  node?: Pick<PlanNode, 'id' | 'key'>;
  iteration?: readonly number[];
}

/**
 * An error as it is recorded and shown. A StepError was written to be read; of anything else, nothing leaves:
 * the text names the run, under which the whole error is logged.
 */
export function errorRecord(error: unknown, { runId, node, iteration }: Place): ErrorRecord {
  const where = node ? { nodeId: node.id, key: node.key } : {};
  const item = iteration ? { iteration: [...iteration] } : {};
  if (!(error instanceof StepError)) {
    const step = node ? ` in step "${node.key}"` : '';
    return {
      code: 'INTERNAL',
      message: `Something went wrong${step}; the run failed, run ${runId}.`,
      ...where,
      ...item,
    };
  }
  const details = Object.keys(error.details).length > 0 ? { details: error.details } : {};
  const again = error.transient ? { transient: true as const } : {};
  return { code: error.code, message: error.message, ...where, ...item, ...again, ...details };
}
