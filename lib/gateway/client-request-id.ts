import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { Session } from './sessions.ts';

/** A question of a run, as it was put to a client. */
export interface PutQuestion {
  runId: string;
  key: string;
  /** Of the question: another one under the same key, in a later round, has another. ms since the epoch. */
  expiresAt: number;
}

/** Ids of requests to 2025 clients: what is asked stands in the id, signed for one session. */
export interface ClientRequestIds {
  issue(question: PutQuestion, session: Session): string;
  /** What an answer with this id is to; null when this session was not asked. */
  open(id: string, session: Session): PutQuestion | null;
}

const MAX_LENGTH = 1000;

export function createClientRequestIds(secrets: Secrets): ClientRequestIds {
  const signing = createSecretKey(secrets.derive('mcp-client-request'));
  const sign = (body: string, { id }: Session): Buffer =>
    createHmac('sha256', signing).update(`${body}\n${id}`).digest();
  return {
    issue({ runId, key, expiresAt }, session) {
      // Asked twice, a question has two ids.
      const nonce = randomBytes(6).toString('base64url');
      const body = Buffer.from(JSON.stringify([runId, key, expiresAt, nonce])).toString('base64url');
      return `${body}.${sign(body, session).toString('base64url')}`;
    },
    open(id, session) {
      const [body, signature, more] = id.split('.');
      if (!body || !signature || more !== undefined || id.length > MAX_LENGTH) return null;
      const given = Buffer.from(signature, 'base64url');
      const right = sign(body, session);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      const [runId, key, expiresAt] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
        string,
        string,
        number,
      ];
      return { runId, key, expiresAt };
    },
  };
}
