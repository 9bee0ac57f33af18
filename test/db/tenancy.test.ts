import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import type { CallCell } from '#lib/db/call-stats.ts';
import { sha256 } from '#lib/db/check.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { ClientNews } from '#lib/db/clients.ts';
import type { StoredSource } from '#lib/db/knowledge-sources.ts';
import type { NewConsent } from '#lib/db/oauth-grants.ts';
import type { Principal } from '#lib/db/principal.ts';
import { type Repository, repository } from '#lib/db/repository.ts';
import type { Looked } from '#lib/db/run-answers.ts';
import type { NewTrigger, StoredTrigger } from '#lib/db/triggers.ts';
import type { NewWorkflowTest } from '#lib/db/workflow-tests.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { addPassages } from '#test/support/passages.ts';
import { contractOf, documentOf, makeTeam, publishNew, runOf, SYSTEM, systemOf, type Team } from './team.ts';

/** Groups of which nobody but the system gets hold: their functions need no line each. */
const OF_SYSTEM = [
  'jobs',
  'vectorBlocks',
  'ingestion',
  'oauthClients',
  'oauthTokens',
  'sealingKeys',
  'sealedPlaces',
] as const;

/** Ids of one of everything. */
interface World {
  projectId: string;
  slug: string;
  userId: string;
  workflowId: string;
  versionId: string;
  unpublishedId: string;
  keyId: string;
  toolsetId: string;
  ruleId: string;
  clientId: string;
  connectionId: string;
  apiSourceId: string;
  baseId: string;
  documentId: string;
  questionId: string;
  evaluationId: string;
  sourceId: string;
  documentHash: string;
  documentVersionId: string;
  runId: string;
  triggerId: string;
  grantId: string;
  /** A run that waits for an approval. */
  waitingId: string;
  approvalId: string;
  testId: string;
  deadId: string;
  templateId: string;
}

/** What stands in every text of the project that is attacked. */
const MARK = 'alpha';

interface Call {
  /** Who may: the least role, or the system alone. */
  needs: 'public' | 'viewer' | 'editor' | 'admin' | 'system';
  call: (repo: Repository, world: World) => Promise<unknown>;
}

/**
 * Every function of the repository, so that each can be called with ids of somebody else. In this order they all
 * work for the rightful principal: what deletes comes last. A new function must be added here.
 */
/** No two messages of a stream have the same number. */
let number = 0;
const nextNumber = () => ++number;

const sourceOf = (name: string) => ({
  ...{ kind: 'website', name, config: {}, connectionId: null },
  ...{ schedule: null, timeZone: 'UTC', nextRunAt: null },
});

/** All there were since 1970. */
const EVER = { from: 0, to: 1_000_000 };

/** Counts hold no word of the project: where there are some, they are its. */
const counted = async (counts: Promise<object[]>) => (await counts).map((count) => ({ ...count, of: MARK }));

const questionOf = () => ({ text: MARK, expected: [{ document: MARK }] });
const evaluationOf = () => ({ name: MARK, settings: [], result: {}, revision: 0 });

