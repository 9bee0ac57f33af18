import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { addPassages } from '#test/support/passages.ts';
import { makeTeam, type Team } from './team.ts';

const WORDS = ['river', 'stone', 'rivers', 'ERR-12', 'Garantie', 'the', '返品', "l'eau", 'getUserById', 'a'];

const passage = fc.record({
  headings: fc.array(fc.constantFrom(...WORDS), { maxLength: 2 }),
  text: fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(' ')),
});

const step = fc.record({
  document: fc.integer({ min: 0, max: 3 }),
  /** Null: the document goes away. */
  passages: fc.option(fc.array(passage, { maxLength: 4 }), { freq: 3 }),
});

describe.each(DATABASES)('the index on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  let bases = 0;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  /** What the base counts, and the same counted anew from the passages that are searched. */
  async function counted(
    baseId: string,
  ): Promise<{ kept: Record<string, number>; anew: Record<string, number> }> {
    const rows = await database.prisma.knowledgeTerm.findMany({ where: { baseId } });
    const kept = Object.fromEntries(rows.map(({ term, chunks }) => [term, chunks]));
    const documents = await database.prisma.document.findMany({ where: { baseId } });
    const live = documents.map(({ liveVersionId }) => liveVersionId).filter((id) => id !== null);
    const chunks = await database.prisma.chunk.findMany({
      where: { versionId: { in: live } },
      include: { version: true },
    });
    const anew: Record<string, number> = {};
    const count = (term: string, by = 1) => {
      anew[term] = (anew[term] ?? 0) + by;
    };
    for (const { terms, headingTerms, length, version } of chunks) {
      for (const term of new Set(`${terms} ${headingTerms}`.split(' ').filter((one) => one !== '')))
        count(term);
      count(' chunks');
      if (length > 0) count(' length', length);
      if (version.language) count(` language ${version.language}`);
    }
    return { kept, anew };
  }

  async function rowsOfIndex(): Promise<number> {
    const [row] = await database.prisma.$queryRawUnsafe<{ rows: number | bigint }[]>(
      'SELECT count(*) AS "rows" FROM chunk_search',
    );
    return Number(row!.rows);
  }

  it('counts what a recount counts, whatever is added, replaced and deleted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        bases += 1;
        const { projectId, repo } = team;
        const { id: baseId } = await repo.knowledge.create(projectId, { name: `Base ${bases}` });
        const there = new Map<number, string>();
        for (const [index, { document, passages }] of steps.entries()) {
          if (passages !== null) {
            // Each time other bytes: the same would be no new version.
            const chunks = [...passages, { headings: [], text: `step ${index}` }];
            const at = { projectId, baseId };
            const added = await addPassages(database, repo, at, { name: `${document}.md` }, chunks);
            there.set(document, added.documentId);
          } else if (there.has(document)) {
            await repo.documents.remove(projectId, baseId, [there.get(document)!]);
            there.delete(document);
          }
          const { kept, anew } = await counted(baseId);
          expect(kept).toEqual(anew);
        }
        expect(await rowsOfIndex()).toBe(await database.prisma.chunk.count({ where: { baseId } }));
        await repo.knowledge.remove(projectId, baseId);
        expect(await rowsOfIndex()).toBe(0);
        expect(await database.prisma.knowledgeTerm.count({ where: { baseId } })).toBe(0);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('is changed by two at once', async () => {
    const { projectId, repo } = team;
    const { id: baseId } = await repo.knowledge.create(projectId, { name: 'Two' });
    const many = (seed: number) =>
      Array.from({ length: 150 }, (_, index) => ({
        headings: [`Part ${index}`],
        text: WORDS.map((word, place) => `${word}${(index * seed + place) % 40}`).join(' '),
      }));
    for (const round of [1, 2]) {
      await Promise.all(
        [3, 7].map((seed) =>
          addPassages(database, repo, { projectId, baseId }, { name: `${seed}.md` }, many(seed * round)),
        ),
      );
    }

    const { kept, anew } = await counted(baseId);
    expect(kept).toEqual(anew);
    expect(kept[' chunks']).toBe(300);
  });

  it('lets go of the passages of a project that is deleted', async () => {
    const before = await rowsOfIndex();
    const { id: projectId } = await team.repo.projects.create({ slug: 'doomed', name: 'Doomed' });
    const { id: baseId } = await team.repo.knowledge.create(projectId, { name: 'Base' });
    const passages = [{ headings: [], text: 'a river' }];
    await addPassages(database, team.repo, { projectId, baseId }, { name: 'a.md' }, passages);
    expect(await rowsOfIndex()).toBe(before + 1);

    await team.repo.projects.remove(projectId);
    expect(await rowsOfIndex()).toBe(before);
  });

  it('takes in a document of thousands of passages, and lets it go', async () => {
    const { projectId, repo } = team;
    const { id: baseId } = await repo.knowledge.create(projectId, { name: 'Long' });
    const passages = Array.from({ length: 3000 }, (_, index) => ({
      headings: [`Part ${index % 7}`],
      text: WORDS.map((word, place) => `${word}${(index * 13 + place) % 900}`).join(' '),
    }));
    const at = { projectId, baseId };
    const { documentId } = await addPassages(database, repo, at, { name: 'long.md' }, passages);
    expect((await counted(baseId)).kept[' chunks']).toBe(3000);

    // Some at a time, and the index is right whenever somebody looks.
    const seen = new Set<number>();
    const removing = repo.documents.remove(projectId, baseId, [documentId]);
    while (!seen.has(0)) {
      seen.add(
        await database.transaction(async (tx) => {
          const chunks = await tx.chunk.count({ where: { baseId } });
          const kept = await tx.knowledgeTerm.findFirst({ where: { baseId, term: ' chunks' } });
          const version = await tx.documentVersion.findFirst({ where: { baseId } });
          const told = { kept: kept?.chunks ?? 0, told: version?.chunkCount ?? 0 };
          // On PostgreSQL something may be stored between the looks.
          if (database.provider === 'sqlite') expect(told).toEqual({ kept: chunks, told: chunks });
          return chunks;
        }),
      );
    }
    expect(seen.size).toBeGreaterThan(2);
    expect((await removing).removed).toEqual([documentId]);
    expect(await counted(baseId)).toEqual({ kept: {}, anew: {} });
  });
});
