import { randomBytes } from 'node:crypto';
import { jsonLength } from '#lib/engine/json-size.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { LiveProject, LiveWorkflow } from '#lib/operations/live.ts';
import { fenced, readsOutside } from '#lib/workflow/fence.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { contentOf, linksAsTexts } from './content.ts';
import type { Exchange } from './exchange.ts';
import { restUri, restWords } from './rest-address.ts';
import { type ResultPart, resultPart, withData } from './result-part.ts';
import { hasLinks, revisionOf } from './revision.ts';

export interface Answered {
  runId: string;
  output: RunOutput;
  /** The tool has an output schema: clients refuse an answer without its structured value. */
  promised: boolean;
  /** Its texts may have been written outside: they are put between marks. */
  fences: boolean;
  /** Sees to it that the output can be read in full later; false when it cannot. */
  keep(): Promise<boolean>;
}

/**
 * The answer of a tool as members of its result. Clients show a model the texts or the structured value, not both: each
 * may have as many characters as the project says. Texts over that are cut, with a link to the rest. A structured value
 * over it is sent whole where it was promised, as half of it would pass for all of it; else it becomes a text.
 */
export async function toolAnswer(
  exchange: Exchange,
  { runId, output, promised, fences, keep }: Answered,
): Promise<JsonObject> {
  const { app, project } = exchange.caller;
  const budget = project.resultBudget;
  const { structured } = output;
  const asText = structured !== undefined && !promised && jsonLength(structured, budget) > budget;
  const links = hasLinks(revisionOf(exchange));
  const answered = await contentOf(output, app.files.of(project.id));
  const whole = asText ? withData(answered, structured) : answered;
  const part = resultPart(whole, 0, budget);
  const isCut = part.end < part.total;
  const rest =
    isCut && (await keep()) ? restUri({ runId, of: asText ? 'all' : 'text', from: part.end }) : null;
  return {
    content: [
      ...fencedTexts(links ? part.content : linksAsTexts(part.content), fences),
      ...(isCut ? [{ type: 'text', text: cutWords(part, rest) }] : []),
      ...(rest !== null && links ? [restLink(rest, part)] : []),
    ],
    ...(structured !== undefined && !asText && { structuredContent: structured }),
  };
}

/** Whether the texts that a workflow answers are put between marks; one that is gone may have read anything. */
export function isFenced({ guard }: LiveProject, workflow: LiveWorkflow | undefined): boolean {
  return guard.fence && (!workflow || readsOutside(workflow.plan.nodes));
}

/** Only what is sent: what is kept, and counted by the budget, is the text alone. */
function fencedTexts(content: readonly JsonObject[], fences: boolean): JsonObject[] {
  if (!fences) return [...content];
  const fence = newFence();
  return content.map((item) => {
    return item['type'] === 'text' ? { ...item, text: fence(item['text'] as string) } : item;
  });
}

/** Puts texts of one answer between marks that nobody knew before. */
export function newFence(): (text: string) => string {
  const mark = randomBytes(6).toString('hex');
  return (text) => fenced(text, mark);
}

function cutWords({ end, total }: ResultPart, rest: string | null): string {
  const reading = rest === null ? 'The rest was not kept.' : restWords(rest);
  return `[Cut after ${end} of ${total} characters. ${reading} Narrower arguments, where the tool has them, give a shorter result.]`;
}

function restLink(uri: string, { end, total }: ResultPart): JsonObject {
  return {
    type: 'resource_link',
    uri,
    name: 'rest-of-result',
    title: 'The rest of the result',
    description: `From character ${end} on, of ${total}.`,
    mimeType: 'text/plain',
  };
}
