import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findSource, type SourcePlace } from './read-sources.ts';
import { removeDocuments } from './remove-documents.ts';
import { mayEdit } from './roles.ts';
import { SOURCE_ENDED } from './source-job.ts';

/** Forgets a source; its documents stay as if they had been uploaded, or go with it. A run of it ends. */
export async function deleteSource(
  app: App,
  principal: Principal,
  { documents: what, ...at }: SourcePlace & { documents: 'keep' | 'remove' },
): Promise<void> {
  mayEdit(principal, 'delete sources');
  const { projectId, source } = await findSource(app, principal, at);
  const { knowledgeSources, documents } = repository(app.db, principal);
  for (;;) {
    const isGone = await knowledgeSources.remove(projectId, source.baseId, source.id, {
      keep: what === 'keep',
    });
    app.events.publish(SOURCE_ENDED, source.id);
    if (isGone) return;
    const left = await documents.ofSource(projectId, source.baseId, source.id);
    await removeDocuments(
      app,
      principal,
      at,
      left.map(({ id }) => id),
    );
  }
}
