import type { ApiSource } from '#lib/db/api-sources.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { askApi, contentHash, type ImportedApi, textOf } from './api-source.ts';
import type { App } from './app.ts';

/** What becomes of a workflow that was made of an operation, when a newer description takes the place of the older. */
export interface PlannedUpdate {
  /** Of the operation. */
  id: string;
  workflow: string;
  name: string;
  /**
   * `same`: nothing to do. `update`: as it was made, so it is made again. `edited`: changed by hand meanwhile; somebody
   * decides. `gone`: the newer one has no such operation, or it cannot be called. `deleted`: the workflow is not there.
   */
  state: 'same' | 'update' | 'edited' | 'gone' | 'deleted';
}

export interface PlannedDocument extends PlannedUpdate {
  /** What the draft is to be; of `same`, `update` and `edited`. */
  document: WorkflowDocument | null;
  revision: number;
}

type Kept = ApiSource & { document: string };

/** What an update would do with each workflow that was imported. Changes nothing. */
export async function planUpdate(
  app: App,
  principal: Principal,
  { projectId, imported, newer }: { projectId: string; imported: ImportedApi; newer: Kept },
): Promise<PlannedDocument[]> {
  const made = await askApi(app, {
    type: 'documents',
    api: textOf(newer),
    wanted: Object.entries(imported.operations).map(([id, { choice }]) => ({
      id,
      choice,
      place: { base: baseOf(imported), connections: imported.connections },
    })),
  });
  const { workflows } = repository(app.db, principal);
  const planned: PlannedDocument[] = [];
  for (const one of made) {
    const { workflow: id, choice, hash } = imported.operations[one.id]!;
    const workflow = await workflows.get(projectId, id);
    const facts = { id: one.id, workflow: id, name: workflow?.name ?? choice.name ?? one.id };
    const revision = workflow?.revision ?? 0;
    if (!workflow) planned.push({ ...facts, state: 'deleted', document: null, revision });
    else if ('faults' in one) planned.push({ ...facts, state: 'gone', document: null, revision });
    else {
      const draft = workflow.document as WorkflowDocument;
      // The name in the list is the one it has now, also where somebody gave it another.
      const document = placed({ ...one.document, name: draft.name }, draft);
      const state =
        contentHash(document) === contentHash(draft)
          ? 'same'
          : contentHash({ ...draft, name: one.document.name }) === hash
            ? 'update'
            : 'edited';
      planned.push({ ...facts, state, document, revision });
    }
  }
  return planned;
}

/** What the path of an operation follows. */
export function baseOf({ env }: ImportedApi): string {
  return `{{ env.${env} }}`;
}

/** Nodes stay where somebody put them. */
function placed(document: WorkflowDocument, draft: WorkflowDocument): WorkflowDocument {
  const positions = new Map(draft.nodes.map(({ id, position }) => [id, position]));
  return {
    ...document,
    nodes: document.nodes.map((node) => ({ ...node, position: positions.get(node.id) ?? node.position })),
  };
}
