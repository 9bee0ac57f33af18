import { Parser } from 'htmlparser2';

export interface S3Object {
  key: string;
  bytes: number;
  etag: string;
}

export interface S3Listing {
  objects: S3Object[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

/** What a bucket says went wrong. */
export interface S3Fault {
  code: string;
  message: string;
  /** Where the bucket is, where that is the matter. */
  region: string | null;
}

/** One page of a listing (ListObjectsV2 with `encoding-type=url`); null when it is none. */
export function readListing(xml: string): S3Listing | null {
  const objects: S3Object[] = [];
  let current: Record<string, string> | null = null;
  const about = textsOf(xml, 'ListBucketResult', {
    opened(path) {
      if (path === 'Contents') current = {};
    },
    text(path, text) {
      if (current && path.startsWith('Contents/')) current[path.slice('Contents/'.length)] = text;
    },
    closed(path) {
      if (path !== 'Contents' || !current) return;
      const { Key, Size, ETag } = current;
      if (Key !== undefined)
        objects.push({ key: unescaped(Key), bytes: Number(Size ?? 0), etag: ETag ?? '' });
      current = null;
    },
  });
  if (!about) return null;
  return { objects, next: about['IsTruncated'] === 'true' ? (about['NextContinuationToken'] ?? null) : null };
}

/** Null for an answer that does not say. */
export function readFault(xml: string): S3Fault | null {
  const about = textsOf(xml, 'Error');
  if (!about?.['Code']) return null;
  return {
    code: about['Code'].slice(0, 100),
    message: (about['Message'] ?? '').slice(0, 300),
    region: about['Region']?.slice(0, 50) ?? null,
  };
}

interface Watch {
  opened(path: string): void;
  text(path: string, text: string): void;
  closed(path: string): void;
}

/** The texts right below the root, by name; null when the root is another. */
function textsOf(xml: string, root: string, watch?: Watch): Record<string, string> | null {
  const texts: Record<string, string> = {};
  const open: string[] = [];
  let text = '';
  let isRoot = false;
  const parser = new Parser(
    {
      onopentag(name) {
        if (open.length === 0) isRoot = name === root;
        open.push(name);
        text = '';
        watch?.opened(open.slice(1).join('/'));
      },
      ontext(part) {
        if (text.length < 5000) text += part;
      },
      onclosetag() {
        const path = open.slice(1).join('/');
        if (open.length === 2) texts[open[1]!] = text;
        watch?.text(path, text);
        watch?.closed(path);
        open.pop();
        text = '';
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return isRoot ? texts : null;
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key.replace(/\+/g, ' '));
  } catch {
    return key;
  }
}
