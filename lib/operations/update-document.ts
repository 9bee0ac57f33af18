import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { type DocumentView, documentView } from './document-view.ts';
import { OFFERED_CHANGED } from './offered.ts';
import { documentName } from './put-document.ts';
import { findBase } from './read-knowledge.ts';

/** Changes the name or the metadata of a document; neither is read again for it. */
export async function updateDocument(
  app: App,
  principal: Principal,
  at: { project: string; base: string; document: string },
  patch: { name?: string | undefined; metadata?: JsonObject | undefined },
): Promise<DocumentView> {
  const { projectId, base } = await findBase(app, principal, at);
  const document = await repository(app.db, principal).documents.update(projectId, base.id, at.document, {
    ...(patch.name !== undefined && { name: documentName(patch.name) }),
    ...(patch.metadata && { metadata: patch.metadata }),
  });
  if (base.offered && patch.name !== undefined) app.events.publish(OFFERED_CHANGED, { projectId });
  return documentView(document);
}