const CALLS: Record<string, Call> = {
  'projects.list': { needs: 'public', call: (repo) => repo.projects.list() },
  'projects.get': { needs: 'public', call: (repo, w) => repo.projects.get(w.projectId) },
  'projects.bySlug': { needs: 'public', call: (repo, w) => repo.projects.bySlug(w.slug) },
  'projects.live': { needs: 'public', call: (repo, w) => repo.projects.live(w.slug) },
  'projects.pinned': { needs: 'public', call: (repo, w) => repo.projects.pinned(w.slug, 1) },
  'workflows.list': { needs: 'public', call: (repo, w) => repo.workflows.list(w.projectId) },
  'workflows.get': { needs: 'public', call: (repo, w) => repo.workflows.get(w.projectId, w.workflowId) },
  'workflows.head': { needs: 'viewer', call: (repo, w) => repo.workflows.head(w.projectId, w.workflowId) },
  'workflows.pins': { needs: 'viewer', call: (repo, w) => repo.workflows.pins(w.projectId, w.workflowId) },
  'versions.list': { needs: 'public', call: (repo, w) => repo.versions.list(w.projectId, w.workflowId) },
  'versions.get': { needs: 'public', call: (repo, w) => repo.versions.get(w.projectId, w.workflowId, 1) },
  'versions.newest': {
    needs: 'public',
    call: (repo, w) => repo.versions.newest(w.projectId, w.workflowId, { limit: 10 }),
  },
  'versions.numbers': {
    needs: 'public',
    call: async (repo, w) => [...(await repo.versions.numbers(w.projectId, [w.versionId]))],
  },
  'releases.list': { needs: 'public', call: (repo, w) => repo.releases.list(w.projectId) },
  'runFacts.callers': {
    needs: 'viewer',
    call: async (repo, w) => {
      const callers = await repo.runFacts.callers(w.projectId, w.workflowId, new Date(0));
      return callers.map(({ calls }) => ({ calls }));
    },
  },
  'runFacts.answers': {
    needs: 'viewer',
    call: (repo, w) => repo.runFacts.answers(w.projectId, w.workflowId, 10),
  },
  'toolsets.list': { needs: 'viewer', call: (repo, w) => repo.toolsets.list(w.projectId) },
  'clientRules.list': { needs: 'viewer', call: (repo, w) => repo.clientRules.list(w.projectId) },
  'keys.list': { needs: 'viewer', call: (repo, w) => repo.keys.list(w.projectId) },
  'callStats.byHour': {
    needs: 'viewer',
    call: (repo, w) => counted(repo.callStats.byHour(w.projectId, EVER)),
  },
  'callStats.byTool': { needs: 'viewer', call: (repo, w) => repo.callStats.byTool(w.projectId, EVER) },
  'callStats.byToolAndHour': {
    needs: 'viewer',
    call: (repo, w) => counted(repo.callStats.byToolAndHour(w.projectId, EVER)),
  },
  'callStats.byClient': { needs: 'viewer', call: (repo, w) => repo.callStats.byClient(w.projectId, EVER) },
  'callStats.byClientAndHour': {
    needs: 'viewer',
    call: (repo, w) => repo.callStats.byClientAndHour(w.projectId, EVER),
  },
  'callRules.of': {
    needs: 'viewer',
    call: async (repo, w) => ({ ...(await repo.callRules.of(w.projectId)), of: MARK }),
  },
  'callUsage.ofProject': {
    needs: 'viewer',
    call: async (repo, w) => ({ rows: await repo.callUsage.ofProject(w.projectId, ['2026-11']), of: MARK }),
  },
  'callUsage.names': {
    needs: 'viewer',
    call: async (repo, w) => [...(await repo.callUsage.names(w.projectId, [`key ${w.keyId}`]))],
  },
  'callUsage.hits': {
    needs: 'viewer',
    call: async (repo, w) => ({ rows: await repo.callUsage.hits(w.projectId), of: MARK }),
  },
  'clients.list': { needs: 'viewer', call: (repo, w) => repo.clients.list(w.projectId) },
  'clients.requests': {
    needs: 'viewer',
    call: (repo, w) => repo.clients.requests(w.projectId, w.clientId),
  },
  'connections.list': { needs: 'viewer', call: (repo, w) => repo.connections.list(w.projectId) },
  'connections.get': {
    needs: 'viewer',
    call: (repo, w) => repo.connections.get(w.projectId, w.connectionId),
  },
  'connectedAccounts.counts': {
    needs: 'viewer',
    call: async (repo, w) =>
      [...(await repo.connectedAccounts.counts(w.projectId))].map(([, count]) => ({ count, of: MARK })),
  },
  'apiSources.list': { needs: 'viewer', call: (repo, w) => repo.apiSources.list(w.projectId) },
  'apiSources.get': { needs: 'viewer', call: (repo, w) => repo.apiSources.get(w.projectId, w.apiSourceId) },
  'knowledge.list': { needs: 'public', call: (repo, w) => repo.knowledge.list(w.projectId) },
  'knowledge.get': { needs: 'public', call: (repo, w) => repo.knowledge.get(w.projectId, w.baseId) },
  'documents.list': { needs: 'public', call: (repo, w) => repo.documents.list(w.projectId, w.baseId) },
  'documents.get': {
    needs: 'public',
    call: (repo, w) => repo.documents.get(w.projectId, w.baseId, w.documentId),
  },
  'documents.file': {
    needs: 'viewer',
    call: (repo, w) => repo.documents.file(w.projectId, w.baseId, w.documentId),
  },
  'documents.unchanged': {
    needs: 'editor',
    call: (repo, w) =>
      repo.documents.unchanged(w.projectId, w.baseId, {
        sourceId: null,
        path: `${MARK}.txt`,
        name: `${MARK}.txt`,
        hash: w.documentHash,
      }),
  },
  'documents.versions': {
    needs: 'public',
    call: (repo, w) => repo.documents.versions(w.projectId, w.baseId, w.documentId),
  },
  'documents.passages': {
    needs: 'public',
    call: (repo, w) => repo.documents.passages(w.projectId, w.baseId, w.documentId),
  },
  'documents.ofSource': {
    needs: 'public',
    call: (repo, w) => repo.documents.ofSource(w.projectId, w.baseId, w.documentId),
  },
  'documentTexts.read': {
    needs: 'public',
    call: (repo, w) =>
      repo.documentTexts.read(w.projectId, w.baseId, w.documentId, { from: 0, characters: 100 }),
  },
  'documentTexts.ofPath': {
    needs: 'public',
    call: async (repo, w) => {
      const id = await repo.documentTexts.ofPath(w.projectId, w.baseId, `${MARK}.txt`);
      return id && { id, of: MARK };
    },
  },
  'questions.list': { needs: 'viewer', call: (repo, w) => repo.questions.list(w.projectId, w.baseId) },
  'questions.documentsNamed': {
    needs: 'viewer',
    call: (repo, w) => repo.questions.documentsNamed(w.projectId, w.baseId, [w.documentId]),
  },
  'questions.samples': {
    needs: 'viewer',
    call: (repo, w) => repo.questions.samples(w.projectId, w.baseId, { documents: 5, each: 5 }),
  },
  'questions.evaluations': {
    needs: 'viewer',
    call: (repo, w) => repo.questions.evaluations(w.projectId, w.baseId),
  },
  'questions.evaluation': {
    needs: 'viewer',
    call: (repo, w) => repo.questions.evaluation(w.projectId, w.baseId, w.evaluationId),
  },
  'questions.add': {
    needs: 'editor',
    call: (repo, w) => repo.questions.add(w.projectId, w.baseId, [questionOf()]),
  },
  'questions.update': {
    needs: 'editor',
    call: (repo, w) => repo.questions.update(w.projectId, w.baseId, w.questionId, { origin: 'user' }),
  },
  'questions.addEvaluation': {
    needs: 'editor',
    call: (repo, w) => repo.questions.addEvaluation(w.projectId, w.baseId, evaluationOf()),
  },
  'knowledge.search': {
    needs: 'public',
    call: (repo, w) => repo.knowledge.search(w.projectId, w.baseId, { text: MARK }),
  },
  'vectorIndexes.of': {
    needs: 'viewer',
    call: async (repo, w) => ({ of: MARK, ...(await repo.vectorIndexes.of(w.projectId, w.baseId)) }),
  },
  'knowledgeSources.list': {
    needs: 'viewer',
    call: (repo, w) => repo.knowledgeSources.list(w.projectId, w.baseId),
  },
  'knowledgeSources.get': {
    needs: 'viewer',
    call: (repo, w) => repo.knowledgeSources.get(w.projectId, w.baseId, w.sourceId),
  },
  'passages.base': { needs: 'public', call: (repo, w) => repo.passages.base(w.projectId, w.baseId) },
  'passages.versions': {
    needs: 'public',
    call: async (repo, w) => ({ of: MARK, ids: await repo.passages.versions(w.projectId, w.baseId, {}) }),
  },
  'passages.read': {
    needs: 'public',
    call: (repo, w) =>
      repo.passages.read(w.projectId, w.baseId, [{ versionId: w.documentVersionId, ordinal: 0 }]),
  },
  'offered.list': {
    needs: 'public',
    call: (repo, w) => repo.offered.list(w.projectId, { skip: 0, take: 10 }),
  },
  'offered.find': { needs: 'public', call: (repo, w) => repo.offered.find(w.projectId, MARK, w.documentId) },
  'offered.bases': { needs: 'public', call: (repo, w) => repo.offered.bases(w.projectId) },
  'offered.names': {
    needs: 'public',
    call: (repo, w) => repo.offered.names(w.projectId, MARK, { offered: true }),
  },
  'subscriptions.add': {
    needs: 'public',
    call: (repo, w) =>
      repo.subscriptions.add(w.projectId, {
        session: MARK,
        uri: `${MARK}://x`,
        expiresAt: new Date('2100-01-01'),
      }),
  },
  'subscriptions.list': { needs: 'public', call: (repo, w) => repo.subscriptions.list(w.projectId, MARK) },
  'subscriptions.listOf': {
    needs: 'public',
    call: async (repo, w) => [...(await repo.subscriptions.listOf(w.projectId, [MARK]))],
  },
  'subscriptions.remove': {
    needs: 'public',
    call: (repo, w) => repo.subscriptions.remove(w.projectId, MARK, 'absent'),
  },
  'streamMessages.add': {
    needs: 'public',
    call: (repo, w) =>
      repo.streamMessages.add(
        w.projectId,
        MARK,
        [{ number: nextNumber(), json: MARK, last: false }],
        new Date('2100-01-01'),
      ),
  },
  'streamMessages.list': {
    needs: 'public',
    call: (repo, w) => repo.streamMessages.list(w.projectId, MARK, 0),
  },
  'sessions.find': { needs: 'public', call: (repo, w) => repo.sessions.find(w.projectId, MARK) },
  'sessions.setLogLevel': {
    needs: 'public',
    call: (repo, w) =>
      repo.sessions.setLogLevel(w.projectId, { name: MARK, expiresAt: new Date('2100-01-01') }, 'debug'),
  },
  'sessions.end': {
    needs: 'public',
    call: (repo, w) => repo.sessions.end(w.projectId, { name: MARK, expiresAt: new Date('2100-01-01') }),
  },
  'runs.list': { needs: 'public', call: (repo, w) => repo.runs.list(w.projectId) },
  'runs.get': { needs: 'public', call: (repo, w) => repo.runs.get(w.projectId, w.runId) },
  'runs.held': { needs: 'public', call: (repo, w) => repo.runs.held(w.projectId, w.waitingId) },
  'approvals.list': { needs: 'viewer', call: (repo, w) => repo.approvals.list(w.projectId) },
  'approvals.get': {
    needs: 'viewer',
    call: (repo, w) => repo.approvals.get(w.projectId, w.approvalId),
  },
  'recordings.get': { needs: 'viewer', call: (repo, w) => repo.recordings.get(w.projectId, w.runId) },
  'tests.list': { needs: 'viewer', call: (repo, w) => repo.tests.list(w.projectId, w.workflowId) },
  'tests.get': { needs: 'viewer', call: (repo, w) => repo.tests.get(w.projectId, w.workflowId, w.testId) },
  'triggers.list': { needs: 'viewer', call: (repo, w) => repo.triggers.list(w.projectId) },
  'triggers.get': {
    needs: 'viewer',
    call: (repo, w) => repo.triggers.get(w.projectId, w.workflowId, w.triggerId),
  },
  'members.nameOf': { needs: 'viewer', call: (repo, w) => repo.members.nameOf(w.userId) },
  'members.list': { needs: 'viewer', call: (repo) => repo.members.list() },
  'people.list': {
    needs: 'viewer',
    call: async (repo, w) => (await repo.people.list(w.projectId)).map((person) => ({ ...person, of: MARK })),
  },
  'sharedTemplates.list': {
    needs: 'viewer',
    call: async (repo) => (await repo.sharedTemplates.list()).map(({ title }) => title),
  },
  'sharedTemplates.get': { needs: 'viewer', call: (repo, w) => repo.sharedTemplates.get(w.templateId) },
  'usage.of': { needs: 'viewer', call: (repo, w) => repo.usage.of(w.projectId) },
  'usage.mentions': {
    needs: 'viewer',
    call: async (repo, w) => [...(await repo.usage.mentions(w.projectId, new Map([[MARK, /alpha/]])))],
  },
  'audit.list': { needs: 'admin', call: (repo) => repo.audit.list() },

  'store.get': { needs: 'public', call: (repo, w) => repo.store.get(w.projectId, MARK) },
  'store.list': { needs: 'public', call: (repo, w) => repo.store.list(w.projectId, '', 10) },
  // They leave everything as it is for whoever may: what is not theirs they must not even find.
  'store.set': { needs: 'public', call: (repo, w) => repo.store.set(w.projectId, MARK, MARK) },
  'store.increment': { needs: 'public', call: (repo, w) => repo.store.increment(w.projectId, 'count', 0) },
  'store.remove': { needs: 'public', call: (repo, w) => repo.store.remove(w.projectId, 'absent') },

  'projects.create': {
    needs: 'editor',
    call: (repo) => repo.projects.create({ name: 'new', slug: `new-${Math.random().toString(36).slice(2)}` }),
  },
  'projects.update': {
    needs: 'editor',
    call: (repo, w) => repo.projects.update(w.projectId, { access: 'public' }),
  },
  'sharedTemplates.create': {
    needs: 'editor',
    call: (repo, w) =>
      repo.sharedTemplates.create(
        { projectId: w.projectId, workflowId: w.workflowId },
        { title: 'intruder', summary: 'x', content: '{}' },
      ),
  },
  'sharedTemplates.update': {
    needs: 'editor',
    call: (repo, w) => repo.sharedTemplates.update(w.templateId, { summary: 'taken' }),
  },
  'workflows.create': {
    needs: 'editor',
    call: (repo, w) => repo.workflows.create(w.projectId, { document: documentOf('intruder') }),
  },
  'workflows.saveDraft': {
    needs: 'editor',
    call: (repo, w) =>
      repo.workflows.saveDraft(w.projectId, w.workflowId, { revision: 1, document: documentOf('taken') }),
  },
  'workflows.setPins': {
    needs: 'editor',
    call: (repo, w) => repo.workflows.setPins(w.projectId, w.workflowId, { n1: 1 }),
  },
  'releases.publish': {
    needs: 'editor',
    call: (repo, w) =>
      repo.releases.publish(w.projectId, w.unpublishedId, { revision: 1, contract: contractOf('second') }),
  },
  'releases.unpublish': {
    needs: 'editor',
    call: (repo, w) => repo.releases.unpublish(w.projectId, w.workflowId),
  },
  'releases.rollback': {
    needs: 'editor',
    call: (repo, w) => repo.releases.rollback(w.projectId, w.workflowId, 1),
  },
  'releases.restore': { needs: 'editor', call: (repo, w) => repo.releases.restore(w.projectId, 1) },
  'apiSources.create': {
    needs: 'editor',
    call: (repo, w) => repo.apiSources.create(w.projectId, { name: MARK, url: null, document: '{}' }),
  },
  'apiSources.record': {
    needs: 'editor',
    call: (repo, w) => repo.apiSources.record(w.projectId, w.apiSourceId, { choices: { a: 1 } }),
  },
  'toolsets.create': {
    needs: 'editor',
    call: (repo, w) =>
      repo.toolsets.create(w.projectId, { name: 'intruder', title: 'x', access: 'public', workflows: [] }),
  },
  'toolsets.update': {
    needs: 'editor',
    call: (repo, w) => repo.toolsets.update(w.projectId, w.toolsetId, { access: 'public' }),
  },
  'callRules.setLimits': {
    needs: 'admin',
    call: (repo, w) => repo.callRules.setLimits(w.projectId, { key: { perDay: 9 } }),
  },
  'callRules.setGuard': {
    needs: 'admin',
    call: (repo, w) => repo.callRules.setGuard(w.projectId, { fence: true }),
  },
  'callRules.setAuditCalls': {
    needs: 'admin',
    call: (repo, w) => repo.callRules.setAuditCalls(w.projectId, 'all'),
  },
  'clientRules.set': {
    needs: 'admin',
    call: (repo, w) => repo.clientRules.set(w.projectId, { client: '*', tools: [], readOnly: true }),
  },
  'keys.create': {
    needs: 'editor',
    call: (repo, w) =>
      repo.keys.create(w.projectId, { id: 'intruder0000', hash: 'h'.repeat(43), preview: 'pbk_', name: 'x' }),
  },
  'connections.create': {
    needs: 'editor',
    call: (repo, w) =>
      repo.connections.create(w.projectId, {
        name: 'x',
        type: 'bearer',
        hosts: [],
        secret: 's',
        preview: '',
      }),
  },
  'connectedAccounts.removeAll': {
    needs: 'editor',
    call: (repo, w) => repo.connectedAccounts.removeAll(w.projectId, w.connectionId),
  },
  'connections.update': {
    needs: 'editor',
    call: (repo, w) => repo.connections.update(w.projectId, w.connectionId, { hosts: ['evil.example.test'] }),
  },
  'knowledge.create': {
    needs: 'editor',
    call: (repo, w) => repo.knowledge.create(w.projectId, { name: 'x' }),
  },
  'vectorIndexes.begin': {
    needs: 'editor',
    call: (repo, w) =>
      repo.vectorIndexes.begin(w.projectId, w.baseId, {
        config: { kind: 'openai', model: MARK },
        connectionId: w.connectionId,
      }),
  },
  'vectorIndexes.setReranker': {
    needs: 'editor',
    call: (repo, w) =>
      repo.vectorIndexes.setReranker(w.projectId, w.baseId, { connection: w.connectionId, model: MARK }),
  },
  'vectorIndexes.remove': {
    needs: 'editor',
    call: (repo, w) => repo.vectorIndexes.remove(w.projectId, w.baseId),
  },
  'knowledge.update': {
    needs: 'editor',
    call: (repo, w) => repo.knowledge.update(w.projectId, w.baseId, { offered: true, chunkSize: 300 }),
  },
  'knowledgeSources.create': {
    needs: 'editor',
    call: (repo, w) =>
      repo.knowledgeSources.create(w.projectId, w.baseId, { ...sourceOf('x'), connectionId: w.connectionId }),
  },
  'knowledgeSources.update': {
    needs: 'editor',
    call: (repo, w) =>
      repo.knowledgeSources.update(w.projectId, w.baseId, w.sourceId, { connectionId: w.connectionId }),
  },
  'knowledgeSources.begin': {
    needs: 'editor',
    call: (repo, w) => repo.knowledgeSources.begin(w.projectId, w.baseId, w.sourceId, {}),
  },
  'knowledgeSources.stop': {
    needs: 'editor',
    call: (repo, w) => repo.knowledgeSources.stop(w.projectId, w.baseId, w.sourceId, {}),
  },
  'documents.put': {
    needs: 'editor',
    call: (repo, w) =>
      repo.documents.put(w.projectId, w.baseId, {
        path: 'x.txt',
        name: 'x.txt',
        mimeType: 'text/plain',
        bytes: 1,
        hash: '0'.repeat(64),
        storageKey: 'x',
      }),
  },
  'documents.update': {
    needs: 'editor',
    call: (repo, w) => repo.documents.update(w.projectId, w.baseId, w.documentId, { metadata: { x: 1 } }),
  },
  'documents.retry': {
    needs: 'editor',
    call: (repo, w) => repo.documents.retry(w.projectId, w.baseId, w.documentId),
  },
  'documents.retryFailed': {
    needs: 'editor',
    call: (repo, w) => repo.documents.retryFailed(w.projectId, w.baseId),
  },

  'tests.create': {
    needs: 'editor',
    call: (repo, w) => repo.tests.create(w.projectId, w.workflowId, testOf('intruder')),
  },
  'triggers.create': {
    needs: 'editor',
    call: (repo, w) => repo.triggers.create(w.projectId, w.workflowId, scheduleOf('intruder')),
  },
  'triggers.update': {
    needs: 'editor',
    call: (repo, w) => repo.triggers.update(w.projectId, w.workflowId, w.triggerId, { enabled: false }),
  },
  'background.attempts': {
    needs: 'viewer',
    call: (repo, w) => repo.background.attempts(w.projectId, [w.deadId]),
  },
  'background.retry': {
    needs: 'editor',
    call: (repo, w) => repo.background.retry(w.projectId, w.deadId, 3),
  },
  'background.dismiss': {
    needs: 'editor',
    call: (repo, w) => repo.background.dismiss(w.projectId, w.runId),
  },

  'tests.remove': {
    needs: 'editor',
    call: (repo, w) => repo.tests.remove(w.projectId, w.workflowId, w.testId),
  },
  'triggers.remove': {
    needs: 'editor',
    call: (repo, w) => repo.triggers.remove(w.projectId, w.workflowId, w.triggerId),
  },
  'approvals.decide': {
    needs: 'editor',
    call: (repo, w) =>
      repo.approvals.decide(
        w.projectId,
        w.approvalId,
        { approved: true, comment: null, name: 'x', at: new Date() },
        { looked: lookedAt(w), answers: { consent: { approved: true } } },
      ),
  },

  'toolsets.remove': {
    needs: 'editor',
    call: (repo, w) => repo.toolsets.remove(w.projectId, w.toolsetId),
  },
  'clientRules.remove': {
    needs: 'admin',
    call: (repo, w) => repo.clientRules.remove(w.projectId, w.ruleId),
  },
  'keys.revoke': { needs: 'editor', call: (repo, w) => repo.keys.revoke(w.projectId, w.keyId) },
  'oauthGrants.list': { needs: 'viewer', call: (repo, w) => repo.oauthGrants.list(w.projectId) },
  'oauthGrants.revoke': {
    needs: 'editor',
    call: (repo, w) => repo.oauthGrants.revoke(w.projectId, w.grantId),
  },
  'apiSources.remove': {
    needs: 'editor',
    call: (repo, w) => repo.apiSources.remove(w.projectId, w.apiSourceId),
  },
  'connections.remove': {
    needs: 'editor',
    call: (repo, w) => repo.connections.remove(w.projectId, w.connectionId),
  },
  'documents.remove': {
    needs: 'editor',
    call: (repo, w) => repo.documents.remove(w.projectId, w.baseId, [w.documentId]),
  },
  'knowledgeSources.remove': {
    needs: 'editor',
    call: (repo, w) => repo.knowledgeSources.remove(w.projectId, w.baseId, w.sourceId, { keep: true }),
  },
  'questions.remove': {
    needs: 'editor',
    call: (repo, w) => repo.questions.remove(w.projectId, w.baseId, w.questionId),
  },
  'knowledge.remove': { needs: 'editor', call: (repo, w) => repo.knowledge.remove(w.projectId, w.baseId) },
  'sharedTemplates.remove': {
    needs: 'editor',
    call: (repo, w) => repo.sharedTemplates.remove(w.templateId),
  },
  'workflows.remove': {
    needs: 'editor',
    call: (repo, w) => repo.workflows.remove(w.projectId, w.workflowId),
  },
  'projects.remove': { needs: 'admin', call: (repo, w) => repo.projects.remove(w.projectId) },
  'audit.append': { needs: 'public', call: (repo) => repo.audit.append({ action: 'test' }) },

  'keys.find': { needs: 'system', call: (repo, w) => repo.keys.find(w.keyId) },
  'keys.touch': { needs: 'system', call: (repo, w) => repo.keys.touch(w.keyId, new Date(0)) },
  'connections.sealed': {
    needs: 'system',
    call: (repo, w) => repo.connections.sealed(w.projectId, w.connectionId),
  },
  'oauthGrants.isLetIn': { needs: 'system', call: (repo) => repo.oauthGrants.isLetIn('client-x') },
  'oauthGrants.onlyProject': { needs: 'system', call: (repo) => repo.oauthGrants.onlyProject() },
  'oauthGrants.prune': { needs: 'system', call: (repo) => repo.oauthGrants.prune() },
  'connectedAccounts.find': {
    needs: 'system',
    call: (repo, w) => repo.connectedAccounts.find(w.connectionId, w.userId),
  },
  'connectedAccounts.idFor': {
    needs: 'system',
    call: (repo, w) => repo.connectedAccounts.idFor(w.connectionId, w.userId),
  },
  'connectedAccounts.renew': {
    needs: 'system',
    call: (repo, w) =>
      repo.connectedAccounts.renew({ id: w.connectionId, secret: 's' }, { secret: 't', expiresAt: null }),
  },
  'connectedAccounts.drop': {
    needs: 'system',
    call: (repo, w) => repo.connectedAccounts.drop({ id: w.connectionId, secret: 's' }),
  },
  'connections.allSealed': { needs: 'system', call: (repo) => repo.connections.allSealed() },
  'callStats.add': { needs: 'system', call: (repo) => repo.callStats.add([]) },
  'callStats.fold': { needs: 'system', call: (repo) => repo.callStats.fold() },
  'callUsage.add': { needs: 'system', call: (repo) => repo.callUsage.add([], []) },
  'callUsage.read': {
    needs: 'system',
    call: (repo, w) =>
      repo.callUsage.read({ projects: [w.projectId], organizations: [], periods: ['2026-11'] }),
  },
  'callUsage.prune': { needs: 'system', call: (repo) => repo.callUsage.prune() },
  'clients.record': { needs: 'system', call: (repo) => repo.clients.record([]) },
  'clients.prune': { needs: 'system', call: (repo) => repo.clients.prune() },
  'runs.insertBatch': { needs: 'system', call: (repo) => repo.runs.insertBatch([]) },
  'runs.keepOutput': { needs: 'system', call: (repo, w) => repo.runs.keepOutput(w.runId, null) },
  'runs.markCrashed': { needs: 'system', call: (repo) => repo.runs.markCrashed() },
  'runs.prune': { needs: 'system', call: (repo) => repo.runs.prune() },
  'runs.abandoned': { needs: 'system', call: (repo, w) => repo.runs.abandoned(w.runId) },
  'sessions.prune': { needs: 'system', call: (repo) => repo.sessions.prune() },
  'streamMessages.prune': { needs: 'system', call: (repo) => repo.streamMessages.prune() },
  'subscriptions.prune': { needs: 'system', call: (repo) => repo.subscriptions.prune() },
  'store.prune': { needs: 'system', call: (repo) => repo.store.prune() },
  'background.orphans': { needs: 'system', call: (repo) => repo.background.orphans() },
  'triggers.webhook': { needs: 'system', call: (repo, w) => repo.triggers.webhook(w.triggerId) },
  'triggers.due': { needs: 'system', call: (repo) => repo.triggers.due(new Date(0), 1) },
  'triggers.nextDue': { needs: 'system', call: (repo) => repo.triggers.nextDue() },
  'triggers.tick': {
    needs: 'system',
    call: (repo, w) => {
      const trigger = { id: w.triggerId, nextAt: null } as StoredTrigger;
      return repo.triggers.tick(trigger, { now: new Date(), nextAt: null, run: null });
    },
  },
  'triggers.started': {
    needs: 'system',
    call: (repo, w) => repo.triggers.started(w.triggerId, new Date(), w.runId),
  },
  'knowledgeSources.stored': {
    needs: 'system',
    call: (repo, w) => repo.knowledgeSources.stored(w.sourceId),
  },
  'knowledgeSources.items': { needs: 'system', call: (repo, w) => repo.knowledgeSources.items(w.sourceId) },
  'knowledgeSources.documents': {
    needs: 'system',
    call: (repo, w) => repo.knowledgeSources.documents(w.sourceId),
  },
  'knowledgeSources.note': {
    needs: 'system',
    call: (repo, w) => repo.knowledgeSources.note(w.sourceId, 0, { report: {}, items: [] }),
  },
  'knowledgeSources.finish': {
    needs: 'system',
    call: (repo, w) =>
      repo.knowledgeSources.finish(w.sourceId, 0, { report: {}, items: [], error: null, complete: true }),
  },
  'knowledgeSources.due': { needs: 'system', call: (repo) => repo.knowledgeSources.due(new Date(0), 1) },
  'knowledgeSources.nextDue': { needs: 'system', call: (repo) => repo.knowledgeSources.nextDue() },
  'knowledgeSources.tick': {
    needs: 'system',
    call: (repo, w) =>
      repo.knowledgeSources.tick({ id: w.sourceId, nextRunAt: null } as StoredSource, {
        nextRunAt: null,
        report: {},
      }),
  },
  'tickets.find': { needs: 'system', call: (repo) => repo.tickets.find('reset', MARK) },
  'tickets.create': {
    needs: 'system',
    call: (repo) =>
      repo.tickets.create({
        kind: 'reset',
        hash: randomBytes(32).toString('hex'),
        userId: null,
        organizationId: null,
        data: '',
        expiresAt: new Date(),
      }),
  },
  'tickets.tryOnce': { needs: 'system', call: (repo) => repo.tickets.tryOnce('absent', 1) },
  'tickets.take': { needs: 'system', call: (repo) => repo.tickets.take('absent') },
  'tickets.count': { needs: 'system', call: (repo, w) => repo.tickets.count('reset', w.userId) },
  'tickets.prune': { needs: 'system', call: (repo) => repo.tickets.prune() },
  'browserSessions.touch': {
    needs: 'system',
    call: (repo) => repo.browserSessions.touch('absent', new Date()),
  },
  'browserSessions.isLiving': { needs: 'system', call: (repo) => repo.browserSessions.isLiving('absent') },
  'browserSessions.takeRenewal': {
    needs: 'system',
    call: (repo) => repo.browserSessions.takeRenewal('absent', 0),
  },
  'browserSessions.prune': { needs: 'system', call: (repo) => repo.browserSessions.prune() },
  'credentials.byEmail': { needs: 'system', call: (repo) => repo.credentials.byEmail(MARK) },
  'credentials.rehash': { needs: 'system', call: (repo, w) => repo.credentials.rehash(w.userId, 'a', 'b') },
  'twoFactor.trust': {
    needs: 'system',
    call: (repo, w) =>
      repo.twoFactor.trust(w.userId, {
        hash: randomUUID(),
        userAgent: '',
        ipAddress: '',
        expiresAt: new Date(),
      }),
  },
  'twoFactor.isTrusted': { needs: 'system', call: (repo, w) => repo.twoFactor.isTrusted(w.userId, MARK) },
  'twoFactor.prune': { needs: 'system', call: (repo) => repo.twoFactor.prune() },
  'singleSignOn.find': { needs: 'system', call: (repo) => repo.singleSignOn.find({ domain: MARK }) },
  'audit.heads': { needs: 'system', call: async (repo) => (await repo.audit.heads()).length },
  'audit.appendPast': { needs: 'system', call: (repo) => repo.audit.appendPast('x', []) },
  'audit.firstBroken': { needs: 'system', call: (repo) => repo.audit.firstBroken('x') },
  'usage.storage': { needs: 'system', call: (repo) => repo.usage.storage() },
  'members.person': { needs: 'system', call: (repo, w) => repo.members.person(w.userId, w.userId) },
  'members.membershipsOf': { needs: 'system', call: (repo, w) => repo.members.membershipsOf(w.userId) },
  'members.count': { needs: 'system', call: (repo) => repo.members.count() },
  'people.seat': { needs: 'system', call: (repo, w) => repo.people.seat(w.userId, w.slug) },
  'organizations.touch': {
    needs: 'system',
    call: (repo, w) => repo.organizations.touch('absent', w.userId, new Date()),
  },
  'invitations.byToken': { needs: 'system', call: (repo) => repo.invitations.byToken('0'.repeat(64)) },
};

