import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { answerLookUp } from '#lib/operations/look-up.ts';
import { randomOf } from './large-base.ts';

/** Gives each passage of a base a vector by chance: for the time of an exact search it is all the same which. */
export async function addVectors(
  database: Database,
  { baseId, url, dimensions }: { baseId: string; url: string; dimensions: number },
): Promise<void> {
  const { prisma } = database;
  const random = randomOf(13);
  const base = await prisma.knowledgeBase.findUniqueOrThrow({ where: { id: baseId } });
  const { organizationId, projectId } = base;
  const config = JSON.stringify({ kind: 'openai', url, model: 'test', dimensions });
  const index = await prisma.vectorIndex.create({ data: { organizationId, projectId, baseId, config } });
  const { vectorBlocks } = repository(database, { type: 'system' });
  for (const { id: versionId } of await prisma.documentVersion.findMany({ where: { baseId } })) {
    const count = await prisma.chunk.count({ where: { versionId } });
    await prisma.documentVersion.update({ where: { id: versionId }, data: { chunkCount: count } });
    const values = new Float32Array(count * dimensions);
    for (let at = 0; at < values.length; at++) values[at] = (random() - 0.5) / Math.sqrt(dimensions / 12);
    const block = { versionId, start: 0, count, data: new Uint8Array(values.buffer), hash: '' };
    await vectorBlocks.put(index.id, dimensions, block);
  }
  if (!(await vectorBlocks.serve(index.id))) throw new Error('Vectors are missing.');
}

/** ms of each look-up, sorted; the first, which loads the vectors, apart. */
export async function lookUpTimes(
  app: App,
  at: { projectId: string; base: string },
  questions: readonly string[],
  mode: 'text' | 'vectors' | 'hybrid',
): Promise<{ first: number; times: number[] }> {
  const once = async (text: string) => {
    const begun = performance.now();
    const found = await answerLookUp(app, { type: 'system' }, at, { text, topK: 5, mode });
    if (found.mode !== mode) throw new Error(found.warning ?? 'It was searched in another way.');
    return performance.now() - begun;
  };
  const [opening = '', ...rest] = questions;
  const first = await once(opening);
  const times: number[] = [];
  for (const question of rest) times.push(await once(question));
  return { first, times: times.sort((a, b) => a - b) };
}
