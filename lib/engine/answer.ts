import type { JsonObject } from '#lib/workflow/json.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import { StepError } from './errors.ts';
import { jsonSize } from './json-size.ts';
import type { NodeKind } from './kind.ts';
import type { NodeState, RunOutput } from './run.ts';

/** What a step answers that ends the run without a word. */
const EMPTY: RunOutput = { parts: [] };

/**
 * What the caller gets: the parts of all end nodes that were reached, in the order of the plan, and the first
 * structured value among them; of a step that ended the run, its own output instead. Throws StepError `NO_OUTPUT`,
 * and `OUTPUT_TOO_LARGE` above `maxBytes`.
 */
export function answerOf(
  plan: Plan<NodeKind>,
  nodes: ReadonlyMap<string, NodeState>,
  { maxBytes, stopped }: { maxBytes: number; stopped?: { output?: RunOutput } },
): RunOutput {
  const reached: RunOutput[] = [];
  for (const { id } of plan.nodes) {
    const finished = nodes.get(id);
    if (finished && 'output' in finished && finished.output) reached.push(finished.output);
  }
  const output = stopped?.output ?? (reached.length > 1 ? joined(reached) : reached[0]) ?? (stopped && EMPTY);
  if (!output) {
    throw new StepError(
      'NO_OUTPUT',
      'The run ended without reaching an Output step, so there is no answer. Let every way lead to one, or to Stop.',
    );
  }
  if (sizeOf(output, maxBytes) > maxBytes) {
    const most = `${Math.floor(maxBytes / 1024)} KiB`;
    throw new StepError(
      'OUTPUT_TOO_LARGE',
      `The answer is larger than ${most}: return less, or a link to the rest.`,
    );
  }
  return output;
}

function joined(outputs: RunOutput[]): RunOutput {
  const parts = outputs.flatMap((output) => output.parts);
  const structured = outputs.find((output) => output.structured !== undefined)?.structured;
  return structured === undefined ? { parts } : { parts, structured };
}

function sizeOf({ parts, structured }: RunOutput, limit: number): number {
  let size = structured === undefined ? 0 : jsonSize(structured, limit);
  for (const part of parts) size += jsonSize({ ...part } as JsonObject, limit);
  return size;
}
