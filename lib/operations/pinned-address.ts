/** What stands behind `/mcp/` where a release is pinned: the project, `@` and the number of the release. */
export interface PinnedAddress {
  slug: string;
  release: number;
}

const PINNED = /^([a-z][a-z0-9-]{1,38})@([1-9][0-9]{0,8})$/;

/** Reads an address such as `orders@12`; null for every other one. */
export function pinnedAddress(address: string): PinnedAddress | null {
  const [, slug, release] = PINNED.exec(address) ?? [];
  return slug === undefined ? null : { slug, release: Number(release) };
}

/** `orders`, or `orders@12`: under what a project was asked for. */
export function addressOf({ slug, pin }: { slug: string; pin?: number | undefined }): string {
  return pin === undefined ? slug : `${slug}@${pin}`;
}
