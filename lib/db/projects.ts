import * as z from 'zod';
import type { Contract } from '#lib/workflow/contract.ts';
import { iconFault, PROJECT_ICON_BYTES } from '#lib/workflow/icon.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { projectScopeOf, requireOrganizationRole, requireRole, roleOf } from './access.ts';
import {
  ACCESS,
  type Access,
  accessOf,
  VIEWER_CALLS,
  type ViewerCalls,
  viewerCallsOf,
} from './access-mode.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text, toldText } from './check.ts';
import { type ClientRule, ruleOf } from './client-rules.ts';
import type { Database } from './database.ts';
import { type LiveSettings, liveSettingsOf } from './live-settings.ts';
import type { Principal, Role } from './principal.ts';
import { effectiveRole, visibleProjects } from './project-people.ts';
import { type Toolset, toolsetOf } from './toolsets.ts';

export interface Project {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  /** Told to the model on connect. */
  instructions: string;
  access: Access;
  /** Not secret. */
  env: Record<string, string>;
  /** Background runs at one time. */
  concurrency: number;
  /** What clients show beside the name: a data: or https: address of an image, or ''. */
  icon: string;
  /** Characters of a tool's result that are sent at once. */
  resultBudget: number;
  viewerCalls: ViewerCalls;
  /** Seen by its members and administrators of the organization only. */
  private: boolean;
  /** What the principal may do in it. */
  role: Role;
  /** 0 when nothing was published. */
  release: number;
  workflowCount: number;
  createdAt: Date;
  updatedAt: Date;
}

/** What an address serves, as it is stored: the live versions with their frozen contracts. */
export interface LiveRelease extends LiveSettings {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  instructions: string;
  access: Access;
  env: Record<string, string>;
  icon: string;
  resultBudget: number;
  release: number;
  /** Documents of a knowledge base are resources. */
  offersKnowledge: boolean;
  viewerCalls: ViewerCalls;
  /** For OAuth clients. */
  clientRules: readonly ClientRule[];
  toolsets: readonly Toolset[];
  /** What is live, by name of the tool. */
  versions: {
    workflowId: string;
    versionId: string;
    version: number;
    document: JsonValue;
    contract: Contract;
  }[];
}

type LiveParts = LiveSettings & Pick<LiveRelease, 'toolsets' | 'clientRules'>;

/** Addresses: `/mcp/<slug>`. */
export const PROJECT_SLUG = /^[a-z][a-z0-9-]{1,38}$/;

/** Characters of a result that are sent at once. */
export const RESULT_BUDGET = { default: 100_000, least: 10_000, most: 1_000_000 };

export const projectIcon = text(70_000).superRefine((icon, { addIssue }) => {
  const fault = icon === '' ? null : iconFault(icon, PROJECT_ICON_BYTES);
  if (fault !== null) addIssue(fault);
});

export const resultBudget = z.int().min(RESULT_BUDGET.least).max(RESULT_BUDGET.most);

const envSchema = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), text(8192));

const slugSchema = z
  .string()
  .regex(PROJECT_SLUG, 'starts with a letter; then a-z, 0-9 and -; 2 to 39 characters');

const projectPatch = z.object({
  name: text(120).min(1).optional(),
  instructions: toldText(20_000).optional(),
  access: z.enum(ACCESS).optional(),
  env: envSchema.optional(),
  concurrency: z.int().min(1).max(50).optional(),
  icon: projectIcon.optional(),
  resultBudget: resultBudget.optional(),
  viewerCalls: z.enum(VIEWER_CALLS).optional(),
  slug: slugSchema.optional(),
});

const newProject = projectPatch.extend({ name: text(120).min(1), slug: slugSchema });

export type ProjectPatch = z.input<typeof projectPatch>;
export type NewProject = z.input<typeof newProject>;

