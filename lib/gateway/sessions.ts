import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '#lib/auth/sealing.ts';
import { isJsonObject } from '#lib/workflow/json.ts';
import { type ClientAbilities, NO_ABILITIES } from './client-abilities.ts';

/** What is known of a 2025 client for as long as it keeps its session. */
export interface Session {
  /** What the client sends as Mcp-Session-Id. */
  id: string;
  protocolVersion: string;
  /** Tells sessions apart, and can be told to anybody. */
  name: string;
  /** `claude-code 2.1`: what the client calls itself. */
  client: string | null;
  abilities: ClientAbilities;
  /** When its id is no longer good; ms since the epoch. */
  expiresAt: number;
}

/** Issues and reads session ids. Nothing is remembered: what a client said of itself stands, signed, in the id. */
export interface Sessions {
  /** `holder` says for whom, and where: the id is good for nobody else. */
  issue(facts: Omit<Session, 'id' | 'name' | 'expiresAt'>, holder: string): Session;
  /** Null for an id that is forged, another's, or too old. */
  open(id: string, holder: string): Session | null;
}

/** Clients that are told 404 begin anew; some cannot, so it is long. */
export const SESSION_MS = 7 * 24 * 60 * 60 * 1000;
/** Sessions whose signature was found good, so that it is not computed for every request. */
const MAX_KNOWN = 2000;
const MAX_ID_LENGTH = 1000;
const MAX_NAME_LENGTH = 100;

type Ability = keyof ClientAbilities;

export function createSessions(secrets: Secrets): Sessions {
  const key = createSecretKey(secrets.derive('mcp-session'));
  const known = new Map<string, Session>();

  const sign = (body: string, holder: string): Buffer =>
    createHmac('sha256', key).update(`${body}\n${holder}`).digest();

  function remember(session: Session, holder: string): void {
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value!);
    known.set(nameOf(session.id, holder), session);
  }

  function verify(id: string, holder: string): Session | null {
    const [body, signature, more] = id.split('.');
    if (!body || !signature || more !== undefined || id.length > MAX_ID_LENGTH) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = sign(body, holder);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return read(id, body);
  }

  return {
    issue({ protocolVersion, client, abilities }, holder) {
      const able = (Object.keys(abilities) as Ability[]).filter((name) => abilities[name]);
      const issuedAt = Date.now();
      const name = randomBytes(9).toString('base64url');
      const shortName = client?.slice(0, MAX_NAME_LENGTH) ?? null;
      const facts = {
        at: issuedAt,
        v: protocolVersion,
        c: shortName,
        a: able,
        // Two clients of one key, started in the same moment, are two.
        n: name,
      };
      const body = Buffer.from(JSON.stringify(facts)).toString('base64url');
      const id = `${body}.${sign(body, holder).toString('base64url')}`;
      const expiresAt = issuedAt + SESSION_MS;
      const session = { id, name, protocolVersion, client: shortName, abilities, expiresAt };
      remember(session, holder);
      return session;
    },
    open(id, holder) {
      let found = known.get(nameOf(id, holder)) ?? null;
      if (!found) {
        found = verify(id, holder);
        if (!found) return null;
        remember(found, holder);
      }
      return Date.now() > found.expiresAt ? null : found;
    },
  };
}

/** Under which a session is remembered: an id is good for its holder alone. */
function nameOf(id: string, holder: string): string {
  return `${id}\n${holder}`;
}

/** Of an id whose signature is good: what was written into it. */
function read(id: string, body: string): Session | null {
  const facts: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (!isJsonObject(facts)) return null;
  const { at, v, c, a, n } = facts;
  if (typeof at !== 'number' || typeof v !== 'string' || !Array.isArray(a)) return null;
  const abilities = { ...NO_ABILITIES };
  for (const name of Object.keys(abilities) as Ability[]) abilities[name] = a.includes(name);
  const client = typeof c === 'string' ? c : null;
  return { id, name: String(n), protocolVersion: v, client, abilities, expiresAt: at + SESSION_MS };
}
