import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import { foldedWords } from '#lib/knowledge/measure.ts';
import type { AskedPassage, ProposedQuestion } from '#lib/knowledge/propose-questions.ts';
import { aiModel } from '#lib/nodes/ai-model.ts';
import { NOBODY } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { TRIGGER } from './run-caller.ts';

/** A language model, as the AI model step names one. */
export interface QuestionModel {
  provider: 'openai' | 'anthropic';
  connection?: string | undefined;
  model: string;
  baseUrl?: string | undefined;
}

/** Passages that the model is shown, and characters of each. */
const SHOWN = 40;
const MOST_CHARACTERS = 1200;
/** ms */
const PATIENCE = 90_000;

const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    questions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          passage: { type: 'integer' },
          question: { type: 'string' },
          quote: { type: 'string' },
        },
        required: ['passage', 'question', 'quote'],
        additionalProperties: false,
      },
    },
  },
  required: ['questions'],
  additionalProperties: false,
};

const SYSTEM =
  'You write questions with which the search of a collection of documents is tested. Write as people ask: in their own words, not in those of the passage, in the language of the passage. Each question is answered by one passage alone. Name the number of the passage, and quote the words in it that answer, word by word, twenty at most.';

/**
 * Questions that a model writes for passages. Only those are taken whose quotation stands in the passage. Throws
 * `invalid` in the words of the model's service when it does not answer.
 */
export async function questionsByModel(
  app: App,
  principal: Principal,
  given: { projectId: string; passages: readonly AskedPassage[]; count: number; model: QuestionModel },
  signal: AbortSignal,
): Promise<ProposedQuestion[]> {
  const { projectId, count, model } = given;
  const project = await repository(app.db, principal).projects.get(projectId);
  if (!project) throw new AppError('not_found', 'There is no such project.');
  const passages = spread(given.passages, Math.min(SHOWN, Math.max(count, 5)));
  const data = passages.map(({ headings, text }, index) => ({
    passage: index + 1,
    headings: [...headings],
    text: text.slice(0, MOST_CHARACTERS),
  }));
  const config = {
    ...model,
    system: SYSTEM,
    prompt: `Write ${count} questions for these ${passages.length} passages, for as many different ones as you can.`,
    data,
    answer: { type: 'json', schema: SCHEMA },
    timeoutMs: PATIENCE,
  };
  try {
    const { value } = await aiModel.run({
      config: aiModel.resolved!.parse(config) as never,
      ...{ input: {}, steps: {}, env: {}, caller: NOBODY, attempt: 1, timeoutMs: PATIENCE, signal },
      capabilities: app.capabilities({
        ...{ organizationId: project.organizationId, projectId, versionKey: null },
        ...{ runId: randomUUID(), depth: 0, caller: TRIGGER },
      }),
      progress() {},
      log() {},
      ...{ answer: undefined, asked: undefined, incoming: [], stepId: 'propose' },
      wired: () => true,
    });
    return taken((value as { json: JsonValue }).json, passages);
  } catch (error) {
    if (error instanceof StepError) throw new AppError('invalid', error.message);
    throw error;
  }
}

function taken(answer: JsonValue, passages: readonly AskedPassage[]): ProposedQuestion[] {
  const { questions } = answer as { questions: { passage: number; question: string; quote: string }[] };
  return questions.flatMap(({ passage, question, quote }) => {
    const from = passages[passage - 1];
    const text = question.trim().slice(0, 500);
    const words = quote.trim();
    if (!from || text === '' || words === '' || words.length > 1000) return [];
    if (!foldedWords(from.text).includes(foldedWords(words))) return [];
    return [{ text, expected: [{ document: from.document, quote: words }] }];
  });
}

/** So many of a list, from all of it. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]!);
}
