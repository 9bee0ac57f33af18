import type { JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode } from '#lib/workflow/plan.ts';
import type { RecordedRun } from '#lib/workflow/recording.ts';
import type { Capabilities } from './capabilities.ts';
import { execute } from './execute.ts';
import type { NodeKind } from './kind.ts';
import type { RunOptions, RunResult } from './run.ts';
import { type Miss, playTape } from './tape-play.ts';

export interface ReplayOptions {
  env: Record<string, string>;
  /** Code, parsers and schemas; of the rest nothing is reached. */
  capabilities: Capabilities;
  signal: AbortSignal;
  onEvent?: RunOptions['onEvent'];
  /** Values of steps that were given then too. */
  given?: RunOptions['given'];
  onUnexpected?: RunOptions['onUnexpected'];
}

/**
 * Runs a plan against what was recorded of a run: nothing reaches the world, nobody is asked, and no pause is made.
 * A run that asks what was not answered then stays suspended. Never rejects.
 */
export async function replay(
  plan: Plan<NodeKind>,
  run: RecordedRun,
  options: ReplayOptions,
): Promise<RunResult & { misses: readonly Miss[] }> {
  const { runId, startedAt, input, recording } = run;
  const player = playTape(recording, { startedAt });
  const began = options.capabilities.now();
  const shared: RunOptions = {
    ...options,
    runId,
    input,
    caller: recording.caller,
    capabilities: {
      ...options.capabilities,
      // The first look at the clock is the moment at which the recorded run began.
      now: clockFrom(startedAt, began, options.capabilities.now),
    },
    worldOf: player.worldOf.bind(player),
  };
  const quick = withoutPauses(plan);
  let result = await execute(quick, shared);
  const given = new Set<string>();
  while (result.status === 'suspended') {
    const answers: Record<string, JsonValue> = {};
    for (const { key, question } of result.state?.waiting ?? []) {
      const answer = question.type === 'time' ? {} : recording.answers?.[key];
      if (answer === undefined || given.has(key)) continue;
      given.add(key);
      answers[key] = answer;
    }
    if (Object.keys(answers).length === 0) break;
    // These answers are to what it asked just now.
    result = await execute(quick, { ...shared, resume: { state: { ...result.state!, fresh: [] }, answers } });
  }
  return { ...result, misses: player.misses };
}

/** Time goes on as long as the replay takes, so that a run that does not end reaches its limit. */
function clockFrom(startedAt: number, began: number, now: () => number): () => number {
  let first = true;
  return () => {
    if (!first) return startedAt + Math.max(0, now() - began);
    first = false;
    return startedAt;
  };
}

/** Whoever tries again in a replay has nothing to wait for. */
function withoutPauses(plan: Plan<NodeKind>): Plan<NodeKind> {
  return { ...plan, nodes: plan.nodes.map(quickNode) };
}

function quickNode(node: PlanNode<NodeKind>): PlanNode<NodeKind> {
  return {
    ...node,
    retry: { ...node.retry, backoffMs: 0 },
    body: node.body && { ...node.body, nodes: node.body.nodes.map(quickNode) },
    undo: node.undo && quickNode(node.undo),
  };
}