/** The run that waits, as it is before anybody touched it. */
function lookedAt({ waitingId, projectId }: World): Looked {
  return {
    id: waitingId,
    projectId,
    status: 'suspended',
    fence: 0,
    round: 1,
    answersText: null,
    background: false,
  };
}

/** What carries a run that waits: the server alone, whoever asks. */
const CARRYING: Record<string, (repo: Repository, world: World) => Promise<unknown>> = {
  'runs.suspend': (repo, w) =>
    repo.runs.suspend({
      record: runOf(
        { organizationId: 'o', projectId: w.projectId },
        { id: w.waitingId, status: 'suspended' },
      ),
      fence: 0,
      background: false,
      state: '{}',
      used: [],
      waitingFor: [],
      expiresAt: new Date(),
      continueAt: null,
      approvals: [],
    }),
  'runs.claim': (repo, w) => repo.runs.claim(lookedAt(w), { leaseMs: 1, answers: {}, expired: [] }),
  'runs.checkpoint': (repo, w) =>
    repo.runs.checkpoint(
      { id: w.waitingId, fence: 0 },
      { pieces: { first: '{}', whole: true, added: [], dropped: [] }, leaseMs: 1 },
    ),
  'runs.progress': (repo, w) => repo.runs.progress(w.waitingId),
  'runs.renew': (repo, w) => repo.runs.renew({ id: w.waitingId, fence: 0 }, 1),
  'runs.finish': (repo, w) =>
    repo.runs.finish({
      record: runOf({ organizationId: 'o', projectId: w.projectId }, { id: w.waitingId }),
      fence: 0,
      state: null,
      dead: false,
    }),
  'runs.putBack': (repo, w) =>
    repo.runs.putBack(lookedAt(w), {
      record: runOf({ organizationId: 'o', projectId: w.projectId }, { id: w.waitingId }),
      job: true,
    }),
  'runs.giveUp': (repo, w) => repo.runs.giveUp(w.waitingId),
  'runs.becomeTask': (repo, w) => repo.runs.becomeTask(w.waitingId),
  'runs.countTasks': (repo, w) => repo.runs.countTasks(w.projectId, null),
  'runs.answer': (repo, w) => repo.runs.answer(lookedAt(w), { consent: { approved: true } }, new Date()),
  'runs.continueLater': (repo, w) => repo.runs.continueLater(w.waitingId),
  'runs.takeOver': (repo) => repo.runs.takeOver(),
  'runs.setAwaited': (repo, w) => repo.runs.setAwaited(w.waitingId, 'x'),
  'runs.findAwaited': (repo, w) => repo.runs.findAwaited(w.projectId, 'x'),
  'approvals.decideFor': (repo, w) =>
    repo.approvals.decideFor(
      { looked: lookedAt(w), answers: { consent: { approved: true } }, next: null },
      { consent: { approved: true, comment: null, name: 'x', at: new Date() } },
    ),
};

