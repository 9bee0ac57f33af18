import type { HttpCapability, HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { retryAfterMs } from '#lib/engine/retry-after.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';

const MiB = 1024 * 1024;
const MOST_BYTES = 20 * MiB;

/** An address that speaks OpenAI's protocol for embeddings. */
interface EmbeddingAddress {
  /** Whole. */
  url: string;
  connectionId: string | null;
  model: string;
  dimensions: number | undefined;
}

/**
 * One request. Answers a vector of length 1 for each text. Throws StepError `EMBEDDING_ERROR` (`transient` where it may
 * go better later; `details.status`), `EMBEDDING_ANSWER` for an answer that is none, and what the egress throws.
 */
export async function requestEmbeddings(
  http: HttpCapability,
  address: EmbeddingAddress,
  texts: readonly string[],
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Float32Array[]> {
  const { url, connectionId, model, dimensions } = address;
  const response = await http.request(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        model,
        input: texts,
        encoding_format: 'float',
        ...(dimensions !== undefined && { dimensions }),
      }),
      ...(connectionId !== null && { connectionId }),
      ...{ timeoutMs, quietMs: timeoutMs, maxBytes: MOST_BYTES, followRedirects: false },
    },
    signal,
  );
  const body = bodyOf(response);
  const { host } = new URL(url);
  if (response.status !== 200) throw refusal(response, body, host);
  return vectorsOf(body, { host, model, dimensions, count: texts.length });
}

function bodyOf({ body }: HttpResponse): JsonValue {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as JsonValue;
  } catch {
    return null;
  }
}

/** What went wrong in words, of which those of the other side are shortened. */
export function refusal({ status, headers }: HttpResponse, body: JsonValue, host: string): StepError {
  const said = saidOf(body);
  const details: JsonObject = { status };
  if (status === 401 || status === 403) {
    return new StepError(
      'EMBEDDING_ERROR',
      `${host} did not accept the key (${status}): check the connection.`,
      {
        details,
      },
    );
  }
  if (status === 429 || status >= 500) {
    const words = status === 429 ? 'takes no more requests for the moment' : 'is in trouble';
    return new StepError('EMBEDDING_ERROR', `${host} ${words} (${status}).`, {
      // An account without credit says 429 too; waiting does not help it.
      transient: !/insufficient_quota/.test(said.code),
      retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
      details,
    });
  }
  const hint = status === 404 ? ' Check the address and the name of the model.' : '';
  const words = said.message === '' ? '.' : `: ${oneLine(said.message, 300)}`;
  return new StepError('EMBEDDING_ERROR', `${host} answered ${status}${words}${hint}`, { details });
}

function saidOf(body: JsonValue): { message: string; code: string } {
  if (!isJsonObject(body)) return { message: '', code: '' };
  const error = body['error'] ?? body['detail'] ?? body['message'];
  if (typeof error === 'string') return { message: error, code: '' };
  if (!isJsonObject(error)) return { message: '', code: '' };
  const { message, code } = error;
  return {
    message: typeof message === 'string' ? message : '',
    code: typeof code === 'string' ? code : '',
  };
}

function vectorsOf(
  body: JsonValue,
  {
    host,
    model,
    dimensions,
    count,
  }: { host: string; model: string; dimensions: number | undefined; count: number },
): Float32Array[] {
  const wrong = (what: string) =>
    new StepError('EMBEDDING_ANSWER', `What ${host} answered for "${oneLine(model, 100)}" ${what}.`);
  const data = isJsonObject(body) ? body['data'] : null;
  if (!Array.isArray(data)) throw wrong('is no list of embeddings: check the address');
  if (data.length !== count) throw wrong(`has ${data.length} embeddings for ${count} texts`);
  const vectors = new Array<Float32Array | undefined>(count);
  for (const [place, item] of data.entries()) {
    const { index = place, embedding } = isJsonObject(item) ? item : {};
    if (typeof index !== 'number' || !(index in data) || vectors[index] || !Array.isArray(embedding)) {
      throw wrong('is no list of embeddings: check the address');
    }
    vectors[index] = normalized(embedding) ?? undefined;
    if (!vectors[index]) throw wrong('has values that are no numbers');
  }
  const length = vectors[0]!.length;
  if (vectors.some((vector) => vector?.length !== length)) throw wrong('has vectors of several lengths');
  if (dimensions !== undefined && length !== dimensions) {
    throw wrong(`has vectors of ${length} values where ${dimensions} were asked for`);
  }
  return vectors as Float32Array[];
}

/** Of length 1; null for what is no vector. One that is all zeros stays so, and is like nothing. */
function normalized(values: ArrayLike<unknown>): Float32Array | null {
  if (values.length === 0 || values.length > 4096) return null;
  const vector = new Float32Array(values.length);
  let sum = 0;
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    if (typeof value !== 'number' || !Number.isFinite(value)) return null;
    vector[place] = value;
    sum += value * value;
  }
  if (!Number.isFinite(sum)) return null;
  const length = Math.sqrt(sum);
  if (length > 0)
    for (let place = 0; place < vector.length; place++) vector[place] = (values[place] as number) / length;
  return vector;
}
