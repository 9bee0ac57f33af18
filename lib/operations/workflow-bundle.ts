import * as z from 'zod';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';
import type { App } from './app.ts';
import { draftFaults } from './draft-document.ts';
import type { AddedContent } from './fill-project.ts';
import { connectionSlot, replaceReferences } from './project-folder.ts';
import { structuralFaults } from './structural-faults.ts';

/** Of a workflow: the draft, or what is live. */
export type Which = 'draft' | 'published';

/** A workflow to pass on, with those it calls; connections and knowledge bases are empty places by name. */
export interface WorkflowBundle {
  patchbay: 'workflow';
  schemaVersion: 1;
  /** The one it is about comes first. */
  workflows: { name: string; document: WorkflowDocument }[];
  connections: z.output<typeof connectionSlot>[];
  knowledge: { name: string }[];
}

const MOST_WORKFLOWS = 50;

const file = z.strictObject({
  patchbay: z.literal('workflow', 'this is no workflow of Patchbay'),
  schemaVersion: z.literal(1, 'this file was written by a newer version'),
  workflows: z
    .array(z.strictObject({ name: z.string().regex(WORKFLOW_NAME), document: z.unknown() }))
    .min(1)
    .max(MOST_WORKFLOWS),
  connections: z.array(connectionSlot).max(50).default([]),
  knowledge: z
    .array(z.strictObject({ name: z.string().min(1).max(120) }))
    .max(50)
    .default([]),
});

/**
 * A workflow as it is passed on: no secrets, no documents, no ids of this project. Throws `conflict` for what is
 * published where nothing is.
 */
export async function bundleOf(
  app: App,
  principal: Principal,
  project: Project,
  { workflow, which }: { workflow: string; which: Which },
): Promise<WorkflowBundle> {
  const repo = repository(app.db, principal);
  const names = new Map((await repo.workflows.list(project.id)).map(({ id, name }) => [id, name]));
  const connections = new Map((await repo.connections.list(project.id)).map((one) => [one.id, one]));
  const bases = new Map((await repo.knowledge.list(project.id)).map(({ id, name }) => [id, name]));
  const used = { connections: new Set<string>(), bases: new Set<string>() };
  const found: WorkflowBundle['workflows'] = [];
  const wanted = [workflow];
  for (const id of wanted) {
    const read = await repo.workflows.get(project.id, id);
    if (!read) throw new AppError('not_found', 'There is no such workflow.');
    if (found.length >= MOST_WORKFLOWS)
      throw new AppError('conflict', `It calls more than ${MOST_WORKFLOWS} workflows, one through another.`);
    const document = replaceReferences(await documentOf(read, id), kinds, {
      connection: (value) => noted(value, connections.get(value)?.name, used.connections),
      'knowledge-base': (value) => noted(value, bases.get(value), used.bases),
      workflow: (value) => {
        const name = names.get(value);
        if (name !== undefined && !wanted.includes(value)) wanted.push(value);
        return name ?? '';
      },
    });
    found.push({ name: read.name, document: { ...document, name: read.name } });
  }
  return {
    patchbay: 'workflow',
    schemaVersion: 1,
    workflows: found,
    connections: [...used.connections].map((id) => {
      const { name, type, hosts, perCaller, settings } = connections.get(id)!;
      return {
        name,
        type,
        hosts,
        ...(perCaller && { perCaller: true as const }),
        ...(settings && { settings }),
      };
    }),
    knowledge: [...used.bases].map((id) => ({ name: bases.get(id)! })),
  };

  async function documentOf(
    read: { document: unknown; liveVersion: number | null },
    id: string,
  ): Promise<WorkflowDocument> {
    if (which === 'draft') return read.document as WorkflowDocument;
    if (read.liveVersion === null) {
      if (id === workflow) throw new AppError('conflict', 'It is not published. Share its draft instead.');
      return read.document as WorkflowDocument;
    }
    const version = await repo.versions.get(project.id, id, read.liveVersion);
    return (version?.document ?? read.document) as WorkflowDocument;
  }
}

/** The name in the place of an id; nothing for what is not there any more. */
function noted(id: string, name: string | undefined, into: Set<string>): string {
  if (name === undefined) return '';
  into.add(id);
  return name;
}

/** What somebody passed on. Throws `invalid` with the list of what is wrong with it. */
export function readBundle(value: unknown): WorkflowBundle {
  const parsed = file.safeParse(value);
  if (!parsed.success) {
    throw refusal(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`),
    );
  }
  const { workflows, connections, knowledge } = parsed.data;
  const faults = workflows.flatMap(({ name, document }) => {
    const form = draftFaults(document);
    const wrong = form.length > 0 ? form : structuralFaults(document as WorkflowDocument);
    return wrong.map((fault) => `${name}: ${fault}`);
  });
  for (const [what, all] of Object.entries({ workflows, connections, knowledge })) {
    if (new Set(all.map(({ name }) => name)).size < all.length)
      faults.push(`two of the ${what} have the same name`);
  }
  if (faults.length > 0) throw refusal(faults);
  return { ...parsed.data, workflows: workflows as WorkflowBundle['workflows'] };
}

/** As something that is put into a project. */
export function contentOf({ workflows, connections, knowledge }: WorkflowBundle): AddedContent {
  return {
    workflows,
    connections,
    knowledge: knowledge.map(({ name }) => ({ name, documents: [] })),
    tests: [],
    triggers: [],
  };
}

function refusal(faults: string[]): AppError {
  const shown = faults.slice(0, 20);
  return new AppError(
    'invalid',
    `This file cannot be imported:\n${shown.map((fault) => `- ${fault}`).join('\n')}`,
    {
      faults: shown,
    },
  );
}
