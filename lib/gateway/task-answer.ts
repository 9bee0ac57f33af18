import type { HeldRun } from '#lib/db/held-runs.ts';
import { RUN_RETENTION } from '#lib/db/runs.ts';
import type { OpenQuestion } from '#lib/operations/open-questions.ts';
import { endedRun } from '#lib/operations/resume-run.ts';
import { openOf } from '#lib/operations/run-state.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { clientAbilities } from './client-abilities.ts';
import type { Exchange } from './exchange.ts';
import { failureText } from './failure-text.ts';
import { waitingLines } from './link-result.ts';
import { askable } from './ongoing-call.ts';
import { isFenced, toolAnswer } from './tool-answer.ts';

/** How long a task can be asked about, from its beginning. */
const TTL_MS = RUN_RETENTION.days * 86_400_000;
/** How often a client had better ask. */
const POLL_MS = 1000;
/** JSON-RPC's "internal error". */
const INTERNAL_ERROR = -32_603;

/**
 * Failures of a run that are no answer of the tool: it could not be carried out, or ended without the answer that the
 * tool promises. All others are for whoever called, as they are in a call without a task.
 */
const NO_ANSWER: ReadonlySet<unknown> = new Set([
  'INTERNAL',
  'CRASHED',
  'GONE',
  'NOT_STORED',
  'STATE_TOO_LARGE',
  'OUTPUT_WITHHELD',
  'NO_OUTPUT',
  'OUTPUT_INVALID',
]);

/** A task that was just made, or is on its way. */
export function workingTask(run: HeldRun): JsonObject {
  return { ...facts(run), status: 'working' };
}

/** A task as it is now, for the client that asks. */
export async function taskAnswer(exchange: Exchange, run: HeldRun): Promise<JsonObject> {
  const members = facts(run);
  switch (run.status) {
    case 'queued':
    case 'running':
    case 'suspended':
      return { ...members, ...waitingMembers(exchange, run) };
    case 'cancelled':
      return { ...members, status: 'cancelled' };
    default:
      return { ...members, ...(await endedMembers(exchange, run)) };
  }
}

/** What the client of a task can answer: a team decides on its own page, and tells nobody here. */
export function openForClient(run: HeldRun): OpenQuestion[] {
  return unanswered(run).filter(({ question }) => question.type !== 'approval' || question.by === 'caller');
}

/** Also of a run that goes on just now with other answers. */
function unanswered(run: HeldRun): OpenQuestion[] {
  return openOf(run).filter(({ key }) => !Object.hasOwn(run.answers, key));
}

function facts(run: HeldRun): JsonObject {
  return {
    taskId: run.id,
    createdAt: run.startedAt.toISOString(),
    lastUpdatedAt: new Date(lastChange(run)).toISOString(),
    ttlMs: TTL_MS,
    pollIntervalMs: POLL_MS,
  };
}

/** When the last step began or ended. */
function lastChange({ startedAt, steps }: HeldRun): number {
  return steps.reduce(
    (latest, step) => Math.max(latest, (step.startedAt ?? 0) + (step.durationMs ?? 0)),
    startedAt.getTime(),
  );
}

function waitingMembers(exchange: Exchange, run: HeldRun): JsonObject {
  const abilities = clientAbilities(exchange.message, null);
  const asked = askable({ exchange, abilities }, openForClient(run));
  if (asked.length > 0) {
    const inputRequests = Object.fromEntries(
      asked.map(({ key, request }) => [key, { method: request.method, params: request.params }]),
    );
    return { status: 'input_required', inputRequests };
  }
  const lines =
    run.status === 'suspended' ? waitingLines(exchange, { runId: run.id, waiting: unanswered(run) }) : [];
  return { status: 'working', ...(lines.length > 0 && { statusMessage: lines.join('\n') }) };
}

/** A run in the background is stored with all of its answer. */
async function isKept(): Promise<boolean> {
  return true;
}

async function endedMembers(exchange: Exchange, run: HeldRun): Promise<JsonObject> {
  const ended = endedRun(run);
  if (run.status === 'succeeded' && ended.output) {
    const { project } = exchange.caller;
    const workflow = project.workflows.get(run.workflowName);
    const answered = {
      runId: run.id,
      output: ended.output,
      promised: workflow?.contract.outputSchema !== null,
      fences: isFenced(project, workflow),
      keep: isKept,
    };
    return { status: 'completed', result: await toolAnswer(exchange, answered) };
  }
  const text = failureText(ended);
  if (run.status !== 'failed' || NO_ANSWER.has(ended.error?.code)) {
    return { status: 'failed', error: { code: INTERNAL_ERROR, message: text } };
  }
  return { status: 'completed', result: { content: [{ type: 'text', text }], isError: true } };
}