/**
 * Tested one by one: they act on members, of whom a world has one; background-runs.test.ts. What is a person's own, and
 * not an organization's: sign-in-own.test.ts.
 */
const ELSEWHERE = [
  // ../api/connected-accounts.test.ts
  'connectedAccounts.own',
  'connectedAccounts.save',
  'connectedAccounts.removeOwn',
  // ../api/limits.test.ts
  'callRules.ceiling',
  'callRules.setCeiling',
  // audit.test.ts
  'audit.after',
  'audit.check',
  'audit.lastCheck',
  'callUsage.ofOrganization',
  'callUsage.hitsOfOrganization',
  // teams.test.ts
  'organizations.create',
  'organizations.content',
  'organizations.leave',
  'organizations.remove',
  'organizations.activate',
  'invitations.list',
  'invitations.create',
  'invitations.renew',
  'invitations.revoke',
  'invitations.accept',
  'invitations.acceptAsNew',
  'people.set',
  'people.remove',
  'people.setPrivate',
  'transfers.move',
  'browserSessions.list',
  'browserSessions.end',
  'browserSessions.endOthers',
  'credentials.find',
  'credentials.set',
  'twoFactor.find',
  'twoFactor.codesLeft',
  'twoFactor.begin',
  'twoFactor.enable',
  'twoFactor.renewCodes',
  'twoFactor.disable',
  'twoFactor.spendStep',
  'twoFactor.spendCode',
  'twoFactor.browsers',
  'twoFactor.forgetBrowser',
  'singleSignOn.read',
  'singleSignOn.save',
  'singleSignOn.remove',
  'singleSignOn.organization',
  'singleSignOn.requireTwoFactor',
  'singleSignOn.admit',
  'background.start',
  'oauthGrants.consent',
  'oauthGrants.deny',
  'oauthGrants.mine',
  'oauthGrants.remembered',
  'oauthGrants.revokeMine',
  'members.organization',
  'members.rename',
  'members.setRole',
  'members.remove',
  'members.add',
  'members.createOrganization',
  'members.defaultOrganization',
  'members.adoptOrganization',
];

