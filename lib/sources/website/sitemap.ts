import { setImmediate as nextTurn } from 'node:timers/promises';
import { gunzip } from 'node:zlib';
import { Parser } from 'htmlparser2';

export interface Sitemap {
  /** Addresses of pages, or of further sitemaps. */
  addresses: string[];
  isIndex: boolean;
}

const MOST_ADDRESSES = 50_000;
/** What the protocol allows a sitemap to have, inflated. */
export const MOST_SITEMAP_BYTES = 50 * 1024 * 1024;
const SLICE = 256 * 1024;

/** The addresses that a sitemap names: XML, plain or compressed, or one address a line. Null when it is none. */
export async function readSitemap(data: Uint8Array): Promise<Sitemap | null> {
  const plain = data[0] === 0x1f && data[1] === 0x8b ? await inflated(data) : data;
  if (!plain) return null;
  const text = new TextDecoder().decode(plain);
  if (/^\s*https?:\/\//i.test(text)) {
    return { addresses: text.split(/\s+/, MOST_ADDRESSES).filter(Boolean), isIndex: false };
  }
  const addresses: string[] = [];
  let root: string | null = null;
  let address: string | null = null;
  const parser = new Parser(
    {
      onopentag(tag) {
        const name = tag.replace(/^.*:/, '').toLowerCase();
        if (name === 'urlset' || name === 'sitemapindex') root ??= name;
        // Not that of a picture or a video.
        if (tag.toLowerCase() === 'loc') address = '';
      },
      ontext(part) {
        if (address !== null && address.length < 2000) address += part;
      },
      onclosetag(tag) {
        if (tag.toLowerCase() !== 'loc' || address === null) return;
        if (addresses.length < MOST_ADDRESSES) addresses.push(address.trim());
        address = null;
      },
    },
    { xmlMode: true },
  );
  for (let start = 0; start < text.length; start += SLICE) {
    parser.write(text.slice(start, start + SLICE));
    await nextTurn();
  }
  parser.end();
  return root === null ? null : { addresses, isIndex: root === 'sitemapindex' };
}

/** Null for what is no gzip, or more than a sitemap may be. */
function inflated(data: Uint8Array): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    gunzip(data, { maxOutputLength: MOST_SITEMAP_BYTES }, (error, plain) => resolve(error ? null : plain));
  });
}
