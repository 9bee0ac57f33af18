/**
 * Whether a Host header names this server: the public host, localhost or an IP address. Any other name is somebody
 * else's domain that was pointed here (DNS rebinding).
 */
export function isOwnHost(host: string | null | undefined, publicUrl: string): boolean {
  if (!host || !URL.canParse(`http://${host}`)) return false;
  if (host.toLowerCase() === new URL(publicUrl).host) return true;
  const { hostname, username, pathname, search } = new URL(`http://${host}`);
  if (username !== '' || pathname !== '/' || search !== '') return false;
  // The parser writes every IPv4 address in four decimal parts and every IPv6 address in brackets.
  return hostname === 'localhost' || hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Whether a state-changing request comes from a page of this server. Without an Origin header
 * the browser must vouch for it with Sec-Fetch-Site.
 */
export function isOwnOrigin(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get('origin');
  if (origin === null) return headers.get('sec-fetch-site') === 'same-origin';
  if (origin === publicUrl) return true;
  const host = headers.get('host');
  return URL.canParse(origin) && new URL(origin).host === host && isOwnHost(host, publicUrl);
}
