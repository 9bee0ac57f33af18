import type { HeldRun } from '#lib/db/held-runs.ts';
import type { Waiting } from '#lib/engine/question.ts';
import type { OpenQuestion } from '#lib/operations/open-questions.ts';
import { heldRun } from '#lib/operations/resume-run.ts';
import { openOf } from '#lib/operations/run-state.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { endedResult, inputRequiredResult } from './call-result.ts';
import { takeAnswer } from './client-answer.ts';
import { holderOf } from './holder.ts';
import { fetchedResult, linkResult } from './link-result.ts';
import { askable, goOnWithRun, type OngoingCall, startOrFind } from './ongoing-call.ts';
import { openState, type RequestState, type StatefulCall, sealState } from './request-state.ts';
import { RunNews } from './run-news.ts';

/** ms that a call waits for the team, when its caller has just been to their page: asked again at once, it would spin. */
const VISIT_MS = 20_000;

// How a run is gone on with in 2026-07-28: the client brings the answers, with the call itself (MRTR).

/**
 * A call that is made for the first time. Answers that come along, to questions that were not asked yet, are taken where
 * they fit: a client that forgot the state would be asked the same again and again.
 */
export async function beginCall(call: OngoingCall, { inputResponses }: JsonObject): Promise<string> {
  const run = await startOrFind(call);
  if (run.status !== 'suspended' || !isJsonObject(inputResponses)) return answerOrAsk(call, run);
  const reading = read(run.waiting ?? [], { responses: inputResponses, client: call.client });
  return isAnswered(reading) ? goOn(call, run.runId, reading) : answerOrAsk(call, run, reading);
}

/** The answer to a call whose run has ended, or waits: then it asks back what this client can be asked. */
async function answerOrAsk(
  call: OngoingCall,
  run: ToolRun,
  { complaints, putOff }: Pick<Reading, 'complaints' | 'putOff'> = NOTHING_READ,
): Promise<string> {
  if (run.status !== 'suspended') return endedResult(call, run);
  return askResult(call, run, { complaints, putOff }) ?? linkResult(call, run);
}

/** Asks back what this client can be asked of what the run waits for; null when that is nothing. */
export function askResult(
  call: OngoingCall,
  { runId, waiting = [] }: Pick<ToolRun, 'runId' | 'waiting'>,
  { complaints, putOff }: Pick<Reading, 'complaints' | 'putOff'>,
): string | null {
  const asked = askable(
    call,
    waiting.filter(({ key }) => !putOff.has(key)),
    { complaints },
  );
  if (asked.length === 0) return null;
  const state: RequestState = {
    runId,
    asked: Object.fromEntries(asked.map(({ key, question }) => [key, endOf(question)])),
    expiresAt: Math.max(...asked.map(({ question }) => endOf(question))),
  };
  const { exchange } = call;
  return inputRequiredResult(
    exchange,
    {
      inputRequests: Object.fromEntries(
        asked.map(({ key, request }) => [key, { method: request.method, params: request.params }]),
      ),
      requestState: sealState(exchange.caller.app.secrets, state, statefulCall(call)),
    },
    runId,
  );
}

/**
 * A call that is repeated with answers. Those that fit go to the run, which goes on; what is missing or does not fit
 * is asked again. A run that has gone on meanwhile, or ended, tells how: so an answer that got lost can be fetched.
 * Throws Fault -32602 for a state that is not of this call, see `openState`.
 */
export async function repeatCall(call: OngoingCall, params: JsonObject): Promise<string> {
  const { run, reading } = await readRepeated(call, params);
  if (!isAnswered(reading) && reading.visited && reading.complaints.size === 0) await untilNews(call, run);
  return goOn(call, run.id, reading);
}

/** The run of a call that is repeated, and its answers. Throws as `repeatCall`. */
export async function readRepeated(
  call: OngoingCall,
  { inputResponses, requestState }: JsonObject,
): Promise<{ run: HeldRun; reading: Reading }> {
  const { app, project, principal } = call.exchange.caller;
  const state = openState(app.secrets, requestState, statefulCall(call));
  const run = await heldRun(app, principal, project.id, state.runId);
  const waits = run.status === 'suspended';
  const open = waits ? openOf(run).filter(({ key }) => !Object.hasOwn(run.answers, key)) : [];
  return { run, reading: read(open, { state, responses: inputResponses, client: call.client }) };
}

async function goOn(call: OngoingCall, runId: string, reading: Reading): Promise<string> {
  const went = await goOnWithRun(call, runId, isAnswered(reading) ? reading.answers : undefined);
  return went.status === 'suspended' ? answerOrAsk(call, went, reading) : fetchedResult(call, went);
}

async function untilNews({ exchange, signal }: OngoingCall, { id, fence }: HeldRun): Promise<void> {
  const { app, principal, project } = exchange.caller;
  const news = new RunNews(app, id);
  try {
    const now = await heldRun(app, principal, project.id, id);
    const same = now.fence === fence && Object.keys(now.answers).length === 0;
    if (same) await news.wait(signal, VISIT_MS);
  } finally {
    news.close();
  }
}

/** What a client answered. */
export interface Reading {
  answers: JsonObject;
  /** By the key of the question. */
  complaints: ReadonlyMap<string, string>;
  /** Not to be asked again in this call. */
  putOff: ReadonlySet<string>;
  /** The person was on the page of the team. */
  visited: boolean;
}

export function isAnswered({ answers }: Reading): boolean {
  return Object.keys(answers).length > 0;
}

const NOTHING_READ = { complaints: new Map<string, string>(), putOff: new Set<string>() };

/** Reads the answers to these questions: with `state`, only to those that were asked. */
export function read(
  open: readonly OpenQuestion[],
  {
    state,
    responses,
    client,
  }: { state?: RequestState; responses: JsonValue | undefined; client: string | null },
): Reading {
  const given = isJsonObject(responses) ? responses : {};
  const answers: JsonObject = {};
  const complaints = new Map<string, string>();
  const putOff = new Set<string>();
  let visited = false;
  for (const { key, question } of open) {
    const asked = !state || state.asked[key] === endOf(question);
    if (!asked || !Object.hasOwn(given, key)) continue;
    const taken = takeAnswer(question, given[key]!, { type: 'client', name: client });
    if (taken === 'put-off') putOff.add(key);
    else if (taken === 'opened') visited = true;
    else if ('complaint' in taken) complaints.set(key, taken.complaint);
    else answers[key] = taken.answer;
  }
  return { answers, complaints, putOff, visited };
}

function statefulCall({ exchange, workflow, args }: OngoingCall): StatefulCall {
  const { project, principal } = exchange.caller;
  return { holder: holderOf(project, principal), tool: workflow.contract.name, args };
}

/** When a question ends; ms since the epoch. */
function endOf(question: Waiting['question']): number {
  return 'expiresAt' in question ? question.expiresAt : 0;
}
