import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const near = new BlockList();
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('10.0.0.0', 8, 'ipv4');
near.addSubnet('172.16.0.0', 12, 'ipv4');
near.addSubnet('192.168.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');

/**
 * The IP address that counts tries. Served as https, a proxy stands in front: then the last entry of
 * X-Forwarded-For is what that proxy saw, provided the proxy is on this machine or network.
 */
export function clientAddress(request: IncomingMessage, publicUrl: string): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (!publicUrl.startsWith('https://') || !isNear(peer)) return peer;
  const forwarded = request.headers['x-forwarded-for'];
  const last = String(forwarded ?? '')
    .split(',')
    .at(-1)!
    .trim();
  return isIP(last) ? last : peer;
}

function isNear(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && near.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
