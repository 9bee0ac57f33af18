import { randomUUID } from 'node:crypto';
import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import type { NewTrigger } from '#lib/db/triggers.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { App } from './app.ts';
import { sealUnbound } from './connection-secret.ts';
import { nextTime } from './cron.ts';
import { type FolderTrigger, type ProjectContent, replaceReferences } from './project-folder.ts';
import { putDocument } from './put-document.ts';
import { errorCount } from './read-workflows.ts';
import { checkSourceConfig } from './source-config.ts';

/** What is put into a project. */
export type AddedContent = Pick<
  ProjectContent,
  'connections' | 'knowledge' | 'workflows' | 'tests' | 'triggers'
> & {
  /** Its texts were read by whoever answers for them: it comes with Patchbay. */
  reviewed?: true;
};

/** What was made so far: whoever has to take it back reads it also when the rest failed. */
export interface Filled {
  /** In the order of the content. */
  workflows: { id: string; name: string }[];
  bases: string[];
  connections: string[];
}

/**
 * Makes everything that a folder says in a project: nothing is run or published, connections have no secrets, webhooks
 * are switched off. Its names must be free.
 */
export async function fillProject(
  app: App,
  principal: Principal,
  project: Project,
  content: AddedContent,
  filled: Filled = { workflows: [], bases: [], connections: [] },
): Promise<Filled> {
  const { workflows, connections, knowledge, knowledgeSources, questions, triggers, tests } = repository(
    app.db,
    principal,
  );
  const connectionIds = new Map<string, string>();
  for (const { name, type, hosts, perCaller, settings } of content.connections) {
    const id = randomUUID();
    const secret = await sealUnbound(app.vault, { organizationId: project.organizationId, id });
    await connections.create(project.id, {
      id,
      name,
      type,
      hosts,
      secret,
      preview: '',
      ...(perCaller && { perCaller }),
      ...(settings && { settings }),
    });
    connectionIds.set(name, id);
    filled.connections.push(id);
  }
  const baseIds = new Map<string, string>();
  for (const base of content.knowledge) {
    const { name, offered, documents, language, chunkSize, chunkOverlap } = base;
    const { id } = await knowledge.create(project.id, {
      name,
      ...(language !== undefined && { language }),
      ...(chunkSize !== undefined && { chunkSize }),
      ...(chunkOverlap !== undefined && { chunkOverlap }),
    });
    filled.bases.push(id);
    if (offered) await knowledge.update(project.id, id, { offered });
    baseIds.set(name, id);
    for (const document of documents) {
      await putDocument(
        app,
        principal,
        { project: project.slug, base: id },
        { ...document, path: document.path ?? document.name },
      );
    }
    for (const { kind, name: source, config, connection, schedule, timeZone = 'UTC' } of base.sources ?? []) {
      await knowledgeSources.create(project.id, id, {
        ...{ kind, name: source, timeZone },
        config: checkSourceConfig(kind, config),
        connectionId: (connection !== undefined && connectionIds.get(connection)) || null,
        schedule: schedule ?? null,
        nextRunAt: schedule === undefined ? null : nextTime({ cron: schedule, timeZone }, new Date()),
      });
    }
    if (base.questions) await questions.add(project.id, id, base.questions);
  }
  // Known beforehand: workflows may call each other in any order.
  const workflowIds = new Map(content.workflows.map(({ name }) => [name, randomUUID()]));
  for (const workflow of content.workflows) {
    const document = replaceReferences(workflow.document, kinds, {
      connection: (value) => connectionIds.get(value) ?? value,
      'knowledge-base': (value) => baseIds.get(value) ?? value,
      workflow: (value) => workflowIds.get(value) ?? value,
    });
    const { problems } = compile(document, kinds);
    const id = workflowIds.get(workflow.name)!;
    // Whoever has the machine has seen the folder.
    const unreviewed = principal.type !== 'system' && !content.reviewed;
    await workflows.create(project.id, { id, document, problems: errorCount(problems), unreviewed });
    filled.workflows.push({ id, name: workflow.name });
    for (const test of content.tests) {
      if (test.workflow !== workflow.name) continue;
      const { name, expected, recording } = test;
      await tests.create(project.id, id, { name, expected, recording });
    }
    for (const trigger of content.triggers) {
      if (trigger.workflow === workflow.name) await triggers.create(project.id, id, newTrigger(trigger));
    }
  }
  return filled;
}

function newTrigger(trigger: FolderTrigger): NewTrigger {
  const { name, enabled, attempts } = trigger;
  const facts = { id: randomUUID(), name, attempts, secret: null };
  if (trigger.type === 'webhook') {
    const { signature } = trigger;
    const noTimes = { cron: null, timeZone: null, nextAt: null };
    return { ...facts, ...noTimes, type: 'webhook', enabled: false, signature, input: {} };
  }
  const { cron, timeZone, input } = trigger;
  const nextAt = nextTime({ cron, timeZone }, new Date());
  return { ...facts, type: 'schedule', enabled, cron, timeZone, input, nextAt, signature: null };
}
