import { randomUUID } from 'node:crypto';
import type { Database } from '#lib/db/client.ts';
import type { Principal } from '#lib/db/principal.ts';
import { type Repository, repository } from '#lib/db/repository.ts';
import type { RunRecord } from '#lib/db/run-batch.ts';
import type { Contract } from '#lib/workflow/contract.ts';

/** An organization with an owner and a project. */
export interface Team {
  organizationId: string;
  userId: string;
  projectId: string;
  slug: string;
  /** As its owner. */
  repo: Repository;
}

export const SYSTEM: Principal = { type: 'system' };

export function systemOf(database: Database): Repository {
  return repository(database, SYSTEM);
}

/** Makes an organization, its owner and a project, all named after `name`. */
export async function makeTeam(database: Database, name: string): Promise<Team> {
  const user = await database.prisma.user.create({
    data: { name: `${name} owner`, email: `${name}@example.test` },
  });
  const organization = await systemOf(database).members.createOrganization({
    name,
    slug: name,
    ownerId: user.id,
  });
  const principal: Principal = {
    type: 'user',
    userId: user.id,
    organizationId: organization.id,
    role: 'owner',
  };
  const repo = repository(database, principal);
  const project = await repo.projects.create({ name, slug: `${name}-shop` });
  return {
    organizationId: organization.id,
    userId: user.id,
    projectId: project.id,
    slug: project.slug,
    repo,
  };
}

export function documentOf(name: string, title = ''): { name: string; title: string; nodes: never[] } {
  return { name, title, nodes: [] };
}

export function contractOf(name: string): Contract {
  return {
    kind: 'tool',
    name,
    title: name,
    description: '',
    annotations: {},
    // The order of keys matters, and is not alphabetical.
    inputSchema: { type: 'object', properties: { z: { type: 'string' }, a: { type: 'string' } } },
    outputSchema: null,
  };
}

/** A workflow that is published once. */
export async function publishNew(
  team: Pick<Team, 'repo' | 'projectId'>,
  name: string,
): Promise<{ id: string; versionId: string }> {
  const { id } = await team.repo.workflows.create(team.projectId, { document: documentOf(name) });
  const published = await team.repo.releases.publish(team.projectId, id, {
    revision: 1,
    contract: contractOf(name),
  });
  if (!published.published) throw new Error('It was just made; nobody saved since.');
  return { id, versionId: published.versionId };
}

/** A finished run of a project. */
export function runOf(
  team: Pick<Team, 'organizationId' | 'projectId'>,
  changes: Partial<RunRecord> = {},
): RunRecord {
  return {
    id: randomUUID(),
    organizationId: team.organizationId,
    projectId: team.projectId,
    workflowId: 'workflow',
    workflowName: 'echo',
    versionId: null,
    version: null,
    status: 'succeeded',
    startedAt: Date.UTC(2026, 0, 1),
    durationMs: 12,
    leaseUntil: null,
    client: 'test 1.0',
    keyId: null,
    cause: 'call',
    parentId: null,
    error: null,
    input: { text: 'hi' },
    output: { parts: [{ type: 'text', text: 'hi' }] },
    steps: [
      {
        nodeId: 'n1',
        key: 'input',
        status: 'succeeded',
        attempt: 1,
        startedAt: 0,
        durationMs: 1,
        value: 'hi',
      },
    ],
    undone: null,
    document: null,
    recording: null,
    ...changes,
  };
}
