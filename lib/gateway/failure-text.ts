import type { ErrorRecord } from '#lib/engine/events.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import type { ToolRun } from '#lib/operations/run-tool.ts';
import { cutAt } from './cut-text.ts';

/** Characters of the author's own words: Claude Code cuts errors at some 11,000. */
const MAX_WORDS = 10_000;
/** Characters of what one step said, and steps named of a long undoing. */
const MAX_MESSAGE = 4000;
const MAX_UNDONE = 20;
const MAX_FAULTS = 20;

const LATER = 'The same call may work later.';
const OTHER_ARGUMENTS = 'The same arguments will fail again; others may work.';
const KEEPER = 'Other arguments will not help: whoever keeps this tool must correct it.';

/** What a caller can do about an error, by its code; of all others the message says it. */
const ADVICE: Readonly<Record<string, string>> = {
  TIMEOUT: LATER,
  NETWORK: LATER,
  SANDBOX_BUSY: LATER,
  SANDBOX_CRASHED: LATER,
  EXPRESSION: OTHER_ARGUMENTS,
  CODE_ERROR: OTHER_ARGUMENTS,
  CODE_RESULT: KEEPER,
  CODE_SYNTAX: KEEPER,
  NO_OUTPUT: KEEPER,
  OUTPUT_INVALID: KEEPER,
  OUTPUT_WITHHELD: KEEPER,
  EGRESS_BLOCKED: KEEPER,
  CONNECTION_MISSING: KEEPER,
  MCP_DEFINITION_CHANGED: KEEPER,
};

/**
 * What the model reads when a run did not succeed: which step, what happened, what can be done, what was taken back,
 * and the run to look up. The words of a Fail step are the author's own and stand alone.
 */
export function failureText({ error, undone = [], runId }: ToolRun): string {
  if (!error) return `The tool failed, run ${runId}.`;
  const took = undoneText(undone);
  if (error.code === 'FAIL') return [wordsOf(error), ...took].join('\n');
  // Its message names the step and the run already, and tells nothing else.
  if (error.code === 'INTERNAL') return [error.message, ...took].join('\n');
  const advice = Object.hasOwn(ADVICE, error.code) ? [ADVICE[error.code]!] : [];
  return [`${stepText(error)} (run ${runId})`, ...advice, ...took].join('\n');
}

function wordsOf({ message }: ErrorRecord): string {
  const end = cutAt(message, 0, MAX_WORDS);
  if (end === message.length) return message;
  return `${message.slice(0, end)}\n[Cut after ${end} of ${message.length} characters.]`;
}

function stepText({ key, message, iteration }: ErrorRecord): string {
  const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  if (key === undefined || text.includes(`"${key}"`)) return text;
  // The outermost container first; people count from 1.
  const item = iteration?.length ? ` (item ${iteration.map((index) => index + 1).join('.')})` : '';
  return `Step "${key}"${item} failed: ${text}`;
}

function undoneText(undone: NonNullable<ToolRun['undone']>): string[] {
  const done = undone.filter(({ error }) => !error).map(({ key }) => `"${key}"`);
  const failed = undone.filter(({ error }) => error);
  return [
    ...(done.length > 0 ? [`What these steps had done was taken back: ${listed(done)}.`] : []),
    ...(failed.length > 0
      ? [
          `What these steps had done is still there, as it could not be taken back: ${listed(
            failed.map(({ key, error }) => `"${key}" (${error?.message})`),
          )}.`,
        ]
      : []),
  ];
}

function listed(items: string[]): string {
  const more = items.length - MAX_UNDONE;
  return more > 0 ? `${items.slice(0, MAX_UNDONE).join(', ')} and ${more} more` : items.join(', ');
}

/** What the model reads when its arguments do not fit; null when they do. */
export function argumentFaults({ contract, validateInput }: LiveWorkflow, args: unknown): string | null {
  const faults = validateInput(args);
  if (!faults) return null;
  const told = (validateInput(args, { toMend: true }) ?? faults).slice(0, MAX_FAULTS);
  return [
    `The arguments of ${contract.name} are not valid; nothing was run:`,
    ...told.map((fault) => `- ${fault}`),
    'Correct them and call again.',
  ].join('\n');
}
