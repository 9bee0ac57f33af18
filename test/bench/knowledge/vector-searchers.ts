import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { embedIndex } from '#lib/operations/embedding/embed-index.ts';
import { answerLookUp } from '#lib/operations/look-up.ts';
import { makeTeam } from '#test/db/team.ts';
import { addPassages } from '#test/support/passages.ts';
import type { Corpus, Searcher } from './quality.ts';

/**
 * Look-ups in a base that is filled with the corpus, by vectors alone and by both. `url`: of the test embedder, whose
 * table of words that mean the same was written for questions such as these: what it adds shows that the parts work
 * together, and not what a trained model adds.
 */
export async function vectorSearchers(
  name: string,
  app: App,
  corpus: Corpus,
  url: string,
): Promise<Searcher[]> {
  const team = await makeTeam(app.db, `vectors-${crypto.randomUUID().slice(0, 8)}`);
  const { organizationId, projectId } = team;
  const { id: base } = await team.repo.knowledge.create(projectId, { name: 'Corpus' });
  for (const { name: file, document } of corpus) {
    await addPassages(app.db, team.repo, { projectId, baseId: base }, { name: file }, document.sections);
  }
  const config = JSON.stringify({ kind: 'openai', url, model: 'test', dimensions: 512 });
  const { id } = await app.db.prisma.vectorIndex.create({
    data: { organizationId, projectId, baseId: base, config },
  });
  const { vectorBlocks } = repository(app.db, { type: 'system' });
  const { signal } = new AbortController();
  for (const version of await vectorBlocks.missing(id)) {
    await embedIndex(app, (await vectorBlocks.index(id))!, version, { signal });
  }
  if (!(await vectorBlocks.serve(id))) throw new Error('Vectors are missing.');
  return (['vectors', 'hybrid'] as const).map((mode) => ({
    name: `${name}, ${mode}`,
    async search(text) {
      const found = await answerLookUp(
        app,
        { type: 'system' },
        { projectId, base },
        { text, topK: 10, mode },
      );
      if (found.mode !== mode) throw new Error(found.warning ?? 'It was searched in another way.');
      return found.hits.map(({ document, headings }) => `${document}#${headings.at(-1)}`);
    },
  }));
}