/** Calls of one hour. */
function callOf(
  { projectId, organizationId }: Pick<Team, 'projectId' | 'organizationId'>,
  workflowId: string,
): CallCell {
  const of = { projectId, organizationId, workflowId, tool: MARK, cause: 'call', client: MARK };
  return { ...of, hour: 7, bucket: 1, count: 2, errors: 1 };
}

/** A client that called once. */
function clientOf(
  { projectId, organizationId }: Pick<Team, 'projectId' | 'organizationId'>,
  id: string,
): ClientNews {
  const at = new Date();
  const client: ClientNews['client'] = {
    id,
    name: MARK,
    version: '1',
    access: 'public',
    keyId: null,
    preview: null,
    protocol: '2025-11-25',
    firstSeenAt: at,
    lastSeenAt: at,
    discoveredAt: at,
    listedAt: null,
    calledAt: null,
    requests: 1,
    failures: 0,
  };
  return { projectId, organizationId, client, log: [{ id: randomUUID(), at, facts: { tool: MARK } }] };
}

/** That somebody lets a client in. */
function consentOf(): NewConsent {
  const until = new Date(8_000_000_000_000);
  return {
    requestId: randomUUID(),
    requestUntil: until,
    clientId: MARK,
    clientName: MARK,
    redirectHost: 'app.example.test',
    remembered: false,
    resource: `https://patchbay.example.test/mcp/${MARK}`,
    tools: [MARK],
    readOnly: false,
    scopes: [],
    code: {
      id: randomUUID().replaceAll('-', '').slice(0, 12),
      hash: 'h'.repeat(43),
      redirectUri: 'https://app.example.test/callback',
      codeChallenge: 'c'.repeat(43),
      expiresAt: until,
      familyId: randomUUID(),
      scopes: [],
    },
  };
}

