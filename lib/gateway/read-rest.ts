import { keptOutput } from '#lib/operations/kept-output.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { completeResult } from './call-result.ts';
import { contentOf } from './content.ts';
import type { Exchange } from './exchange.ts';
import { parseRestUri, restUri, restWords } from './rest-address.ts';
import { resultPart, textsOf, withData } from './result-part.ts';
import { newFence } from './tool-answer.ts';

/** What a run has answered never changes. */
const TTL_MS = 3_600_000;

/**
 * `resources/read` of the rest of a result that was cut, as far as the project's budget goes; the last of the contents
 * then says where it goes on. For whoever made the call; null for all others, and when the URI is none of these.
 */
export async function readRest(exchange: Exchange, uri: string): Promise<string | null> {
  const { app, principal, project } = exchange.caller;
  const rest = parseRestUri(uri);
  const output = rest && (await keptOutput(app, principal, { projectId: project.id, runId: rest.runId }));
  if (!output) return null;
  const answered = await contentOf(output, app.files.of(project.id));
  const { structured } = output;
  const whole = rest.of === 'all' && structured !== undefined ? withData(answered, structured) : answered;
  const { content, end, total } = resultPart(whole, rest.from, project.resultBudget);
  if (rest.from >= total) return null;
  // Which workflow said it is not asked for: it may have read anything.
  const fence = project.guard.fence ? newFence() : (text: string) => text;
  const contents: JsonObject[] = textsOf(content).map(({ text, mimeType }) => ({
    uri,
    mimeType,
    text: fence(text),
  }));
  if (end < total) {
    const next = restUri({ ...rest, from: end });
    const words = `[Characters ${rest.from} to ${end} of ${total}. ${restWords(next)}]`;
    contents.push({ uri: next, mimeType: 'text/plain', text: words });
  }
  return completeResult(exchange, {
    contents,
    ...(exchange.era === 'modern' && { ttlMs: TTL_MS, cacheScope: 'private' }),
  });
}
