import type { RerankerSettings } from '#lib/db/passages.ts';
import type { HttpCapability, HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { endpointOf } from './embedding/embedder.ts';
import { refusal } from './embedding/request-embeddings.ts';

const TIMEOUT_MS = 8_000;
/** Of a passage, and of what is searched for. */
const MOST_CHARACTERS = 6_000;
const MOST_ASKED = 2_000;

/**
 * Scores from 0 to 1 for each text, by a model that reads it together with the query. Speaks the protocol of Cohere, Jina,
 * Voyage, vLLM, and that of Text Embeddings Inference. Throws StepError.
 */
export async function rerank(
  http: HttpCapability,
  { connection, model, url }: RerankerSettings,
  { query: given, texts }: { query: string; texts: readonly string[] },
  signal: AbortSignal,
): Promise<number[]> {
  const query = given.slice(0, MOST_ASKED).toWellFormed();
  const address = endpointOf(url, '/rerank');
  const documents = texts.map((text) => text.slice(0, MOST_CHARACTERS));
  const ask = (body: object): Promise<HttpResponse> =>
    http.request(
      {
        method: 'POST',
        url: address,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        ...(connection !== null && { connectionId: connection }),
        ...{ timeoutMs: TIMEOUT_MS, quietMs: TIMEOUT_MS, followRedirects: false },
      },
      signal,
    );
  let response = await ask({ model, query, documents, top_n: documents.length });
  // Text Embeddings Inference knows them by another name, and says that this one is missing.
  if (response.status === 422 && /texts/.test(new TextDecoder().decode(response.body.subarray(0, 2000)))) {
    response = await ask({ query, texts: documents, truncate: true });
  }
  const { host } = new URL(address);
  const body = jsonOf(response);
  if (response.status !== 200) throw refusal(response, body, host);
  const scores = scoresOf(body, texts.length);
  if (scores) return scores;
  throw new StepError('RERANK_ANSWER', `What ${host} answered is no order of passages: check the address.`);
}

function jsonOf({ body }: HttpResponse): JsonValue {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as JsonValue;
  } catch {
    return null;
  }
}

function scoresOf(body: JsonValue, count: number): number[] | null {
  const list = isJsonObject(body) ? (body['results'] ?? body['data']) : body;
  if (!Array.isArray(list) || list.length !== count) return null;
  const scores = new Array<number>(count).fill(Number.NaN);
  for (const item of list) {
    if (!isJsonObject(item)) return null;
    const { index, relevance_score: relevance, score } = item;
    const value = relevance ?? score;
    if (typeof index !== 'number' || !(index in scores) || typeof value !== 'number') return null;
    scores[index] = value;
  }
  if (!scores.every(Number.isFinite)) return null;
  // Some give what comes before the last step of the model.
  const bounded = scores.every((score) => score >= 0 && score <= 1);
  return bounded ? scores : scores.map((score) => 1 / (1 + Math.exp(-score)));
}