/** A schedule that never comes. */
function scheduleOf(name: string): NewTrigger {
  return {
    id: randomUUID(),
    type: 'schedule',
    name,
    enabled: true,
    attempts: 3,
    cron: '0 0 1 1 *',
    timeZone: 'UTC',
    input: {},
    nextAt: new Date(8_000_000_000_000),
    signature: null,
    secret: null,
  };
}

function testOf(name: string): NewWorkflowTest {
  const recording = { runId: 'r', startedAt: 0, input: {}, recording: { steps: {} } };
  return { name, expected: { status: 'succeeded', output: { parts: [] } }, recording };
}

/** What the answer of a read must hold, for its rightful principal. */
function marks(name: string): string {
  if (name === 'members.list') return 'control owner';
  if (name === 'releases.list') return '"reason":"publish"';
  if (name === 'versions.list') return '"version":1';
  return name.startsWith('projects.') ? 'control-shop' : name === 'audit.list' ? 'workflow.publish' : MARK;
}

describe.each(DATABASES)('tenancy on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  async function fill(
    team: Pick<Team, 'repo' | 'projectId' | 'slug' | 'userId' | 'organizationId'>,
  ): Promise<World> {
    const { repo, projectId, slug, userId } = team;
    const { id: workflowId } = await publishNew(team, `${MARK}_tool`);
    const versionId = (await repo.versions.get(projectId, workflowId, 1))!.id;
    const draft = await repo.workflows.create(projectId, { document: documentOf('second') });
    const toolset = await repo.toolsets.create(projectId, {
      name: MARK,
      title: MARK,
      access: 'key',
      workflows: [MARK],
    });
    const rule = await repo.clientRules.set(projectId, { client: MARK, tools: [MARK], readOnly: false });
    const key = await repo.keys.create(projectId, {
      id: Math.random().toString(36).slice(2).padEnd(12, '0').slice(0, 12),
      hash: `${MARK}${'h'.repeat(40)}`,
      preview: 'pbk_',
      name: MARK,
    });
    await systemOf(database).clients.record([clientOf(team, 'client1')]);
    await systemOf(database).callStats.add([callOf(team, workflowId)]);
    const apiSource = await repo.apiSources.create(projectId, { name: MARK, url: null, document: MARK });
    await repo.apiSources.record(projectId, apiSource.id, { choices: { of: MARK } });
    const connection = await repo.connections.create(projectId, {
      name: MARK,
      type: 'bearer',
      hosts: [`${MARK}.example.test`],
      secret: MARK,
      preview: '',
    });
    await systemOf(database).connectedAccounts.save(
      {
        id: randomUUID(),
        organizationId: team.organizationId,
        connectionId: connection.id,
        userId: team.userId,
        secret: MARK,
        preview: MARK,
        expiresAt: null,
      },
      { type: 'system' },
    );
    const base = await repo.knowledge.create(projectId, { name: MARK });
    await repo.knowledge.update(projectId, base.id, { offered: true });
    const passages = [{ headings: [MARK], text: `${MARK} passage` }];
    const document = await addPassages(
      database,
      repo,
      { projectId, baseId: base.id },
      { name: `${MARK}.txt` },
      passages,
    );
    const source = await repo.knowledgeSources.create(projectId, base.id, sourceOf(MARK));
    const [question] = await repo.questions.add(projectId, base.id, [questionOf()]);
    const evaluation = await repo.questions.addEvaluation(projectId, base.id, evaluationOf());
    await repo.store.set(projectId, MARK, MARK);
    await repo.store.set(projectId, 'count', 7);
    const run = runOf(team, {
      workflowId,
      workflowName: MARK,
      input: { text: MARK },
      recording: { steps: { [MARK]: {} } },
    });
    const dead = runOf(team, { workflowId, workflowName: MARK, status: 'failed' });
    await systemOf(database).runs.insertBatch([run, dead]);
    await database.prisma.run.updateMany({
      where: { id: { in: [run.id, dead.id] } },
      data: { background: true, deadAt: new Date(0) },
    });
    const test = await repo.tests.create(projectId, workflowId, testOf(MARK));
    const template = await repo.sharedTemplates.create(
      { projectId, workflowId },
      { title: MARK, summary: MARK, content: '{}' },
    );
    const trigger = await repo.triggers.create(projectId, workflowId, scheduleOf(MARK));
    const grantId = await repo.oauthGrants.consent(projectId, consentOf());
    const waiting = runOf(team, { workflowId, workflowName: MARK, status: 'suspended' });
    await systemOf(database).runs.suspend({
      record: waiting,
      fence: 0,
      background: false,
      state: JSON.stringify({ mark: MARK }),
      used: [],
      waitingFor: ['consent'],
      expiresAt: new Date(8_000_000_000_000),
      continueAt: null,
      approvals: [
        {
          questionKey: 'consent',
          message: MARK,
          details: null,
          by: 'team',
          expiresAt: new Date(8_000_000_000_000),
        },
      ],
    });
    const approval = await database.prisma.approval.findFirstOrThrow({ where: { runId: waiting.id } });
    return {
      projectId,
      slug,
      userId,
      workflowId,
      versionId,
      unpublishedId: draft.id,
      keyId: key.id,
      toolsetId: toolset.id,
      ruleId: rule.id,
      clientId: 'client1',
      connectionId: connection.id,
      apiSourceId: apiSource.id,
      baseId: base.id,
      documentId: document.documentId,
      questionId: question!.id,
      evaluationId: evaluation.id,
      sourceId: source.id,
      documentHash: sha256(JSON.stringify(passages)),
      documentVersionId: document.versionId,
      runId: run.id,
      deadId: dead.id,
      triggerId: trigger.id,
      grantId,
      waitingId: waiting.id,
      approvalId: approval.id,
      testId: test.id,
      templateId: template.id,
    };
  }

  /** All that belongs to an organization, as text; of the audit log too. */
  async function everythingOf(organizationId: string): Promise<string> {
    const { prisma } = database;
    const where = { where: { organizationId } };
    return JSON.stringify([
      await prisma.project.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.workflow.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.version.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.release.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.workflowTest.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.apiKey.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.oauthGrant.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.toolset.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.clientRule.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.mcpClient.findMany({ ...where, orderBy: [{ projectId: 'asc' }, { id: 'asc' }] }),
      await prisma.clientRequest.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.connection.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.connectedAccount.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.apiSource.findMany({ ...where, orderBy: { id: 'asc' }, omit: { document: true } }),
      await prisma.knowledgeBase.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.knowledgeSource.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.knowledgeQuestion.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.knowledgeEvaluation.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.document.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.run.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.approval.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.trigger.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.member.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.projectMember.findMany({ ...where, orderBy: [{ projectId: 'asc' }, { userId: 'asc' }] }),
      await prisma.invitation.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.sharedTemplate.findMany({ ...where, orderBy: { id: 'asc' } }),
      await prisma.storeEntry.findMany({
        ...where,
        orderBy: [{ projectId: 'asc' }, { key: 'asc' }],
        omit: { updatedAt: true },
      }),
      await prisma.auditEvent.findMany({ ...where, orderBy: { number: 'asc' } }),
    ]);
  }

  /** What a call gave: its value, or its AppError. Anything else that is thrown fails the test. */
  async function outcomeOf(
    call: Promise<unknown>,
  ): Promise<{ value?: unknown; code?: string; message?: string }> {
    try {
      return { value: await call };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { code: error.code, message: error.message };
    }
  }

  it('is tested for every function of the repository', () => {
    const repo = systemOf(database);
    const names = Object.entries(Object.getOwnPropertyDescriptors(repo)).flatMap(([group]) =>
      Object.keys(repo[group as keyof Repository]).map((name) => `${group}.${name}`),
    );
    const tested = [...Object.keys(CALLS), ...Object.keys(CARRYING), ...ELSEWHERE];

    const ofSystem = (name: string) => OF_SYSTEM.some((group) => name.startsWith(`${group}.`));
    expect(names.filter((name) => !ofSystem(name) && !tested.includes(name))).toEqual([]);
  });

  it('refuses groups of the system to everybody else', async () => {
    const { repo } = await makeTeam(database, 'outside');
    for (const group of OF_SYSTEM) {
      expect(() => repo[group]).toThrow('Only the server itself');
      expect(() => systemOf(database)[group]).not.toThrow();
    }
  });

  it('gives the rightful principal everything (positive control)', async () => {
    const team = await makeTeam(database, 'control');
    const world = await fill(team);
    for (const [name, { needs, call }] of Object.entries(CALLS)) {
      if (needs === 'system') continue;
      const { code, value } = await outcomeOf(call(team.repo, world));
      expect({ name, code }).toEqual({ name, code: undefined });
      const reads = /\.(list|get|live|bySlug|documents|search)$/.test(name);
      if (reads)
        expect({ name, text: JSON.stringify(value) }).toEqual({
          name,
          text: expect.stringContaining(marks(name)),
        });
    }
    const system = systemOf(database);
    for (const [name, { needs, call }] of Object.entries(CALLS)) {
      if (needs === 'system')
        expect({ name, ...(await outcomeOf(call(system, world))) }).not.toHaveProperty('code');
    }
  });

  describe('a stranger', () => {
    let team: Team;
    let world: World;
    let sibling: { projectId: string; slug: string };
    let strangers: { name: string; principal: Principal; ids: World }[];

    beforeAll(async () => {
      team = await makeTeam(database, 'victim');
      world = await fill(team);
      const project = await team.repo.projects.create({ name: 'sibling', slug: 'sibling' });
      sibling = { projectId: project.id, slug: project.slug };
      const other = await makeTeam(database, 'other');
      const { organizationId, userId } = team;
      const key = { keyId: 'somekey00000', tools: null, readOnly: false } as const;
      strangers = [
        {
          name: 'owner of another organization',
          principal: {
            type: 'user',
            userId: other.userId,
            organizationId: other.organizationId,
            role: 'owner',
          },
          ids: world,
        },
        {
          name: 'key of another organization',
          principal: {
            type: 'key',
            ...key,
            organizationId: other.organizationId,
            projectId: other.projectId,
          },
          ids: world,
        },
        {
          name: 'key that claims this project for another organization',
          principal: {
            type: 'key',
            ...key,
            organizationId: other.organizationId,
            projectId: world.projectId,
          },
          ids: world,
        },
        {
          name: 'key of another project of the organization',
          principal: { type: 'key', ...key, organizationId, projectId: sibling.projectId },
          ids: world,
        },
        {
          name: 'anybody at another project that is public',
          principal: { type: 'public', organizationId, projectId: sibling.projectId },
          ids: world,
        },
        {
          name: 'member who asks for it in the wrong project',
          principal: { type: 'user', userId, organizationId, role: 'owner' },
          ids: { ...world, ...sibling },
        },
      ];
    });

    it.each([0, 1, 2, 3, 4, 5])('number %i gets nothing and changes nothing', async (index) => {
      const { name, principal, ids } = strangers[index]!;
      const repo = repository(database, principal);
      const before = await everythingOf(team.organizationId);
      // In the wrong project a member may well do what names nothing of the right one.
      const own =
        index === 5
          ? /^(projects|audit|members|sharedTemplates|usage|store|subscriptions|sessions|streamMessages|callRules|callUsage)\.|\.(create|list)$|^clientRules\.set$/
          : /^projects\.create$|\.list$/;
      const secrets = index === 5 ? [] : [world.workflowId, world.runId, world.baseId, world.userId, MARK];

      for (const [function_, { call }] of Object.entries(CALLS)) {
        // Whoever belongs to an organization may leave a trace in its log.
        if (function_ === 'audit.append' || (index === 5 && own.test(function_))) continue;
        const outcome = await outcomeOf(call(repo, ids));
        const text = JSON.stringify(outcome);
        for (const secret of secrets) {
          expect({ name, function_, text }).toEqual({
            name,
            function_,
            text: expect.not.stringContaining(secret),
          });
        }
        if (own.test(function_)) continue;
        const nothing =
          outcome.code === 'not_found' ||
          outcome.code === 'forbidden' ||
          outcome.value === null ||
          JSON.stringify(outcome.value) === '[]';
        expect({ name, function_, nothing, text }).toEqual({ name, function_, nothing: true, text });
      }

      expect(await everythingOf(team.organizationId)).toBe(before);
    });

    it('with an id that is none gets nothing', async () => {
      const bad = [
        '',
        ' ',
        '../..',
        "x' OR '1'='1",
        'a'.repeat(65),
        'a\0b',
        undefined,
        null,
        7,
        { not: '' },
        { in: [world.projectId] },
        [world.workflowId],
      ] as unknown as string[];
      const before = await everythingOf(team.organizationId);
      for (const id of bad) {
        const ids = Object.fromEntries(Object.keys(world).map((key) => [key, id])) as unknown as World;
        for (const [function_, { call, needs }] of Object.entries(CALLS)) {
          if (
            /^(projects|audit|members|sharedTemplates)\.(list|create|append|live|pinned|bySlug)$/.test(
              function_,
            )
          )
            continue;
          if (needs === 'system') continue;
          const outcome = await outcomeOf(call(team.repo, ids));
          const nothing =
            ['not_found', 'bad_request'].includes(outcome.code ?? '') ||
            outcome.value === null ||
            ['[]', '{"items":[],"nextCursor":null}'].includes(JSON.stringify(outcome.value));
          expect({ id, function_, nothing, outcome }).toEqual({ id, function_, nothing: true, outcome });
        }
      }
      expect(await everythingOf(team.organizationId)).toBe(before);
    });

    it('however close cannot carry a run that waits', async () => {
      const { organizationId, userId } = team;
      const before = await everythingOf(organizationId);
      const close: Principal[] = [
        { type: 'user', userId, organizationId, role: 'owner' },
        { type: 'key', keyId: 'k', organizationId, projectId: world.projectId, tools: null, readOnly: false },
        { type: 'public', organizationId, projectId: world.projectId },
      ];
      for (const principal of close) {
        for (const [function_, carry] of Object.entries(CARRYING)) {
          const outcome = await outcomeOf(carry(repository(database, principal), world));
          expect({ function_, code: outcome.code }).toEqual({ function_, code: 'forbidden' });
        }
      }
      expect(await everythingOf(organizationId)).toBe(before);
      // The control: the server can.
      const claimed = await CARRYING['runs.claim']!(systemOf(database), world);
      expect(claimed).toBe(1);
      await database.prisma.run.update({
        where: { id: world.waitingId },
        data: { status: 'suspended', fence: 0, leaseUntil: null },
      });
    });

    it('with a lesser role reads, and is refused every write', async () => {
      const { organizationId, userId } = team;
      const before = await everythingOf(organizationId);
      const principals: [Principal, Call['needs'][]][] = [
        [
          { type: 'user', userId, organizationId, role: 'viewer', projectId: world.projectId },
          ['editor', 'admin', 'system'],
        ],
        [
          {
            type: 'key',
            keyId: 'k',
            organizationId,
            projectId: world.projectId,
            tools: null,
            readOnly: false,
          },
          ['viewer', 'editor', 'admin', 'system'],
        ],
        [
          { type: 'public', organizationId, projectId: world.projectId },
          ['viewer', 'editor', 'admin', 'system'],
        ],
      ];
      for (const [principal, refused] of principals) {
        const repo = repository(database, principal);
        for (const [function_, { needs, call }] of Object.entries(CALLS)) {
          if (function_ === 'audit.append') continue;
          const { code } = await outcomeOf(call(repo, world));
          expect({ type: principal.type, function_, code }).toEqual({
            type: principal.type,
            function_,
            code: refused.includes(needs) ? 'forbidden' : undefined,
          });
        }
      }
      const editor = repository(database, { type: 'user', userId, organizationId, role: 'editor' });
      expect(await outcomeOf(editor.projects.remove(world.projectId))).toMatchObject({ code: 'forbidden' });
      expect(await everythingOf(organizationId)).toBe(before);
    });

    it('has no job queue', () => {
      for (const { principal } of strangers) {
        expect(() => repository(database, principal).jobs).toThrow(AppError);
      }
    });
  });

  describe('members', () => {
    it('are changed by administrators of their own organization, who give no more than they have', async () => {
      const team = await makeTeam(database, 'crew');
      const other = await makeTeam(database, 'elsewhere');
      const { organizationId, userId } = team;
      const guest = await database.prisma.user.create({
        data: { name: 'Guest', email: 'guest@example.test' },
      });
      await systemOf(database).members.add(organizationId, guest.id, 'viewer');
      const as = (role: 'admin' | 'editor') =>
        repository(database, { type: 'user', userId: guest.id, organizationId, role }).members;

      await expect(as('editor').setRole(guest.id, 'admin')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(as('admin').setRole(guest.id, 'owner')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(as('admin').remove(userId)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(other.repo.members.setRole(guest.id, 'owner')).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(other.repo.members.remove(guest.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(team.repo.members.add(organizationId, other.userId, 'owner')).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(
        team.repo.members.createOrganization({ name: 'x', slug: 'x', ownerId: userId }),
      ).rejects.toMatchObject({ code: 'forbidden' });
      await expect(team.repo.members.defaultOrganization()).rejects.toMatchObject({ code: 'forbidden' });
      await expect(
        team.repo.members.adoptOrganization(other.organizationId, { name: 'x', ownerId: userId }),
      ).rejects.toMatchObject({ code: 'forbidden' });
      await expect(
        systemOf(database).members.adoptOrganization(organizationId, { name: 'x', ownerId: userId }),
      ).rejects.toMatchObject({ code: 'conflict' });

      await expect(as('editor').rename('Mine')).rejects.toMatchObject({ code: 'forbidden' });
      await as('admin').rename('The crew');
      expect(await as('editor').organization()).toMatchObject({ id: organizationId, name: 'The crew' });
      expect((await other.repo.members.organization()).name).toBe('elsewhere');
      await team.repo.members.rename('crew');

      await team.repo.members.setRole(guest.id, 'editor');
      expect((await team.repo.members.list()).map(({ name, role }) => ({ name, role }))).toEqual([
        { name: 'Guest', role: 'editor' },
        { name: 'crew owner', role: 'owner' },
      ]);
      expect(await systemOf(database).members.membershipsOf(guest.id)).toMatchObject([
        { organization: { id: organizationId, name: 'crew' }, role: 'editor' },
      ]);
      await team.repo.members.remove(guest.id);
      expect(await systemOf(database).members.membershipsOf(guest.id)).toEqual([]);
    });

    it('always have an owner among them', async () => {
      const { repo, userId } = await makeTeam(database, 'alone');

      await expect(repo.members.setRole(userId, 'admin')).rejects.toMatchObject({ code: 'conflict' });
      await expect(repo.members.remove(userId)).rejects.toMatchObject({ code: 'conflict' });
      expect(await repo.members.list()).toHaveLength(1);
    });
  });

  it('lets the system do what names no organization', async () => {
    await repository(database, SYSTEM).audit.append({
      action: 'session.refused',
      outcome: 'refused',
      ip: '::1',
    });

    expect((await repository(database, SYSTEM).audit.list())[0]).toMatchObject({
      actorType: 'system',
      action: 'session.refused',
      outcome: 'refused',
      ip: '::1',
    });
  });
});