/** The projects a principal can see. Reading what is not theirs gives null, writing it `not_found`. */
export function projectsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = projectScopeOf(principal);
  const visible = visibleProjects(principal);
  const userId = principal.type === 'user' ? principal.userId : '';
  const count = {
    _count: { select: { workflows: true } },
    members: { where: { userId }, select: { role: true } },
  } as const;
  const projectOf = (row: ProjectRow) => projectAs(principal, row);

  /** What is served beside the workflows. */
  async function partsOf(projectId: string): Promise<LiveParts> {
    const [settings, toolsets, rules] = await Promise.all([
      liveSettingsOf(prisma, projectId),
      prisma.toolset.findMany({ where: { projectId }, orderBy: { name: 'asc' } }),
      prisma.clientRule.findMany({ where: { projectId } }),
    ]);
    return { ...settings, toolsets: toolsets.map(toolsetOf), clientRules: rules.map(ruleOf) };
  }

  return {
    /** By name. */
    async list(): Promise<Project[]> {
      const rows = await prisma.project.findMany({
        where: visible,
        orderBy: { name: 'asc' },
        include: count,
      });
      return rows.map((row) => projectOf(row));
    },

    async get(id: string): Promise<Project | null> {
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.project.findFirst({
        where: { AND: [{ id: known }, visible] },
        include: count,
      });
      return row && projectOf(row);
    },

    async bySlug(slug: string): Promise<Project | null> {
      if (!PROJECT_SLUG.test(slug)) return null;
      const row = await prisma.project.findFirst({ where: { AND: [{ slug }, visible] }, include: count });
      return row && projectOf(row);
    },

    /** All that is needed to serve the address. Null when there is no such project. */
    async live(slug: string): Promise<LiveRelease | null> {
      if (!PROJECT_SLUG.test(slug)) return null;
      const rows = await prisma.$queryRaw<LiveRow[]>`
        SELECT p."id", p."organizationId", p."slug", p."name", p."instructions", p."access", p."env",
          p."icon", p."resultBudget", p."releaseNumber", p."viewerCalls",
          EXISTS (SELECT 1 FROM "knowledge_base" k WHERE k."projectId" = p."id" AND k."offered") AS "offers",
          v."workflowId", v."id" AS "versionId", v."number", v."document", v."contract"
        FROM "project" p
        LEFT JOIN "workflow" w ON w."projectId" = p."id" AND w."liveVersionId" IS NOT NULL
        LEFT JOIN "version" v ON v."id" = w."liveVersionId"
        WHERE p."slug" = ${slug}
        ORDER BY v."name"`;
      const first = rows[0];
      if (!first) return null;
      if (scope.organizationId !== undefined && scope.organizationId !== first.organizationId) return null;
      if (scope.id !== undefined && scope.id !== first.id) return null;
      return liveOf(first, rows, await partsOf(first.id));
    },

    /**
     * The same with the versions of one release in place of those that are live; but for what was deleted since. Null
     * when there is no such release.
     */
    async pinned(slug: string, release: number): Promise<LiveRelease | null> {
      if (!PROJECT_SLUG.test(slug)) return null;
      const row = await prisma.release.findFirst({
        where: { number: parse(z.int32(), release), project: { AND: [{ slug }, scope] } },
        include: { project: true },
      });
      if (!row) return null;
      const { project, versions: json } = row;
      const ids = (JSON.parse(json) as { versionId: string }[]).map(({ versionId }) => versionId);
      const [versions, offered, parts] = await Promise.all([
        prisma.version.findMany({
          where: { projectId: project.id, id: { in: ids } },
          orderBy: { name: 'asc' },
        }),
        prisma.knowledgeBase.count({ where: { projectId: project.id, offered: true } }),
        partsOf(project.id),
      ]);
      const head = { ...project, releaseNumber: release, offers: offered > 0 };
      return liveOf(
        head,
        versions.map(({ id, workflowId, number, document, contract }) => ({
          ...head,
          workflowId,
          versionId: id,
          number,
          document,
          contract,
        })),
        parts,
      );
    },

    /** Throws `conflict` when the slug is taken, by whomever. */
    async create(input: NewProject, organizationId?: string): Promise<Project> {
      requireOrganizationRole(principal, 'editor');
      const { env, ...data } = parse(newProject, input);
      const owner = principal.type === 'system' ? organizationId : scope.organizationId;
      if (owner === undefined) throw new AppError('bad_request', 'A project belongs to an organization.');
      return orConflict(`The address "${data.slug}" is taken; choose another slug.`, () =>
        database.transaction(async (tx) => {
          const row = await tx.project.create({
            data: { ...data, organizationId: owner, env: JSON.stringify(env ?? {}) },
            include: count,
          });
          await appendAudit(database, tx, principal, owner, {
            action: 'project.create',
            target: `project:${row.id}`,
            projectId: row.id,
            details: { slug: row.slug },
          });
          return projectOf(row);
        }),
      );
    },

    /**
     * What is left out stays. Another address is given by administrators only, as clients lose the one they know;
     * throws `conflict` when it is taken, by whomever.
     */
    async update(id: string, input: ProjectPatch): Promise<Project> {
      requireRole(principal, 'editor');
      const { env, ...data } = parse(projectPatch, input);
      if (data.slug !== undefined || data.viewerCalls !== undefined) requireRole(principal, 'admin');
      const patch = {
        ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
        ...(env === undefined ? {} : { env: JSON.stringify(env) }),
      };
      const where = { AND: [{ id: idOf(id, 'project') }, scope] };
      return orConflict(`The address "${data.slug}" is taken; choose another one.`, () =>
        database.transaction(async (tx) => {
          const before = (await tx.project.findFirst({ where })) ?? notFound('project');
          await tx.project.updateMany({ where, data: patch });
          const row = await tx.project.findFirstOrThrow({ where, include: count });
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'project.update',
            target: `project:${row.id}`,
            details: {
              slug: row.slug,
              fields: Object.keys(patch),
              ...(data.access === undefined ? {} : { access: data.access }),
              ...(data.viewerCalls === undefined ? {} : { viewerCalls: data.viewerCalls }),
              ...(before.slug === row.slug ? {} : { from: before.slug }),
            },
          });
          return projectOf(row);
        }),
      );
    },

    /** With all that belongs to it. Administrators only. */
    async remove(id: string): Promise<void> {
      requireRole(principal, 'admin');
      const where = { AND: [{ id: idOf(id, 'project') }, scope] };
      await database.transaction(async (tx) => {
        const row = (await tx.project.findFirst({ where })) ?? notFound('project');
        await tx.project.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'project.delete',
          target: `project:${row.id}`,
          details: { slug: row.slug },
        });
      });
    },
  };
}

