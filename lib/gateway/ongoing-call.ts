import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/db/app-error.ts';
import { credentialOf } from '#lib/db/principal.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import type { Question, Waiting } from '#lib/engine/question.ts';
import { type AwaitedCall, findAwaited } from '#lib/operations/awaited-run.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import { resumeRun } from '#lib/operations/resume-run.ts';
import { runTool } from '#lib/operations/run-tool.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { AnswerForm } from './answer-form.ts';
import type { ClientAbilities } from './client-abilities.ts';
import { type ClientRequest, clientRequest } from './client-request.ts';
import type { Exchange } from './exchange.ts';
import { noteFull, placeOf } from './limits.ts';
import { mayWait } from './may-wait.ts';

/** One call of a workflow, for as long as its run goes on or waits. */
export interface OngoingCall {
  exchange: Exchange;
  workflow: LiveWorkflow;
  /** They fit the contract. */
  args: JsonObject;
  form: AnswerForm;
  /** What the client can be asked. */
  abilities: ClientAbilities;
  /** Name and version it gave itself. */
  client: string | null;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
  onEvent: ((event: RunEvent) => void) | undefined;
}

/** How often a run is looked at that another process goes on with. */
const LOOK_MS = 300;

/**
 * What tells the run of an earlier call that it is the same. A session is no part of it: clients begin new ones. Where
 * no credential is needed, the address and the name of the client stand for the caller.
 */
export function awaitedCall({ exchange, workflow, args, client }: OngoingCall): AwaitedCall {
  const { project, principal, admissionKey } = exchange.caller;
  const identity = credentialOf(principal) === null ? `${admissionKey} ${client}` : `${client}`;
  return { project, workflow, args, identity };
}

/**
 * Runs the workflow, when there is a place; or finds the run that this call was told to come back for. Throws as
 * `runTool`, and AppError when there is no place.
 */
export async function startOrFind(call: OngoingCall): Promise<ToolRun> {
  const { app, principal, project } = call.exchange.caller;
  // A look at the database, which calls of workflows that never wait can do without.
  const awaited = mayWait(call.workflow.plan, project)
    ? await findAwaited(app, principal, awaitedCall(call))
    : null;
  if (!awaited) return startRun(call);
  return awaited.status === 'running' ? goOnWithRun(call, awaited.runId) : awaited.run;
}

/** Runs the workflow, when there is a place. Throws as `startOrFind`. */
export function startRun(call: OngoingCall): Promise<ToolRun> {
  const { exchange, workflow, args, signal, client, onEvent } = call;
  const { app, project, principal } = exchange.caller;
  return admitted(call, () => runTool(app, principal, { project, workflow, args, signal, client, onEvent }));
}

/**
 * Goes on with a run that waited, when there is a place: with these answers and those that came another way. Where
 * another process is at it already, waits for that. Throws as `resumeRun`, and AppError when there is no place.
 */
export async function goOnWithRun(call: OngoingCall, runId: string, answers?: JsonObject): Promise<ToolRun> {
  const { exchange, signal, client, onEvent } = call;
  const { app, project, principal } = exchange.caller;
  for (let given = answers, gone = 0; ; given = undefined) {
    try {
      return await admitted(call, () =>
        resumeRun(app, principal, {
          project,
          runId,
          signal,
          onEvent,
          client,
          ...(given && { answers: given }),
        }),
      );
    } catch (error) {
      // Somebody else answered first, or goes on with it, or it has ended: how is told by the next look.
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'gone') gone += 1;
      else if (error.code !== 'conflict') throw error;
      if (gone > 2) throw error;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/** Does it when there is a place. A run that waits holds none. Throws AppError when there is none for too long. */
export async function admitted<T>(
  { exchange, signal }: Pick<OngoingCall, 'exchange' | 'signal'>,
  work: () => Promise<T>,
): Promise<T> {
  const { caller } = exchange;
  const { admission } = caller;
  const place = placeOf(caller);
  if (!admission.tryEnter(place)) {
    await admission.enter(place, signal).catch((error: unknown) => {
      noteFull(caller, error);
      throw error;
    });
  }
  try {
    return await work();
  } finally {
    admission.leave(place);
  }
}

/** A question that this client can be asked, and how. */
export interface Askable {
  key: string;
  question: Question;
  request: ClientRequest;
}

/** Those of the run's questions that this client can be asked. `idOf` names a question to clients that want a name. */
export function askable(
  { exchange, abilities }: Pick<OngoingCall, 'exchange' | 'abilities'>,
  open: readonly Waiting[],
  options: { complaints?: ReadonlyMap<string, string>; idOf?: (question: Waiting) => string } = {},
): Askable[] {
  const { app, project } = exchange.caller;
  const approvalsUrl = `${app.env.publicUrl}/projects/${project.slug}/approvals`;
  return open.flatMap((one) => {
    const { key, question } = one;
    const request = clientRequest(question, {
      era: exchange.era,
      abilities,
      id: options.idOf?.(one) ?? key,
      approvalsUrl,
      complaint: options.complaints?.get(key),
    });
    return request ? [{ key, question, request }] : [];
  });
}
