import type { Question, Waiting } from '#lib/engine/question.ts';
import { awaitRun, forgetAwaited } from '#lib/operations/awaited-run.ts';
import { questionLink } from '#lib/operations/question-link.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { endedResult, insteadResult } from './call-result.ts';
import type { Exchange } from './exchange.ts';
import { awaitedCall, type OngoingCall } from './ongoing-call.ts';

/** Characters of a question, as it is repeated to the model. */
const MAX_MESSAGE = 1000;

/**
 * The answer to a call whose run waits for what its client cannot be asked: a text for the model, with a link for
 * each question, for the person. The same call, made again, fetches the result.
 */
export async function linkResult(call: OngoingCall, run: ToolRun): Promise<string> {
  await staysAwaited(call, run);
  return insteadResult(call, 'waiting', waitingText(call, run), run.runId);
}

/** The run waits on although its caller has gone: the same call finds it. The answer reaches nobody. */
export async function staysBehind(call: OngoingCall, run: ToolRun): Promise<string> {
  const { app } = call.exchange.caller;
  await staysAwaited(call, run);
  app.log.info(
    { runId: run.runId },
    'a caller went away while its run waited for an answer; the run waits on',
  );
  return '{}';
}

/** The result of a run that has waited: the same call begins another one from now on. */
export async function fetchedResult(call: OngoingCall, run: ToolRun): Promise<string> {
  const { caller, reply } = call.exchange;
  const forget = () => forgetAwaited(caller.app, caller.principal, awaitedCall(call), run.runId);
  // A client that lost the stream of its call may come back for the answer, or make the call again.
  if (reply.kept && !reply.kept.hasReader) {
    reply.kept.onDelivered.push(() => {
      forget().catch((error: unknown) => {
        caller.app.log.warn({ err: error }, 'a run whose result was fetched is still awaited');
      });
    });
  } else {
    await forget();
  }
  return endedResult(call, run);
}

/** The same call, made again, finds the run. */
export async function staysAwaited(call: OngoingCall, { runId }: ToolRun): Promise<void> {
  const { app, principal } = call.exchange.caller;
  await awaitRun(app, principal, awaitedCall(call), runId);
}

function waitingText({ exchange, workflow }: OngoingCall, { runId, waiting = [] }: ToolRun): string {
  const { name } = workflow.contract;
  const lines = waitingLines(exchange, { runId, waiting });
  return [
    `${name} has not finished: it waits.`,
    ...(lines.length > 0 ? lines : ['- It goes on in the background.']),
    ...(waiting.some(({ question }) => isForPeople(question))
      ? ['Show each link to the person it is for, exactly as it is written here.']
      : []),
    `To fetch the result, call ${name} again later with the same arguments: this continues run ${runId} and starts nothing new.`,
  ].join('\n');
}

/** What a run waits for, one line each, with a link where a person can answer. */
export function waitingLines(
  { caller: { app, project } }: Exchange,
  { runId, waiting }: { runId: string; waiting: readonly Waiting[] },
): string[] {
  const approvals = `${app.env.publicUrl}/projects/${project.slug}/approvals`;
  return waiting.map((one) => `- ${lineOf(one, { approvals, link: linkOf(one) })}`);

  function linkOf({ key, question }: Waiting): string {
    const expiresAt = 'expiresAt' in question ? question.expiresAt : 0;
    if (isConnecting(question)) return question.url;
    return isForPeople(question) ? questionLink(app, { runId, key, expiresAt }) : '';
  }
}

/** Its page wants its person signed in: whoever has the link is not enough. */
function isConnecting(question: Question): question is Extract<Question, { type: 'url' }> {
  return question.type === 'url' && question.connection !== undefined;
}

function isForPeople({ type }: Question): boolean {
  return type === 'form' || type === 'url' || type === 'approval';
}

function lineOf({ question }: Waiting, { approvals, link }: { approvals: string; link: string }): string {
  switch (question.type) {
    case 'form':
    case 'url':
      if (isConnecting(question)) {
        return `The person who is signed in has to connect an account: ${quoted(question.message)} They do so here: ${link} (${until(question)})`;
      }
      return `A person has to answer: ${quoted(question.message)} They do so here: ${link} (${until(question)})`;
    case 'approval':
      return question.by === 'caller'
        ? `A person has to consent: ${quoted(question.message)} They do so here: ${link} (${until(question)})`
        : `The team has to consent: ${quoted(question.message)} Its members decide here: ${approvals} (${until(question)})`;
    case 'model':
      return `It needs an answer of the client’s model, which this connection cannot ask for (${until(question)}).`;
    case 'roots':
      return `It needs the client’s roots, which this connection cannot ask for (${until(question)}).`;
    case 'time':
      return `It goes on by itself at ${new Date(question.until).toISOString()}.`;
    case 'workflow':
      return 'A workflow that it called waits.';
  }
}

function quoted(message: string): string {
  return JSON.stringify(message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message);
}

function until({ expiresAt }: { expiresAt: number }): string {
  return `until ${new Date(expiresAt).toISOString()}`;
}
