import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import { SCHEMA_VERSION, type WorkflowDocument } from '#lib/workflow/document.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import type { App } from './app.ts';
import { parseDraft } from './draft-document.ts';
import { findProject } from './find-project.ts';
import { errorCount, type WorkflowView, workflowView } from './read-workflows.ts';

export interface CreateWorkflow {
  name: string;
  title?: string | undefined;
  document?: unknown;
}

/** Makes a workflow from a document, or with a start and an end. Throws `conflict` when the name is taken. */
export async function createWorkflow(
  app: App,
  principal: Principal,
  project: string,
  input: CreateWorkflow,
): Promise<WorkflowView> {
  const given = input.document === undefined ? emptyDocument(kinds) : parseDraft(input.document);
  const document = { ...given, name: input.name, title: input.title ?? (given.title || input.name) };
  const { id } = await findProject(app, principal, project);
  const { problems } = compile(document, kinds);
  const workflow = await repository(app.db, principal).workflows.create(id, {
    document,
    problems: errorCount(problems),
  });
  app.drafts.remember(workflow.id, workflow.revision, document);
  return workflowView(workflow);
}

/** The first kind that starts a workflow and the first that ends one, joined. */
function emptyDocument(all: ReadonlyMap<string, KindSpec>): WorkflowDocument {
  const list = [...all.values()];
  const node = (role: 'start' | 'end', x: number) => {
    const kind = list.find((candidate) => candidate.role === role);
    if (!kind) throw new Error(`There is no kind with the role ${role}.`);
    return {
      id: crypto.randomUUID(),
      key: kind.initialKey,
      kind: kind.type,
      config: structuredClone(kind.initial) as WorkflowDocument['nodes'][number]['config'],
      position: { x, y: 0 },
    };
  };
  const start = node('start', 0);
  const end = node('end', 360);
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'tool',
    name: 'workflow',
    title: '',
    description: '',
    nodes: [start, end],
    edges: [{ id: crypto.randomUUID(), from: { node: start.id, handle: 'out' }, to: { node: end.id } }],
    settings: {},
  };
}