interface ProjectRow {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  instructions: string;
  access: string;
  env: string;
  concurrency: number;
  icon: string;
  resultBudget: number;
  viewerCalls: string;
  private: boolean;
  releaseNumber: number;
  createdAt: Date;
  updatedAt: Date;
  _count: { workflows: number };
  /** The principal's own, if there is one. */
  members: { role: string }[];
}

function projectAs(
  principal: Principal,
  { _count, members, env, releaseNumber, access, ...row }: ProjectRow,
): Project {
  return {
    ...row,
    role: roleIn(principal, { isPrivate: row.private, given: members[0]?.role ?? null }),
    access: accessOf(access),
    viewerCalls: viewerCallsOf(row.viewerCalls),
    env: JSON.parse(env) as Record<string, string>,
    release: releaseNumber,
    workflowCount: _count.workflows,
  };
}

function roleIn(
  principal: Principal,
  { isPrivate, given }: { isPrivate: boolean; given: string | null },
): Role {
  if (principal.type === 'system') return 'owner';
  if (principal.type !== 'user') return 'viewer';
  // In the project the role was looked up already.
  if (principal.projectId !== undefined) return principal.role;
  const projectRole = given === null ? null : roleOf(given);
  return effectiveRole(principal.role, { projectRole, isPrivate }) ?? 'viewer';
}

interface LiveRow {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  instructions: string;
  access: string;
  env: string;
  icon: string;
  resultBudget: number | bigint;
  releaseNumber: number | bigint;
  viewerCalls: string;
  /** A number in SQLite. */
  offers: boolean | number | bigint;
  workflowId: string | null;
  versionId: string | null;
  number: number | bigint | null;
  document: string | null;
  contract: string | null;
}

type LiveHead = Omit<LiveRow, 'workflowId' | 'versionId' | 'number' | 'document' | 'contract'>;

function liveOf(project: LiveHead, rows: readonly LiveRow[], parts: LiveParts): LiveRelease {
  return {
    ...parts,
    id: project.id,
    organizationId: project.organizationId,
    slug: project.slug,
    name: project.name,
    instructions: project.instructions,
    access: accessOf(project.access),
    env: JSON.parse(project.env) as Record<string, string>,
    icon: project.icon,
    resultBudget: Number(project.resultBudget),
    release: Number(project.releaseNumber),
    offersKnowledge: Number(project.offers) === 1,
    viewerCalls: viewerCallsOf(project.viewerCalls),
    versions: rows
      .filter((row) => row.versionId !== null)
      .map((row) => ({
        workflowId: row.workflowId!,
        versionId: row.versionId!,
        version: Number(row.number),
        document: JSON.parse(row.document!) as JsonValue,
        contract: JSON.parse(row.contract!) as Contract,
      })),
  };
}
