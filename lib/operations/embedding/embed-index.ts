import { sha256 } from '#lib/db/check.ts';
import { repository } from '#lib/db/repository.ts';
import { BLOCK_CHUNKS, type ChunkText, type StoredIndex } from '#lib/db/vector-blocks.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from '../app.ts';
import { type EmbeddingModel, embedTexts, storedModel } from './embedder.ts';

/**
 * Makes the vectors that an index lacks of a version, block by block: what is there already, and was made of the same
 * texts, is left alone, and so is what a text shares with the version before. `told`: of how many chunks there are
 * vectors. False when index or version is gone. Throws what the model throws.
 */
export async function embedIndex(
  app: App,
  index: StoredIndex,
  versionId: string,
  { signal, told = () => {} }: { signal: AbortSignal; told?: (chunks: number) => void },
): Promise<boolean> {
  const { vectorBlocks } = repository(app.db, { type: 'system' });
  const version = await vectorBlocks.version(versionId);
  if (!version) return false;
  const model = storedModel(index);
  const before = version.before === null ? null : await vectorsBefore(app, index, version.before);
  for (let start = 0; start < version.chunks; start += BLOCK_CHUNKS) {
    signal.throwIfAborted();
    const texts = (await vectorBlocks.texts(versionId, start, BLOCK_CHUNKS)).map(embedded);
    const count = texts.length;
    const hash = sha256(JSON.stringify(texts));
    if ((await vectorBlocks.hashOf(index.id, { versionId, start })) !== hash) {
      const vectors = await vectorsOf(app, model, texts, { before, signal });
      const dimensions = vectors[0]?.length ?? 0;
      if (vectors.some((vector) => vector.length !== dimensions)) throw otherLength();
      const block = { versionId, start, count, data: bytesOf(vectors), hash };
      if (!(await vectorBlocks.put(index.id, dimensions, block))) {
        const present = await vectorBlocks.index(index.id);
        if (present && present.dimensions !== dimensions) throw otherLength();
        return false;
      }
    }
    told(start + count);
  }
  await vectorBlocks.cut(index.id, versionId, version.chunks);
  return true;
}

/** The text that stands for a chunk: with the headings above it, as they say what it is about. */
function embedded({ headings, text }: Pick<ChunkText, 'headings' | 'text'>): string {
  return headings.length === 0 ? text : `${headings.join(' > ')}\n\n${text}`;
}

/** Finds the vector of a text that the version before had too. */
type Before = (hashes: readonly string[]) => Promise<Map<string, Float32Array>>;

async function vectorsBefore(app: App, { id }: StoredIndex, versionId: string): Promise<Before> {
  const { vectorBlocks } = repository(app.db, { type: 'system' });
  const places = new Map<string, { start: number; row: number }>();
  for (let start = 0; ; start += BLOCK_CHUNKS) {
    const texts = await vectorBlocks.texts(versionId, start, BLOCK_CHUNKS);
    for (const [row, text] of texts.entries()) places.set(sha256(embedded(text)), { start, row });
    if (texts.length < BLOCK_CHUNKS) break;
  }
  return async (hashes) => {
    const found = new Map<string, Float32Array>();
    const wanted = hashes.flatMap((hash) => {
      const place = places.get(hash);
      return place ? [{ hash, ...place }] : [];
    });
    for (const [start, some] of Map.groupBy(wanted, (place) => place.start)) {
      const [block] = await vectorBlocks.read(id, [{ versionId, start }]);
      if (!block) continue;
      const values = new Float32Array(new Uint8Array(block.data).buffer);
      const length = values.length / block.count;
      for (const { hash, row } of some) {
        if (row < block.count) found.set(hash, values.slice(row * length, (row + 1) * length));
      }
    }
    return found;
  };
}

/** In the order of the texts. A text that stands there twice is asked for once. */
async function vectorsOf(
  app: App,
  model: EmbeddingModel,
  texts: readonly string[],
  { before, signal }: { before: Before | null; signal: AbortSignal },
): Promise<Float32Array[]> {
  const hashes = texts.map(sha256);
  const known = (await before?.(hashes)) ?? new Map<string, Float32Array>();
  const missing = new Map<string, string>();
  for (const [place, hash] of hashes.entries()) if (!known.has(hash)) missing.set(hash, texts[place]!);
  const made = await embedTexts(app, model, [...missing.values()], { use: 'passage', signal });
  for (const [place, hash] of [...missing.keys()].entries()) known.set(hash, made[place]!);
  return hashes.map((hash) => known.get(hash)!);
}

/** float32, little-endian, as on all machines that this runs on. */
function bytesOf(vectors: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const length = vectors[0]?.length ?? 0;
  const values = new Float32Array(vectors.length * length);
  for (const [place, vector] of vectors.entries()) values.set(vector, place * length);
  return new Uint8Array(values.buffer);
}

function otherLength(): StepError {
  return new StepError(
    'EMBEDDING_ANSWER',
    'The model makes vectors of another length than before. Choose it again, so that all are made anew.',
  );
}
