import { isIP } from 'node:net';
import { AddressSet, isMetadata, isPublic } from './address.ts';

/** Which addresses may be dialled. */
export interface Policy {
  /** `hostname` is the name that was looked up, or the address itself; lower case, without a trailing dot. */
  permits(address: string, hostname: string): boolean;
}

/**
 * The public internet, and what the operator allowed beyond it. An entry is an address, a range (CIDR) or an
 * exact host name, which permits whatever it resolves to. Metadata services need their address spelled out.
 * Throws Error that names an entry which is none of these.
 */
export function createPolicy(allow: readonly string[]): Policy {
  const ranges = new AddressSet();
  const literals = new AddressSet();
  const hosts = new Set<string>();
  for (const entry of allow
    .map((text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/^\[|\]$/g, ''),
    )
    .filter(Boolean)) {
    if (isIP(entry)) {
      ranges.add(entry);
      literals.add(entry);
    } else if (entry.includes('/')) {
      addRange(ranges, entry);
    } else {
      hosts.add(hostName(entry));
    }
  }
  return {
    permits(address, hostname) {
      if (!isIP(address)) return false;
      if (isMetadata(address)) return literals.has(address);
      return isPublic(address) || ranges.has(address) || hosts.has(hostname);
    },
  };
}

function addRange(ranges: AddressSet, entry: string): void {
  try {
    ranges.add(entry);
  } catch (cause) {
    throw badEntry(entry, cause);
  }
}

/** The name as it appears in a parsed URL (`bücher.example` → `xn--…`). */
function hostName(entry: string): string {
  const url = URL.parse(`http://${entry}/`);
  // A pattern would be read as a name that never occurs, and the operator would wonder.
  if (entry.includes('*')) throw badEntry(entry);
  if (url?.port !== '' || url.pathname !== '/' || url.username !== '' || isIP(url.hostname)) {
    throw badEntry(entry);
  }
  return url.hostname.replace(/\.$/, '');
}

function badEntry(entry: string, cause?: unknown): Error {
  return new Error(
    `EGRESS_ALLOW: "${entry}" is not an address, a range such as 10.1.2.0/24, or an exact host name without a port.`,
    { cause },
  );
}
