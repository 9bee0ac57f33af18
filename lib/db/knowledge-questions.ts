import * as z from 'zod';
import type { JsonValue } from '#lib/workflow/json.ts';
import { requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { idOf, idOrNull, notFound, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

/** Where the answer to a question stands. */
export interface ExpectedPlace {
  /** Id, path or name of a document. */
  document: string;
  heading?: string | undefined;
  /** Words of the passage. */
  quote?: string | undefined;
}

export interface KnowledgeQuestion {
  id: string;
  text: string;
  /** Any of these is right. */
  expected: ExpectedPlace[];
  /** `proposed`: nobody has accepted it yet, and it is not measured. */
  origin: QuestionOrigin;
  createdAt: Date;
}

export type QuestionOrigin = 'user' | 'proposed';

export interface EvaluationRow {
  id: string;
  name: string;
  /** JSON, as it was given. */
  settings: JsonValue;
  result: JsonValue;
  /** Of the base, then. */
  revision: number;
  createdAt: Date;
}

/** Questions of a knowledge base. */
export const MOST_QUESTIONS = 500;
/** Evaluations that are kept of a base. */
const MOST_EVALUATIONS = 50;

const place = z.strictObject({
  document: text(1000).min(1),
  heading: text(300).optional(),
  quote: text(1000).optional(),
});

const question = z.strictObject({
  text: text(500).refine((words) => words.trim() !== '', 'must not be empty'),
  expected: z.array(place).min(1).max(20),
  origin: z.enum(['user', 'proposed']).default('user'),
});

const evaluation = z.strictObject({
  name: text(120),
  settings: z.json(),
  result: z.json(),
  revision: z.int().min(0),
});

/** What a knowledge base should find, and how well it did. Members read, editors write. */
export function knowledgeQuestionsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const inBase = (projectId: string, baseId: string) => ({
    AND: [{ projectId: idOf(projectId, 'project'), baseId: idOf(baseId, 'knowledge base') }, scope],
  });
  const one = (projectId: string, baseId: string, id: string) => ({
    AND: [{ id: idOf(id, 'question') }, inBase(projectId, baseId)],
  });
  async function baseIn(client: Tx, projectId: string, id: string) {
    const where = { id: idOf(id, 'knowledge base'), projectId: idOf(projectId, 'project') };
    const row = await client.knowledgeBase.findFirst({ where: { AND: [where, scope] } });
    return row ?? notFound('knowledge base');
  }

  return {
    /** In the order in which they were added. */
    async list(projectId: string, baseId: string): Promise<KnowledgeQuestion[]> {
      requireRole(principal, 'viewer');
      if (idOrNull(projectId) === null || idOrNull(baseId) === null) return [];
      const rows = await prisma.knowledgeQuestion.findMany({
        where: inBase(projectId, baseId),
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(questionOf);
    },

    /** All or none. Throws `too_many` past 500 in the base. */
    async add(
      projectId: string,
      baseId: string,
      input: readonly z.input<typeof question>[],
    ): Promise<KnowledgeQuestion[]> {
      requireRole(principal, 'editor');
      const given = parse(z.array(question).max(MOST_QUESTIONS), input);
      return database.transaction(async (tx) => {
        const base = await baseIn(tx, projectId, baseId);
        const count = await tx.knowledgeQuestion.count({ where: { baseId: base.id } });
        if (count + given.length > MOST_QUESTIONS) {
          throw new AppError(
            'too_many',
            `A knowledge base has ${MOST_QUESTIONS} questions at most; this one has ${count}, and ${given.length} more are too many.`,
          );
        }
        const { organizationId } = base;
        const ids = { organizationId, projectId: base.projectId, baseId: base.id };
        const from = Date.now();
        const rows: KnowledgeQuestion[] = [];
        for (const [index, { expected, ...facts }] of given.entries()) {
          const data = { ...ids, ...facts, expected: JSON.stringify(expected) };
          // The order in which they were given.
          const row = await tx.knowledgeQuestion.create({
            data: { ...data, createdAt: new Date(from + index) },
          });
          rows.push(questionOf(row));
        }
        return rows;
      });
    },

    /** What is left out stays. */
    async update(
      projectId: string,
      baseId: string,
      id: string,
      input: Partial<z.input<typeof question>>,
    ): Promise<KnowledgeQuestion> {
      requireRole(principal, 'editor');
      // Without the default: what is left out is not to become one's own.
      const partial = question.extend({ origin: z.enum(['user', 'proposed']) }).partial();
      const { expected, ...facts } = parse(partial, input);
      const where = one(projectId, baseId, id);
      return database.transaction(async (tx) => {
        const { count } = await tx.knowledgeQuestion.updateMany({
          where,
          data: {
            ...(facts.text !== undefined && { text: facts.text }),
            ...(facts.origin !== undefined && { origin: facts.origin }),
            ...(expected && { expected: JSON.stringify(expected) }),
          },
        });
        const row = count > 0 && (await tx.knowledgeQuestion.findFirst({ where }));
        return row ? questionOf(row) : notFound('question');
      });
    },

    async remove(projectId: string, baseId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const { count } = await prisma.knowledgeQuestion.deleteMany({ where: one(projectId, baseId, id) });
      if (count === 0) notFound('question');
    },

    /** Ids of the documents that a text names, by id, path or name, in the order of nothing. */
    async documentsNamed(
      projectId: string,
      baseId: string,
      names: readonly string[],
    ): Promise<{ id: string; path: string; name: string }[]> {
      requireRole(principal, 'viewer');
      const known = [...new Set(names)];
      const rows: { id: string; path: string; name: string }[] = [];
      // SQLite takes so many parameters and not many more.
      for (let start = 0; start < known.length; start += 100) {
        const some = known.slice(start, start + 100);
        rows.push(
          ...(await prisma.document.findMany({
            where: {
              AND: [
                inBase(projectId, baseId),
                { OR: [{ id: { in: some } }, { path: { in: some } }, { name: { in: some } }] },
              ],
            },
            select: { id: true, path: true, name: true },
          })),
        );
      }
      return rows;
    },

    /** Passages of documents that are searched, from the beginning of each, to make questions of. */
    async samples(
      projectId: string,
      baseId: string,
      { documents, each }: { documents: number; each: number },
    ): Promise<{ document: string; headings: string[]; text: string }[]> {
      requireRole(principal, 'viewer');
      const rows = await prisma.document.findMany({
        where: { AND: [inBase(projectId, baseId), { liveVersionId: { not: null } }] },
        orderBy: [{ updatedAt: 'desc' }, { id: 'asc' }],
        take: documents,
        select: { name: true, path: true, liveVersionId: true },
      });
      const found: { document: string; headings: string[]; text: string }[] = [];
      for (const { name, path, liveVersionId } of rows) {
        const chunks = await prisma.chunk.findMany({
          where: { versionId: liveVersionId!, ordinal: { lt: each } },
          orderBy: { ordinal: 'asc' },
          select: { headings: true, text: true },
        });
        found.push(
          ...chunks.map((chunk) => ({
            document: path || name,
            headings: JSON.parse(chunk.headings) as string[],
            text: chunk.text,
          })),
        );
      }
      return found;
    },

    /** Newest first. */
    async evaluations(projectId: string, baseId: string): Promise<EvaluationRow[]> {
      requireRole(principal, 'viewer');
      if (idOrNull(projectId) === null || idOrNull(baseId) === null) return [];
      const rows = await prisma.knowledgeEvaluation.findMany({
        where: inBase(projectId, baseId),
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        take: MOST_EVALUATIONS,
      });
      return rows.map(evaluationOf);
    },

    async evaluation(projectId: string, baseId: string, id: string): Promise<EvaluationRow | null> {
      requireRole(principal, 'viewer');
      if ([projectId, baseId, id].some((given) => idOrNull(given) === null)) return null;
      const row = await prisma.knowledgeEvaluation.findFirst({
        where: { AND: [{ id }, inBase(projectId, baseId)] },
      });
      return row && evaluationOf(row);
    },

    /** Keeps the newest fifty of a base. */
    async addEvaluation(
      projectId: string,
      baseId: string,
      input: z.input<typeof evaluation>,
    ): Promise<EvaluationRow> {
      requireRole(principal, 'editor');
      const { name, settings, result, revision } = parse(evaluation, input);
      return database.transaction(async (tx) => {
        const { id, organizationId, projectId: project } = await baseIn(tx, projectId, baseId);
        const row = await tx.knowledgeEvaluation.create({
          data: {
            ...{ organizationId, projectId: project, baseId: id, name, revision },
            ...{ settings: JSON.stringify(settings), result: JSON.stringify(result) },
          },
        });
        const old = await tx.knowledgeEvaluation.findMany({
          where: { baseId: id },
          orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
          skip: MOST_EVALUATIONS,
          select: { id: true },
        });
        await tx.knowledgeEvaluation.deleteMany({ where: { id: { in: old.map((one) => one.id) } } });
        return evaluationOf(row);
      });
    },
  };
}

function questionOf(row: {
  id: string;
  text: string;
  expected: string;
  origin: string;
  createdAt: Date;
}): KnowledgeQuestion {
  const { id, text: words, createdAt } = row;
  const origin = row.origin === 'proposed' ? 'proposed' : 'user';
  return { id, text: words, expected: JSON.parse(row.expected) as ExpectedPlace[], origin, createdAt };
}

function evaluationOf(row: {
  id: string;
  name: string;
  settings: string;
  result: string;
  revision: number;
  createdAt: Date;
}): EvaluationRow {
  const { id, name, revision, createdAt } = row;
  return {
    ...{ id, name, revision, createdAt },
    settings: JSON.parse(row.settings) as JsonValue,
    result: JSON.parse(row.result) as JsonValue,
  };
}
