import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { DraftConflict } from '#lib/db/workflows.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import type { App } from './app.ts';
import { documentChanges } from './document-changes.ts';
import { parseDraft } from './draft-document.ts';
import { findProject } from './find-project.ts';
import { errorCount } from './read-workflows.ts';
import { tellEditors } from './workflow-news.ts';

export interface SaveDraft {
  project: string;
  workflow: string;
  /** The revision the document was made from. */
  revision: number;
  document: unknown;
}

export interface SavedDraft {
  revision: number;
  savedAt: string;
  problems: Problem[];
  contract: Contract | null;
}

/**
 * Saves a draft; it may have problems. Throws `conflict` when somebody saved since `revision`, with what they saved
 * and what they did in `details`.
 */
export async function saveDraft(app: App, principal: Principal, input: SaveDraft): Promise<SavedDraft> {
  const document = parseDraft(input.document);
  const { id, env } = await findProject(app, principal, input.project);
  const { problems, contract } = compile(document, kinds, { env: Object.keys(env) });
  const saved = await repository(app.db, principal).workflows.saveDraft(id, input.workflow, {
    document,
    revision: input.revision,
    problems: errorCount(problems),
  });
  if (!saved.saved) throw draftConflict(app, input, saved.current);
  app.drafts.remember(input.workflow, saved.revision, document);
  tellEditors(app, principal, input.workflow, 'saved');
  return { revision: saved.revision, savedAt: saved.savedAt.toISOString(), problems, contract };
}

/** "Ada renamed fetch_order to get_order, added an HTTP request." */
export function draftConflict(
  app: App,
  base: { workflow: string; revision: number },
  current: DraftConflict,
): AppError {
  const theirs = current.document as WorkflowDocument;
  const before = app.drafts.recall(base.workflow, base.revision);
  const changed = before ? documentChanges(before, theirs, kinds) : [];
  const who = current.savedBy ?? 'Somebody else';
  const did = changed.length > 0 ? changed.slice(0, 6).join(', ') : 'saved this workflow';
  const more = changed.length > 6 ? ` and ${changed.length - 6} more changes` : '';
  return new AppError('conflict', `${who} ${did}${more} since you opened it.`, {
    current: {
      revision: current.revision,
      document: theirs,
      savedBy: current.savedBy,
      savedAt: current.savedAt.toISOString(),
    },
    changed,
  });
}
