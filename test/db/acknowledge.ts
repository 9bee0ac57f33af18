import { openDatabase } from '#lib/db/client.ts';
import { contractOf, documentOf, makeTeam, runOf, systemOf } from './team.ts';

/**
 * Writes without end and says each time what has been stored: `kind id value`. The test that started it kills it,
 * and looks whether all it said is there.
 */
const [url, round] = process.argv.slice(2);
const database = await openDatabase(url ?? '');
const system = systemOf(database);
const team = await makeTeam(database, `round${round}`);
const { repo, projectId } = team;
const say = (kind: string, id: string, value: string | number) =>
  process.stdout.write(`${kind} ${id} ${value}\n`);

async function saveAndPublish(name: string): Promise<void> {
  const { id } = await repo.workflows.create(projectId, { document: documentOf(name) });
  for (let revision = 1; ; ) {
    const saved = await repo.workflows.saveDraft(projectId, id, {
      revision,
      document: documentOf(name, `title ${revision}`),
    });
    if (!saved.saved) throw new Error('Nobody else saves.');
    revision = saved.revision;
    say('draft', id, revision);
    const published = await repo.releases.publish(projectId, id, { revision, contract: contractOf(name) });
    if (published.published) say('version', published.versionId, published.release);
  }
}

async function makeKeys(): Promise<void> {
  for (let number = 0; ; number += 1) {
    const id = `${round}k${number}`.padEnd(12, 'x');
    await repo.keys.create(projectId, { id, hash: 'h'.repeat(43), preview: 'pbk_', name: String(number) });
    say('key', id, number);
  }
}

async function makeJobsAndRuns(): Promise<void> {
  for (let number = 0; ; number += 1) {
    say('job', await system.jobs.enqueue('test', { number }), number);
    const run = runOf(team);
    await system.runs.insertBatch([run]);
    say('run', run.id, number);
  }
}

// Several at once, so that transactions and plain writes interleave.
await Promise.all([saveAndPublish('left'), saveAndPublish('right'), makeKeys(), makeJobsAndRuns()]);
