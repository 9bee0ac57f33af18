import { createHash } from 'node:crypto';
import * as z from 'zod';
import { hiddenCharacter } from '#lib/workflow/hidden-characters.ts';
import { AppError } from './app-error.ts';

/**
 * Ids are parsed before every query: a value that is no text would become an operator of Prisma's, and an
 * undefined one would drop the condition.
 */
const idSchema = z.string().regex(/^[\w.:-]{1,64}$/);

/** The id, or null when it cannot be one: nothing has it. */
export function idOrNull(id: unknown): string | null {
  const parsed = idSchema.safeParse(id);
  return parsed.success ? parsed.data : null;
}

/** The id; throws `not_found` when it cannot be one. */
export function idOf(id: unknown, what: string): string {
  return idOrNull(id) ?? notFound(what);
}

export function notFound(what: string): never {
  throw new AppError('not_found', `There is no such ${what}.`);
}

/** Text that both databases store as it is: PostgreSQL refuses U+0000 and halves of surrogate pairs. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine(
      (value) => !value.includes('\0') && value.isWellFormed(),
      'contains characters that are not text',
    );

/** Text that models are told: nothing in it is hidden from people. */
export const toldText = (max: number) =>
  text(max).superRefine((value, { addIssue }) => {
    const hidden = hiddenCharacter(value);
    if (hidden !== null) addIssue(`has a character that is not seen (${hidden}): remove it`);
  });

/** Parses input of a write; throws `bad_request` that names the first fault. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError(
    'bad_request',
    `${issue?.path.join('.') || 'The value'}: ${issue?.message ?? 'is wrong'}.`,
  );
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'P2002';
}

/** Runs a write and turns a violated unique index into `conflict`. */
export async function orConflict<T>(message: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('conflict', message);
    throw error;
  }
}

/** SHA-256 of a text, hexadecimal. */
export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
