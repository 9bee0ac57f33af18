import type { CurlRequest } from './curl-request.ts';

/** A connection that would send what the command sent. Its secret goes to the server's store, and nowhere else. */
export interface ProposedConnection {
  type: 'bearer' | 'basic' | 'header' | 'query';
  name: string;
  hosts: string[];
  /** Null where the command only named a variable of the shell (`$TOKEN`). */
  secret:
    | { token: string }
    | { username: string; password: string }
    | { header: string; value: string }
    | { parameter: string; value: string }
    | null;
}

const SECRET_HEADER =
  /^(authorization|cookie|x-auth|x-access|private-token|ocp-apim-subscription-key)$|api-?key|app-?key|token|secret|password|signature/i;
const SECRET_PARAMETER =
  /^(key|appid|app_?key|token|sig|signature|secret|password)$|api_?-?key|access_?token|auth_?token|client_?secret/i;
/** A credential of its own for every client, and no secret. */
const NOT_SECRET =
  /^(x-)?(csrf|xsrf|idempotency|request|correlation).*|page_?token|next_?token|continuation/i;

type Header = [name: string, value: string];

/** Takes every credential out of a request: the first becomes a connection, of others it is said that they are left out. */
export function credentialsOf(request: CurlRequest): {
  connection: ProposedConnection | null;
  headers: Header[];
  url: URL;
  problems: string[];
} {
  const problems: string[] = [];
  const url = new URL(request.url);
  const found: Omit<ProposedConnection, 'name' | 'hosts'>[] = [];
  if (request.bearer !== null)
    found.push({ type: 'bearer', secret: known(request.bearer, (token) => ({ token })) });
  if (request.user) {
    const { name: username, password } = request.user;
    found.push({ type: 'basic', secret: known(password, () => ({ username, password })) });
  }
  const headers = request.headers.filter(([name, value]) => {
    if (!SECRET_HEADER.test(name) || NOT_SECRET.test(name)) return true;
    const credential = headerCredential(name, value);
    // A browser sends cookies beside whatever it signs in with.
    if (name.toLowerCase() === 'cookie') found.push(credential);
    else
      found.splice(found.findIndex(isCookie) < 0 ? found.length : found.findIndex(isCookie), 0, credential);
    return false;
  });
  for (const name of new Set(url.searchParams.keys())) {
    if (!SECRET_PARAMETER.test(name) || NOT_SECRET.test(name)) continue;
    const value = url.searchParams.get(name) ?? '';
    found.push({ type: 'query', secret: known(value, (text) => ({ parameter: name, value: text })) });
    url.searchParams.delete(name);
  }
  const [first, ...others] = found;
  for (const other of others) {
    problems.push(`A second credential (${wordsOf(other)}) is left out: a step sends one connection.`);
  }
  const connection = first
    ? { ...first, name: request.url.hostname.slice(0, 120), hosts: [hostOf(request.url)] }
    : null;
  return { connection, headers, url, problems };
}

function headerCredential(name: string, value: string): Omit<ProposedConnection, 'name' | 'hosts'> {
  const bearer = /^bearer\s+(.+)$/i.exec(value)?.[1];
  const isAuthorization = name.toLowerCase() === 'authorization';
  if (isAuthorization && bearer !== undefined)
    return { type: 'bearer', secret: known(bearer, (token) => ({ token })) };
  const basic = isAuthorization ? /^basic\s+([A-Za-z0-9+/=]+)$/i.exec(value)?.[1] : undefined;
  const pair = basic === undefined ? null : basicPair(basic);
  if (pair) return { type: 'basic', secret: pair };
  return { type: 'header', secret: known(value, (text) => ({ header: name, value: text })) };
}

function basicPair(encoded: string): { username: string; password: string } | null {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0)));
    const at = text.indexOf(':');
    return at > 0 ? { username: text.slice(0, at), password: text.slice(at + 1) } : null;
  } catch {
    return null;
  }
}

/** A variable of the shell, or a word in its place (`<token>`, `YOUR_KEY`), is no secret. */
function known<Secret>(value: string, secret: (value: string) => Secret): Secret | null {
  const isPlace = /\$\{?\w+\}?|%\w+%|^<[^>]+>$|^\{+[^}]+\}+$|^(YOUR|MY)[_-]/i.test(value);
  return value === '' || isPlace ? null : secret(value);
}

function isCookie({ secret }: Pick<ProposedConnection, 'secret'>): boolean {
  return secret !== null && 'header' in secret && secret.header.toLowerCase() === 'cookie';
}

function wordsOf({ type, secret }: Pick<ProposedConnection, 'type' | 'secret'>): string {
  if (secret && 'header' in secret) return `the header ${secret.header}`;
  if (secret && 'parameter' in secret) return `the parameter ${secret.parameter}`;
  return {
    bearer: 'a bearer token',
    basic: 'a user and a password',
    header: 'a header',
    query: 'a parameter',
  }[type];
}

function hostOf({ protocol, hostname, host, port }: URL): string {
  // A credential goes over plain http only to a port that is named.
  return protocol === 'https:' ? host : `${hostname}:${port || '80'}`;
}
