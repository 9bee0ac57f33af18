import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * The IP address that counts tries. Served as https, a proxy stands in front: then the last entry of
 * X-Forwarded-For is what that proxy saw, provided the proxy is on this machine or network.
 */
export function clientAddress(request: IncomingMessage, publicUrl: string): string {
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
