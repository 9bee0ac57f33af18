import { AppError } from '#lib/db/app-error.ts';
import type { App } from './app.ts';

/** Which question a link leads to. */
export interface LinkedQuestion {
  runId: string;
  /** Of the open question. */
  key: string;
  /** When the question expires, ms since the epoch: one that is asked again under the same key is another. */
  expiresAt: number;
}

const CONTEXT = 'answer-link';
const MOST_CHARACTERS = 2000;

/**
 * The address where whoever has it answers a question, without signing in. It can be neither guessed nor changed, and
 * is of no use when the question has expired.
 */
export function questionLink(
  { env, secrets }: Pick<App, 'env' | 'secrets'>,
  { runId, key, expiresAt }: LinkedQuestion,
): string {
  const token = secrets.seal(JSON.stringify([runId, key, expiresAt]), CONTEXT);
  return `${env.publicUrl}/answer/${token}`;
}

/** What a token leads to. Throws `not_found` for one that was not made here. */
export function openLink({ secrets }: Pick<App, 'secrets'>, token: string): LinkedQuestion {
  if (token.length > MOST_CHARACTERS) throw noSuchLink();
  try {
    const [runId, key, expiresAt] = JSON.parse(secrets.open(token, CONTEXT)) as [string, string, number];
    return { runId, key, expiresAt };
  } catch {
    throw noSuchLink();
  }
}

/** The one error of links: of a wrong one it is not told in which way it is wrong. */
export function noSuchLink(): AppError {
  return new AppError('not_found', 'This link leads nowhere: it is not complete, or its time is over.');
}
