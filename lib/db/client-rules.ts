import * as z from 'zod';
import { requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** Stands for every OAuth client that has no rule of its own. */
export const OTHER_CLIENTS = '*';

const MOST_RULES = 200;

/** What people may call of a project through one OAuth client, at most. */
export interface ClientRule {
  id: string;
  /** The id of the client, or `*`. */
  client: string;
  /** Names; null for all. */
  tools: string[] | null;
  /** Only what changes nothing. */
  readOnly: boolean;
}

const newRule = z.object({
  client: text(2000).min(1),
  tools: z.array(text(120).min(1)).max(1000).nullable(),
  readOnly: z.boolean(),
});

export type NewClientRule = z.input<typeof newRule>;

/** The rules of a project for OAuth clients. */
export function clientRulesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    async list(projectId: string): Promise<ClientRule[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.clientRule.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(ruleOf);
    },

    /** Makes it, or puts it in place of the one there was for that client. */
    async set(projectId: string, input: NewClientRule): Promise<ClientRule> {
      requireRole(principal, 'admin');
      const { client, readOnly, tools } = parse(newRule, input);
      const data = { readOnly, tools: tools === null ? null : JSON.stringify([...new Set(tools)]) };
      return database.transaction(async (tx) => {
        const project = await projectIn(tx, scope, projectId);
        const unique = { projectId: project.id, client };
        const { count } = await tx.clientRule.updateMany({ where: unique, data });
        if (count === 0) {
          if ((await tx.clientRule.count({ where: { projectId: project.id } })) >= MOST_RULES)
            throw new AppError('too_many', `A project has at most ${MOST_RULES} rules for clients.`);
          await tx.clientRule.create({
            data: { ...unique, ...data, organizationId: project.organizationId },
          });
        }
        await appendAudit(database, tx, principal, project.organizationId, {
          action: 'client_rule.set',
          target: `project:${project.id}`,
          details: { client, tools, readOnly },
        });
        return ruleOf(await tx.clientRule.findFirstOrThrow({ where: unique }));
      });
    },

    /** Throws `not_found`. */
    async remove(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'admin');
      const where = { AND: [{ id: idOf(id, 'rule'), projectId: idOf(projectId, 'project') }, scope] };
      await database.transaction(async (tx) => {
        const row = (await tx.clientRule.findFirst({ where })) ?? notFound('rule');
        await tx.clientRule.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'client_rule.remove',
          target: `project:${row.projectId}`,
          details: { client: row.client },
        });
      });
    },
  };
}

interface RuleRow {
  id: string;
  client: string;
  tools: string | null;
  readOnly: boolean;
}

export function ruleOf({ id, client, tools, readOnly }: RuleRow): ClientRule {
  return { id, client, readOnly, tools: tools === null ? null : (JSON.parse(tools) as string[]) };
}
