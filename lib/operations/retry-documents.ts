import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { type DocumentView, documentView } from './document-view.ts';
import { findProject } from './find-project.ts';

type At = { project: string; base: string };

/** Reads a document again, in the background. Throws `conflict` while it is being read. */
export async function retryDocument(
  app: App,
  principal: Principal,
  at: At & { document: string },
): Promise<DocumentView> {
  const { id } = await findProject(app, principal, at.project);
  const document = await repository(app.db, principal).documents.retry(id, at.base, at.document);
  app.events.publish(JOB_ADDED, null);
  return documentView(document);
}

/** Reads all documents of a base again that could not be read; answers how many. */
export async function retryFailed(app: App, principal: Principal, at: At): Promise<number> {
  const { id } = await findProject(app, principal, at.project);
  const count = await repository(app.db, principal).documents.retryFailed(id, at.base);
  if (count > 0) app.events.publish(JOB_ADDED, null);
  return count;
}
