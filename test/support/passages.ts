import { sha256 } from '#lib/db/check.ts';
import type { Database } from '#lib/db/client.ts';
import { settingsOf } from '#lib/db/document-rows.ts';
import { type Repository, repository } from '#lib/db/repository.ts';
import { analyseChunks } from '#lib/knowledge/analyse.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Puts a document into a base that is searched with these passages, as if a file had been read. */
export async function addPassages(
  database: Database,
  repo: Repository,
  { projectId, baseId }: { projectId: string; baseId: string },
  { name, metadata }: { name: string; metadata?: JsonObject },
  chunks: readonly { headings: string[]; text: string; page?: number }[],
): Promise<{ documentId: string; versionId: string }> {
  const { document } = await repo.documents.put(projectId, baseId, {
    path: name,
    name,
    mimeType: 'text/markdown',
    bytes: 1,
    hash: sha256(JSON.stringify(chunks)),
    storageKey: name,
    ...(metadata && { metadata }),
  });
  const { prisma } = database;
  const version = await prisma.documentVersion.findFirstOrThrow({
    where: { documentId: document.id },
    orderBy: { number: 'desc' },
  });
  const where = { payload: JSON.stringify({ versionId: version.id }), state: 'queued' };
  const job = await prisma.job.findFirstOrThrow({ where });
  await prisma.job.update({ where: { id: job.id }, data: { state: 'running' } });
  const base = await prisma.knowledgeBase.findUniqueOrThrow({ where: { id: baseId } });
  const { ingestion } = repository(database, { type: 'system' });
  const settings = settingsOf(base);
  const { language, chunks: analysed } = analyseChunks(chunks, settings.language);
  const live = await ingestion.setLive(
    job,
    version.id,
    { settings, language },
    chunks.map((chunk, index) => ({ ...chunk, ...analysed[index]! })),
  );
  if (live === null || live === 'stale') throw new Error('The passages are not searched.');
  await prisma.job.delete({ where: { id: job.id } });
  return { documentId: document.id, versionId: version.id };
}
