import { AppError } from '#lib/db/app-error.ts';
import type { KnowledgeBase } from '#lib/db/knowledge.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { LookUpQuery } from '#lib/engine/capabilities.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { answerLookUp, type LookUpAnswer } from './look-up.ts';

export interface BaseView {
  id: string;
  name: string;
  /** Its documents are resources of the MCP server. */
  offered: boolean;
  /** Of its documents: auto, or a code of ISO 639-1. */
  language: string;
  /** Characters of a passage, about. */
  chunkSize: number;
  /** Characters that a passage repeats of the one before it, at most. */
  chunkOverlap: number;
  documentCount: number;
  /** Of these: those whose newest version is not read yet, and those whose cannot be. */
  pendingCount: number;
  failedCount: number;
  chunkCount: number;
  /** Of the files. */
  bytes: number;
  sourceCount: number;
  questionCount: number;
  /** Whose vectors are searched beside the full text. */
  model: string | null;
  updatedAt: string;
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

/** What the look-up node would find. */
export async function searchKnowledge(
  app: App,
  principal: Principal,
  at: At,
  query: LookUpQuery,
  signal: AbortSignal,
): Promise<LookUpAnswer> {
  const { projectId, base } = await findBase(app, principal, at);
  return answerLookUp(app, principal, { projectId, base: base.id }, query, signal);
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
