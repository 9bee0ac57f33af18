import { isIP } from 'node:net';

/**
 * Whether a Host header names this server: the public host, localhost or an IP address. Any other name is somebody
 * else's domain that was pointed here (DNS rebinding).
 */
export function isOwnHost(host: string | null | undefined, publicUrl: string): boolean {
  if (!host || !URL.canParse(`http://${host}`)) return false;
  if (host.toLowerCase() === new URL(publicUrl).host) return true;
  const { hostname, username, pathname } = new URL(`http://${host}`);
  if (username !== '' || pathname !== '/') return false;
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Whether a state-changing request comes from a page of this server (security.md §5.1). Without an Origin header
 * the browser must vouch for it with Sec-Fetch-Site.
 */
export function isOwnOrigin(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get('origin');
  if (origin === null) return headers.get('sec-fetch-site') === 'same-origin';
  if (origin === publicUrl) return true;
  const host = headers.get('host');
  return URL.canParse(origin) && new URL(origin).host === host && isOwnHost(host, publicUrl);
}
