/** What stands behind `/mcp/`: a project, `@` and the number of a release where one is pinned, `/` and a toolset. */
export interface Address {
  slug: string;
  release?: number;
  toolset?: string;
}

/** An address that names a release. */
export interface PinnedAddress extends Address {
  release: number;
}

const ADDRESS = /^([a-z][a-z0-9-]{1,38})(?:@([1-9][0-9]{0,8}))?(?:\/([a-z][a-z0-9-]{1,38}))?$/;

/** Reads an address such as `orders`, `orders@12`, `orders/analysis`; null for what can be none. */
export function readAddress(address: string): Address | null {
  const [, slug, release, toolset] = ADDRESS.exec(address) ?? [];
  if (slug === undefined) return null;
  return {
    slug,
    ...(release !== undefined && { release: Number(release) }),
    ...(toolset !== undefined && { toolset }),
  };
}

/** Reads an address such as `orders@12` or `orders@12/analysis`; null for every other one. */
export function pinnedAddress(address: string): PinnedAddress | null {
  const read = readAddress(address);
  return read?.release === undefined ? null : { ...read, release: read.release };
}

/** `orders`, `orders@12`, `orders/analysis`: under what a project was asked for. */
export function addressOf({
  slug,
  pin,
  toolset,
}: {
  slug: string;
  pin?: number | undefined;
  toolset?: { name: string } | undefined;
}): string {
  return `${slug}${pin === undefined ? '' : `@${pin}`}${toolset === undefined ? '' : `/${toolset.name}`}`;
}
