import ipaddr from 'ipaddr.js';

/** As much of a request as is looked at. */
interface Incoming {
  socket: { remoteAddress?: string | undefined };
  headers: Record<string, string | string[] | undefined>;
}

/**
 * The IP address that counts tries. Served as https, a proxy stands in front: then the last entry of
 * X-Forwarded-For is what that proxy saw, provided the proxy is on this machine or network.
 */
export function clientAddress(request: Incoming, publicUrl: string): string {
  const peer = request.socket.remoteAddress ?? '';
  if (!publicUrl.startsWith('https://') || !isNear(peer)) return peer;
  const last = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)!
    .trim();
  return ipaddr.isValid(last) ? last : peer;
}

function isNear(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ['loopback', 'private', 'uniqueLocal'].includes(ipaddr.process(address).range());
}

/** Of addresses that one owner may well have: IPv4 as it is, IPv6 without its last 64 bits. */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
