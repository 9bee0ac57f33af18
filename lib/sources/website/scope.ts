import { documentFormat } from '#lib/workflow/document-formats.ts';
import { pathFilter } from '../globs.ts';
import { siteOf } from './addresses.ts';
import type { WebsiteConfig } from './config.ts';

/** Endings of what is linked much and never read. */
const ASSETS =
  /\.(png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|css|m?js|map|woff2?|ttf|eot|otf|mp[34]|m4[av]|ogg|wav|webm|mov|avi|zip|gz|tgz|bz2|xz|7z|rar|exe|dmg|msi|iso|apk|deb|rpm|jar|war|bin|wasm|rss|atom|xml|ics|vcf|psd|ai|eps)$/i;

/** Spellings of one path with other parameters: more are a calendar or a search, not pages. */
const MOST_QUERIES = 100;

/** Which addresses belong to a crawl. */
export interface Scope {
  /** Of the same site, whatever its path. */
  isOfSite(address: string): boolean;
  /** Of the site, below the prefix, wanted by the patterns, and not made without end. Looks at the address alone. */
  mayFollow(address: string): boolean;
  /** The address as it is asked for: over https where the start address is. */
  asAsked(address: string): string;
}

/** Throws ExpressionError for a pattern that cannot be read. */
export function scopeOf(config: WebsiteConfig): Scope {
  const start = new URL(config.addresses[0]!);
  const site = siteOf(start.host);
  const prefixes = config.prefix === null ? config.addresses.map(folderOf) : [config.prefix];
  const isWanted = pathFilter(config);
  const queries = new Map<string, Set<string>>();

  const isOfSite = (address: string) => siteOf(new URL(address).host) === site;
  return {
    isOfSite,
    mayFollow(address) {
      const { pathname, search } = new URL(address);
      if (!isOfSite(address) || ASSETS.test(pathname)) return false;
      if (!prefixes.some((prefix) => isBelow(pathname, prefix))) return false;
      if (!isWanted(decoded(pathname))) return false;
      if (search === '') return true;
      const known = queries.get(pathname) ?? new Set();
      queries.set(pathname, known);
      if (known.has(search)) return true;
      if (known.size >= MOST_QUERIES) return false;
      known.add(search);
      return true;
    },
    asAsked(address) {
      const url = new URL(address);
      if (start.protocol === 'https:' && url.protocol === 'http:' && url.port === '') url.protocol = 'https:';
      return url.href;
    },
  };
}

/** `/docs/` of `/docs/intro.html`; of `/docs`, which may be a page or a folder, `/docs`. */
function folderOf(address: string): string {
  const { pathname } = new URL(address);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  return last.includes('.') || documentFormat(last) ? pathname.slice(0, -last.length) : pathname;
}

function isBelow(pathname: string, prefix: string): boolean {
  const bare = prefix.replace(/\/$/, '');
  return pathname === bare || pathname.startsWith(`${bare}/`);
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
