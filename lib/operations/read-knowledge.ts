import { AppError } from '#lib/db/app-error.ts';
import type { KnowledgeBase, KnowledgeDocument } from '#lib/db/knowledge.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { KnowledgeHit } from '#lib/engine/capabilities.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { documentUri } from './offered.ts';

export interface BaseView {
  id: string;
  name: string;
  /** Its documents are resources of the MCP server. */
  offered: boolean;
  documentCount: number;
  chunkCount: number;
  updatedAt: string;
}

export interface DocumentView {
  id: string;
  name: string;
  mimeType: string;
  bytes: number;
  status: KnowledgeDocument['status'];
  error: string | null;
  chunkCount: number;
  createdAt: string;
}

type At = { project: string; base: string };

/** Knowledge bases of a project, by name. */
export async function listBases(app: App, principal: Principal, slug: string): Promise<BaseView[]> {
  const { id } = await findProject(app, principal, slug);
  return (await repository(app.db, principal).knowledge.list(id)).map(baseView);
}

export async function getBase(app: App, principal: Principal, at: At): Promise<BaseView> {
  return baseView((await findBase(app, principal, at)).base);
}

/** Documents of a knowledge base and how far they are, newest first. */
export async function listDocuments(app: App, principal: Principal, at: At): Promise<DocumentView[]> {
  const { projectId, base } = await findBase(app, principal, at);
  return (await repository(app.db, principal).knowledge.documents(projectId, base.id)).map(documentView);
}

/** What the look-up node would find. */
export async function searchKnowledge(
  app: App,
  principal: Principal,
  at: At,
  query: { text: string; topK: number },
): Promise<KnowledgeHit[]> {
  const { projectId, base } = await findBase(app, principal, at);
  const hits = await repository(app.db, principal).knowledge.search(projectId, base.id, query);
  return hits.map((hit, passage) => ({
    ...hit,
    title: hit.document,
    uri: documentUri(base.name, hit.document),
    page: null,
    passage,
  }));
}

/** Throws `not_found`, also for a base of another project. */
export async function findBase(
  app: App,
  principal: Principal,
  at: At,
): Promise<{ projectId: string; base: KnowledgeBase }> {
  const { id: projectId } = await findProject(app, principal, at.project);
  const base = await repository(app.db, principal).knowledge.get(projectId, at.base);
  if (!base) throw new AppError('not_found', 'There is no such knowledge base.');
  return { projectId, base };
}

export function baseView({ updatedAt, ...base }: KnowledgeBase): BaseView {
  return { ...base, updatedAt: updatedAt.toISOString() };
}

export function documentView(document: KnowledgeDocument): DocumentView {
  const { id, name, mimeType, bytes, status, error, chunkCount, createdAt } = document;
  return { id, name, mimeType, bytes, status, error, chunkCount, createdAt: createdAt.toISOString() };
}
