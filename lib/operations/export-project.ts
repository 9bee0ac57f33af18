import type { DocumentPage } from '#lib/db/documents.ts';
import type { KnowledgeSource } from '#lib/db/knowledge-sources.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Trigger } from '#lib/db/triggers.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import type { FolderSource } from './folder-knowledge.ts';
import {
  type Folder,
  type FolderTrigger,
  type ProjectContent,
  replaceReferences,
  writeFolder,
} from './project-folder.ts';

/** The project as a folder: drafts, settings, documents; no secrets, no keys, no runs. */
export async function exportProject(app: App, principal: Principal, slug: string): Promise<Folder> {
  const project = await findProject(app, principal, slug);
  const repo = repository(app.db, principal);
  const connections = await repo.connections.list(project.id);
  const bases = await repo.knowledge.list(project.id);
  const connectionNames = new Map(connections.map(({ id, name }) => [id, name]));
  const baseNames = new Map(bases.map(({ id, name }) => [id, name]));

  const workflows: ProjectContent['workflows'] = [];
  const tests: ProjectContent['tests'] = [];
  const summaries = await repo.workflows.list(project.id);
  const names = new Map(summaries.map(({ id, name }) => [id, name]));
  for (const { id } of summaries) {
    const workflow = await repo.workflows.get(project.id, id);
    if (!workflow) continue;
    const document = replaceReferences(workflow.document as WorkflowDocument, kinds, {
      connection: (value) => connectionNames.get(value) ?? value,
      'knowledge-base': (value) => baseNames.get(value) ?? value,
      workflow: (value) => names.get(value) ?? value,
    });
    workflows.push({ name: workflow.name, document });
    for (const { id: testId } of await repo.tests.list(project.id, id)) {
      const test = await repo.tests.get(project.id, id, testId);
      if (!test) continue;
      const { name, expected, recording } = test;
      tests.push({ workflow: workflow.name, name, expected, recording });
    }
  }
  return writeFolder(
    {
      name: project.name,
      slug: project.slug,
      instructions: project.instructions,
      access: project.access,
      env: project.env,
      concurrency: project.concurrency,
      icon: project.icon,
      resultBudget: project.resultBudget,
      triggers: (await repo.triggers.list(project.id)).flatMap((trigger) => {
        const workflow = names.get(trigger.workflowId);
        return workflow === undefined ? [] : [folderTrigger(workflow, trigger)];
      }),
      connections: connections.map(({ perCaller, settings, ...connection }) => ({
        ...connection,
        ...(perCaller && { perCaller }),
        ...(settings && { settings }),
      })),
      viewerCalls: project.viewerCalls,
      toolsets: await repo.toolsets.list(project.id),
      knowledge: await Promise.all(
        bases.map(async ({ id, name, offered, language, chunkSize, chunkOverlap }) => ({
          ...{ name, language, chunkSize, chunkOverlap },
          ...(offered && { offered: true as const }),
          sources: (await repo.knowledgeSources.list(project.id, id)).map((source) =>
            folderSource(source, connectionNames),
          ),
          questions: (await repo.questions.list(project.id, id)).map(({ text, expected, origin }) => ({
            text,
            expected,
            ...(origin === 'proposed' && { origin: 'proposed' as const }),
          })),
          documents: await documentsOf(app, principal, project.id, id),
        })),
      ),
      workflows,
      tests,
    },
    kinds,
  );
}

function folderTrigger(workflow: string, trigger: Trigger): FolderTrigger {
  const { name, enabled, attempts, cron, timeZone, input, signature } = trigger;
  const facts = { workflow, name, enabled, attempts };
  return trigger.type === 'schedule'
    ? { ...facts, type: 'schedule', cron: cron ?? '', timeZone: timeZone ?? 'UTC', input }
    : { ...facts, type: 'webhook', signature: signature ?? 'standard' };
}

function folderSource(source: KnowledgeSource, connections: ReadonlyMap<string, string>): FolderSource {
  const { kind, name, config, connectionId, schedule, timeZone } = source;
  const connection = connectionId === null ? undefined : connections.get(connectionId);
  return {
    kind,
    name,
    config,
    ...(connection !== undefined && { connection }),
    ...(schedule !== null && { schedule, timeZone }),
  };
}

/** Those that no source brings: sources bring theirs again. */
async function documentsOf(app: App, principal: Principal, projectId: string, baseId: string) {
  const { documents } = repository(app.db, principal);
  const files = app.files.of(projectId);
  const contents: ProjectContent['knowledge'][number]['documents'] = [];
  let cursor: string | null = null;
  do {
    const page: DocumentPage = await documents.list(projectId, baseId, {
      limit: 200,
      source: 'none',
      ...(cursor !== null && { cursor }),
    });
    for (const { id, name, path, uri, ownMetadata } of page.items) {
      const file = await documents.file(projectId, baseId, id);
      if (!file) continue;
      contents.push({
        path: path === '' ? name : path,
        name,
        ...(uri !== null && { uri }),
        metadata: ownMetadata,
        data: await files.get({ ...file, file: file.storageKey }),
      });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return contents;
}
