import type { ErrorRecord } from '#lib/engine/events.ts';
import type { OutputPart, RunOutput } from '#lib/engine/run.ts';
import type { GuardSettings } from '#lib/workflow/guard-settings.ts';
import {
  type GuardNote,
  GuardNotes,
  guardText,
  guardValue,
  looksForAnything,
} from '#lib/workflow/guard-text.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Validate } from '#lib/workflow/validator.ts';

/** What a run answers, or why it does not. */
export interface RunAnswer {
  output?: RunOutput | undefined;
  error?: ErrorRecord | undefined;
}

export interface GuardedAnswer extends RunAnswer {
  /** null: nothing was found. */
  notes: GuardNote[] | null;
  /** What was masked cannot be sent, as the answer no longer fits its schema. */
  withheld?: ErrorRecord;
}

/**
 * The answer as it may leave the project. Where masking makes it something else than what was promised to clients, it is
 * held back: half a promise would be refused by them, and the secret would be out without the mask.
 */
export function guardAnswer(
  { output, error }: RunAnswer,
  settings: GuardSettings,
  validateOutput: Validate | null,
): GuardedAnswer {
  if (!looksForAnything(settings)) return { output, error, notes: null };
  const notes = new GuardNotes();
  const guarded: GuardedAnswer = {
    output: output && guardOutput(output, settings, notes),
    error: error && guardError(error, settings, notes),
    notes: null,
  };
  guarded.notes = notes.all();
  const { structured } = guarded.output ?? {};
  if (structured !== output?.structured && validateOutput) {
    const faults = validateOutput(structured);
    if (faults) guarded.withheld = withheld(guarded.notes ?? [], faults);
  }
  return guarded;
}

function guardOutput(output: RunOutput, settings: GuardSettings, notes: GuardNotes): RunOutput {
  const parts = output.parts.map((part) => guardPart(part, settings, notes));
  const structured = output.structured && guardValue(output.structured, settings, notes);
  const isSame = structured === output.structured && parts.every((part, at) => part === output.parts[at]);
  if (isSame) return output;
  return { parts, ...(structured !== undefined && { structured }) };
}

/** Its texts; what is in files is not looked at. */
function guardPart(part: OutputPart, settings: GuardSettings, notes: GuardNotes): OutputPart {
  if (part.type === 'resource_link') {
    const { uri, name, description } = part;
    const guarded = guardValue(
      { uri, name, ...(description !== undefined && { description }) },
      settings,
      notes,
    );
    return { ...part, ...(guarded as { uri: string; name: string }) };
  }
  if (!('text' in part)) return part;
  const text = guardText(part.text, settings, notes);
  return text === part.text ? part : { ...part, text };
}

function guardError(error: ErrorRecord, settings: GuardSettings, notes: GuardNotes): ErrorRecord {
  return guardValue(error as unknown as JsonValue, settings, notes) as unknown as ErrorRecord;
}

function withheld(notes: readonly GuardNote[], faults: readonly string[]): ErrorRecord {
  const what = notes.filter(({ done }) => done === 'masked').map((note) => note.what);
  return {
    code: 'OUTPUT_WITHHELD',
    message: `The answer has what must not leave this project (${what.join(', ')}), and without it no longer fits the output schema: ${faults[0]}. Leave it out in the workflow, or let the schema allow the mask.`,
  };
}
