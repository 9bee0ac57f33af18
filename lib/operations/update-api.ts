import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { OperationChoice } from '#lib/openapi/api.ts';
import { compile } from '#lib/workflow/compile.ts';
import {
  asJson,
  askApi,
  contentHash,
  findImported,
  findSource,
  importedOf,
  sourceView,
  textOf,
} from './api-source.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { baseAddress, type ImportedApiView, makeWorkflows } from './import-api.ts';
import { type PlannedUpdate, planUpdate } from './plan-api-update.ts';
import { errorCount } from './read-workflows.ts';
import { mayEdit } from './roles.ts';
import { tellEditors } from './workflow-news.ts';

export interface UpdateApi {
  /** Id of the newer description, which was read. */
  newer: string;
  /** Left out: as it was. */
  base?: string | undefined;
  /** Ids of operations whose drafts were edited by hand, and are to be made again all the same. */
  overwrite: string[];
  /** Operations that are to be imported besides. */
  operations: { id: string; choice: OperationChoice }[];
}

export interface UpdatedApiView extends ImportedApiView {
  /** What became of each workflow that was there; `kept`: edited by hand, or by somebody just now. */
  imported: (Omit<PlannedUpdate, 'state'> & { state: 'same' | 'updated' | 'kept' | 'gone' | 'deleted' })[];
}

/**
 * Puts a newer description in the place of an older one. Drafts that are as they were imported are made again; nothing
 * is published, and no workflow is deleted.
 */
export async function updateApi(
  app: App,
  principal: Principal,
  at: { project: string; source: string },
  { newer: newerId, base, overwrite, operations }: UpdateApi,
): Promise<UpdatedApiView> {
  const project = await findProject(app, principal, at.project);
  mayEdit(principal, 'update an API');
  const earlier = await findImported(app, principal, project.id, at.source);
  const newer = await findSource(app, principal, project.id, newerId);
  const read = await askApi(app, { type: 'read', api: textOf(newer) });
  const before = importedOf(earlier);
  // First of all what can be refused as a whole.
  const { imported, ...made } = await makeWorkflows(app, principal, {
    project,
    source: newer,
    read,
    imported: before,
    base: base === undefined ? (project.env[before.env] ?? before.base) : baseAddress(base),
    operations: operations.filter(({ id }) => !(id in before.operations)),
  });
  const planned = await planUpdate(app, principal, {
    projectId: project.id,
    // Those that were just added are as they should be.
    imported: { ...imported, operations: before.operations },
    newer,
  });
  const { workflows } = repository(app.db, principal);
  const done: UpdatedApiView['imported'] = [];
  for (const { document, revision, ...line } of planned) {
    const { id, workflow, state } = line;
    const entry = imported.operations[id]!;
    if (state === 'deleted') {
      delete imported.operations[id];
      done.push({ ...line, state });
      continue;
    }
    if (
      !document ||
      state === 'gone' ||
      state === 'same' ||
      (state === 'edited' && !overwrite.includes(id))
    ) {
      done.push({ ...line, state: state === 'gone' || state === 'same' ? state : 'kept' });
      continue;
    }
    const { problems } = compile(document, kinds, { env: Object.keys(project.env) });
    const saved = await workflows.saveDraft(project.id, workflow, {
      document,
      revision,
      problems: errorCount(problems),
    });
    if (saved.saved) {
      app.drafts.remember(workflow, saved.revision, document);
      tellEditors(app, principal, workflow, 'saved');
      imported.operations[id] = {
        ...entry,
        hash: contentHash({ ...document, name: entry.choice.name ?? document.name }),
      };
    }
    done.push({ ...line, state: saved.saved ? 'updated' : 'kept' });
  }
  const recorded = await repository(app.db, principal).apiSources.record(project.id, earlier.id, {
    choices: asJson(imported),
    newer: newer.id,
  });
  return { source: sourceView(recorded, {}), ...made, imported: done };
}
