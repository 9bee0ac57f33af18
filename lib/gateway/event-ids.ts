import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { RequestId } from './protocol.ts';
import type { Session } from './sessions.ts';

/** A place in the event stream of one request. */
export interface EventPlace {
  /** The stream's name. */
  stream: string;
  /** The request that the stream answers; null when its id is too long to be carried along. */
  requestId: RequestId | null;
  /** What the ids of this stream begin with. */
  prefix: string;
  /** The event that the client has seen last; null when nothing can come after it. */
  number: number | null;
}

/** Ids of events: stream and request stand in them, signed for one session. */
export interface EventIds {
  /** Names a new stream. An event's id is the prefix and the number of the event. */
  issue(requestId: RequestId, session: Session): Pick<EventPlace, 'stream' | 'prefix'>;
  /** The place after which a client wants to go on; null for an id that this session was never sent. */
  open(eventId: string, session: Session): EventPlace | null;
}

/** In place of a number: the stream is over, and its client need not come back. */
export const END_OF_STREAM = 'end';

const MAX_LENGTH = 300;
const MAX_REQUEST_ID_LENGTH = 64;
/** Of a signature: ids stand before every event, so they are short. */
const SIGNATURE_BYTES = 16;

export function createEventIds(secrets: Secrets): EventIds {
  const signing = createSecretKey(secrets.derive('mcp-event'));
  const sign = (body: string, { id }: Session): Buffer =>
    createHmac('sha256', signing).update(`${body}\n${id}`).digest().subarray(0, SIGNATURE_BYTES);
  return {
    issue(requestId, session) {
      const stream = randomBytes(9).toString('base64url');
      const carried = String(requestId).length <= MAX_REQUEST_ID_LENGTH ? requestId : null;
      const body = Buffer.from(JSON.stringify([stream, carried])).toString('base64url');
      return { stream, prefix: `${body}.${sign(body, session).toString('base64url')}.` };
    },
    open(eventId, session) {
      const [body, signature, number, more] = eventId.split('.');
      if (!body || !signature || !number || more !== undefined || eventId.length > MAX_LENGTH) return null;
      const given = Buffer.from(signature, 'base64url');
      const right = sign(body, session);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      const [stream, requestId] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
        string,
        RequestId | null,
      ];
      const at = number === END_OF_STREAM ? null : /^\d{1,9}$/.test(number) ? Number(number) : 0;
      return { stream, requestId, prefix: `${body}.${signature}.`, number: at };
    },
  };
}
