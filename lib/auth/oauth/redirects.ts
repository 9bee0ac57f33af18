/** Schemes that run code, read files or show what a page is made of. Apps have schemes of their own. */
const NEVER = new Set([
  'about:',
  'blob:',
  'chrome:',
  'chrome-extension:',
  'content:',
  'data:',
  'edge:',
  'file:',
  'filesystem:',
  'ftp:',
  'intent:',
  'jar:',
  'javascript:',
  'mailto:',
  'moz-extension:',
  'ms-settings:',
  'res:',
  'resource:',
  'search-ms:',
  'sms:',
  'tel:',
  'vbscript:',
  'view-source:',
  'ws:',
  'wss:',
]);

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
const MOST_LENGTH = 1000;

/**
 * Why a client may not be sent answers at this address; null when it may. Allowed are https, http on this machine, and
 * the scheme of an app. An address has to be written as browsers write it, so that what is compared is what is opened.
 */
export function redirectFault(uri: string): string | null {
  if (uri.length > MOST_LENGTH) return `is longer than ${MOST_LENGTH} characters`;
  // Spaces, controls and what is not ASCII are read differently by different readers; so is the backslash.
  if (!/^[\x21-\x7e]+$/.test(uri) || /[\\"<>^`{|}]/.test(uri))
    return 'holds characters that an address cannot have';
  if (!URL.canParse(uri)) return 'is no absolute address';
  const { protocol, hostname, username, password, href } = new URL(uri);
  if (uri.includes('#')) return 'has a fragment (#)';
  if (NEVER.has(protocol)) return `has the scheme ${protocol}, which is never opened`;
  if (username !== '' || password !== '' || /^[^/?]*\/\/[^/?]*@/.test(uri)) return 'has a user name in it';
  if (protocol === 'http:' && !LOOPBACK.has(hostname)) {
    return 'is http: on another machine; use https:, or http: on 127.0.0.1, [::1] or localhost';
  }
  if (protocol === 'http:' || protocol === 'https:') {
    if (href !== uri && href !== `${uri}/`) return `should be written as ${href}`;
    return null;
  }
  // A scheme alone (`app:`) opens the app with nothing that could be for it.
  return href.slice(protocol.length).replaceAll('/', '') === '' ? 'names nothing behind its scheme' : null;
}

/**
 * Whether a client that registered these addresses may be answered at this one: one of them to the letter. On this
 * machine the port is any (RFC 8252, 7.3): programs listen on one that is free.
 */
export function matchesRedirect(registered: readonly string[], asked: string): boolean {
  if (redirectFault(asked) !== null) return false;
  if (registered.includes(asked)) return true;
  const wanted = loopback(asked);
  return wanted !== null && registered.some((uri) => loopback(uri) === wanted);
}

/** The address without its port, where it is http on this machine. */
function loopback(uri: string): string | null {
  if (!URL.canParse(uri)) return null;
  const { protocol, hostname, pathname, search } = new URL(uri);
  if (protocol !== 'http:' || !LOOPBACK.has(hostname)) return null;
  return `${hostname}${pathname}${search}`;
}

/** What is known of who gets the answer, from where it is sent. */
export interface RedirectPlace {
  /** A website has proven its name by TLS; whatever runs on this computer, or took a scheme, has proven nothing. */
  kind: 'website' | 'computer' | 'app';
  /** The host with its port where it is not the usual one; of an app its scheme. */
  host: string;
}

/** `uri`: one that `redirectFault` finds nothing in. */
export function redirectPlace(uri: string): RedirectPlace {
  const { protocol, host, hostname } = new URL(uri);
  if (protocol === 'http:' || (protocol === 'https:' && LOOPBACK.has(hostname)))
    return { kind: 'computer', host: hostname };
  if (protocol === 'https:') return { kind: 'website', host };
  return { kind: 'app', host: protocol.slice(0, -1) };
}

/** The address with these parameters added to its query. */
export function withParameters(uri: string, parameters: Record<string, string | null>): string {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) added.append(name, value);
  return `${uri}${uri.includes('?') ? '&' : '?'}${added}`;
}
