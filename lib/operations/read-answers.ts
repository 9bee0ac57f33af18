import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { isCutOutput } from './run-recording.ts';

/** Runs that are looked at. */
const MOST = 50;

/** What a run of a workflow answered, as data. */
export interface AnswerSample {
  run: string;
  /** null: the draft */
  version: number | null;
  at: string;
  /** Of all its texts, in characters; null where the record does not hold all of them. */
  characters: number | null;
  /** The structured value; null where there was none, or more than is recorded. */
  structured: JsonValue;
  /** The text, where the answer is one text that is a JSON object. */
  parsed: JsonValue;
}

/** What the newest fifty runs that succeeded answered, newest first. */
export async function listAnswers(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<AnswerSample[]> {
  const { id } = await findProject(app, principal, at.project);
  const repo = repository(app.db, principal);
  if (!(await repo.workflows.get(id, at.workflow))) {
    throw new AppError('not_found', 'There is no such workflow.');
  }
  await app.recorder.flush();
  const answers = await repo.runFacts.answers(id, at.workflow, MOST);
  return answers.map(({ runId, version, startedAt, output }) => ({
    run: runId,
    version,
    at: startedAt.toISOString(),
    ...sampleOf(output as unknown as RunOutput),
  }));
}

function sampleOf(output: RunOutput): Pick<AnswerSample, 'characters' | 'structured' | 'parsed'> {
  const texts = output.parts.flatMap((part) => ('text' in part ? [part.text] : []));
  const cut = isCutOutput(output);
  const [only] = texts;
  return {
    characters: cut ? null : texts.reduce((sum, text) => sum + text.length, 0),
    structured: isWhole(output.structured) ? output.structured : null,
    parsed: only !== undefined && output.parts.length === 1 && !cut ? objectIn(only) : null,
  };
}

function isWhole(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && !(isJsonObject(value) && value['$truncated'] === true);
}

function objectIn(text: string): JsonValue {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
