import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bucket of a test's own, in the style of paths; it lists a few objects at a time, and knows who may. */
export interface FakeBucket {
  url: string;
  objects: Record<string, string | Buffer>;
  /** Keys of the objects that were fetched. */
  fetched: string[];
  lists: number;
  close(): Promise<void>;
}

export const BUCKET_KEYS = { username: 'AKIDEXAMPLE12', password: 'a-secret-key-of-the-bucket' };
const PAGE = 2;

export async function startFakeBucket(
  name: string,
  objects: Record<string, string | Buffer>,
  { region = 'us-east-1' } = {},
): Promise<FakeBucket> {
  const bucket: FakeBucket = {
    ...{ url: '', objects, fetched: [], lists: 0 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://x');
    const fail = (status: number, code: string, more = '') =>
      void response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`);
    const fault = faultOf(request, region);
    if (fault) return fail(403, fault);
    if (!url.pathname.startsWith(`/${name}`)) return fail(404, 'NoSuchBucket');
    if (url.searchParams.get('list-type') === '2') {
      bucket.lists += 1;
      return void response.writeHead(200, { 'content-type': 'application/xml' }).end(listing(bucket, url));
    }
    const key = decodeURIComponent(url.pathname.slice(name.length + 2));
    const content = bucket.objects[key];
    if (content === undefined) return fail(404, 'NoSuchKey');
    bucket.fetched.push(key);
    response.writeHead(200, { etag: etagOf(content), 'content-type': 'binary/octet-stream' }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bucket.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return bucket;
}

function listing({ objects }: FakeBucket, { searchParams }: URL): string {
  const prefix = searchParams.get('prefix') ?? '';
  const start = Number(searchParams.get('continuation-token') ?? 0);
  const keys = Object.keys(objects)
    .filter((key) => key.startsWith(prefix))
    .sort();
  const some = keys.slice(start, start + PAGE).map((key) => {
    const content = objects[key]!;
    const size = Buffer.byteLength(content);
    return `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${size}</Size><ETag>${etagOf(content).replaceAll('"', '&quot;')}</ETag></Contents>`;
  });
  const more = start + PAGE < keys.length;
  const next = more ? `<NextContinuationToken>${start + PAGE}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${some.join('')}${next}</ListBucketResult>`;
}

const etagOf = (content: string | Buffer) => `"${createHash('md5').update(content).digest('hex')}"`;

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Checks a signature of version 4 as Amazon describes it; null when it is right. */
function faultOf(request: IncomingMessage, region: string): string | null {
  const [, id, date, place, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (!id || !date || !names) return 'AccessDenied';
  if (id !== BUCKET_KEYS.username) return 'InvalidAccessKeyId';
  const url = new URL(request.url!, 'http://x');
  const path = decodeURIComponent(url.pathname).split('/').map(escaped).join('/');
  const query = [...url.searchParams]
    .map(([name, value]) => [escaped(name), escaped(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const payload = String(request.headers['x-amz-content-sha256']);
  const canonical = [request.method, path, query, headers.join(''), names, payload].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${BUCKET_KEYS.password}`, date), region));
  const right = hmac(key, text).toString('hex');
  return right === signature && place === region ? null : 'SignatureDoesNotMatch';
}
