import { AwsV4Signer } from 'aws4fetch';
import * as z from 'zod';
import type { EgressStream } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { documentFormat, MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import { bytesOf, opened } from '../fetching.ts';
import { globs, pathFilter } from '../globs.ts';
import type { SourceEnd, SourceKind, SourceRun } from '../source-kind.ts';
import { readFault, readListing, type S3Object } from './listing.ts';

const MiB = 1024 * 1024;

/** What is read of a bucket. */
const s3Config = z.strictObject({
  bucket: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i, 'is not the name of a bucket'),
  /** Beginning of the keys. */
  prefix: z.string().max(500).default(''),
  /** Of another service than Amazon's; null: Amazon's of the region. */
  endpoint: z
    .url({ protocol: /^https?$/, error: 'is not an address such as https://s3.example.com' })
    .max(500)
    .nullable()
    .default(null),
  region: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{1,50}$/i, 'is not the name of a region')
    .default('us-east-1'),
  /** Whether the bucket stands in the path of an address, or before its host. */
  pathStyle: z.boolean().default(true),
  include: globs.default([]),
  exclude: globs.default([]),
  maxFiles: z.int().min(1).max(20_000).default(2000),
});

type S3Config = z.output<typeof s3Config>;

/** Objects of a bucket below a prefix, on any service that speaks S3. */
export const s3 = {
  kind: 's3',
  config: s3Config,
  check: (config) => void pathFilter(config),
  takesTurns: true,
  connection: {
    types: ['basic'],
    words: 'a user name with password: the access key as the one, the secret key as the other',
  },
  read: (config, run) => new Bucket(config, run).read(),
} satisfies SourceKind<S3Config>;

/** Lists that are looked through at most: a service that goes on for ever is none. */
const MOST_LISTS = 1000;
const MOST_LIST_BYTES = 10 * MiB;
/** Of an answer that tells of a fault. */
const MOST_FAULT_BYTES = 64 * 1024;

class Bucket {
  private readonly config: S3Config;
  private readonly run: SourceRun;
  private readonly base: URL;
  private readonly signingKeys = new Map<string, ArrayBuffer>();

  constructor(config: S3Config, run: SourceRun) {
    this.config = config;
    this.run = run;
    this.base = baseOf(config);
  }

  async read(): Promise<SourceEnd> {
    const { run, config } = this;
    const isWanted = pathFilter(config);
    let count = 0;
    let lists = 0;
    let token: string | null = null;
    do {
      lists += 1;
      const listing = await this.list(token);
      for (const object of listing.objects) {
        // "Folders" that programs make to have one to show.
        if (object.key.endsWith('/')) continue;
        const path = object.key.startsWith(config.prefix)
          ? object.key.slice(config.prefix.length)
          : object.key;
        if (!isWanted(path.replace(/^\/+/, ''))) continue;
        run.signal.throwIfAborted();
        if (!documentFormat(object.key)) {
          await this.passOver(object.key);
          continue;
        }
        if (count === config.maxFiles) {
          run.tell(
            `There are more files than ${config.maxFiles}, which is the limit of this source: the rest was left out, and nothing was removed.`,
          );
          return { complete: false };
        }
        count += 1;
        await this.readObject(object);
      }
      token = listing.next;
    } while (token !== null && lists < MOST_LISTS);
    return { complete: token === null };
  }

  private async passOver(path: string): Promise<void> {
    if (this.run.isSettled(path)) return;
    await this.run.settle(path, { type: 'left-out', reason: 'It is of a kind that is not read.' });
  }

  private async readObject({ key, bytes, etag }: S3Object): Promise<void> {
    const { run } = this;
    if (run.isSettled(key)) return;
    if (key.split('/').some((part) => part === '.' || part === '..')) {
      // In an address it would lead elsewhere, out of the prefix or the bucket, with keys that may read there.
      const reason = 'Its key has a part "." or "..", which no address can hold. Rename it.';
      return run.settle(key, { type: 'failed', reason });
    }
    if (bytes > MOST_DOCUMENT_BYTES) {
      const reason = `It is larger than ${MOST_DOCUMENT_BYTES / MiB} MB.`;
      return run.settle(key, { type: 'failed', reason });
    }
    if (etag !== '' && run.markOf(key) === etag) return run.settle(key, { type: 'unchanged' });
    const url = this.addressOf(key);
    let answer: EgressStream;
    let data: Buffer;
    try {
      answer = await this.ask(url, MOST_DOCUMENT_BYTES);
      if (answer.status === 404) {
        await answer.body.cancel();
        return run.settle(key, { type: 'gone' });
      }
      if (answer.status !== 200) {
        return run.settle(key, { type: 'failed', reason: (await this.faultOf(answer)).message });
      }
      data = await bytesOf(answer);
    } catch (error) {
      if (!(error instanceof StepError) || run.signal.aborted) throw error;
      return run.settle(key, { type: 'failed', reason: error.message });
    }
    const document = {
      name: key.split('/').at(-1)!,
      data,
      mimeType: answer.headers['content-type'] ?? '',
      uri: `s3://${this.config.bucket}/${key}`,
    };
    await run.settle(key, { type: 'document', document, mark: answer.headers['etag'] ?? etag });
  }

  /** Throws StepError when the bucket does not answer with a list. */
  private async list(token: string | null) {
    const url = this.addressOf('');
    const parameters: Record<string, string> = {
      'list-type': '2',
      'encoding-type': 'url',
      'max-keys': '1000',
    };
    if (this.config.prefix !== '') parameters['prefix'] = this.config.prefix;
    if (token !== null) parameters['continuation-token'] = token;
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    // In the spelling that is signed: + would be read as another character.
    url.search = url.search.replace(/\+/g, '%20');
    const answer = await this.ask(url, MOST_LIST_BYTES);
    if (answer.status !== 200) throw await this.faultOf(answer);
    const listing = readListing((await bytesOf(answer)).toString('utf8'));
    if (listing) return listing;
    throw new StepError(
      'SOURCE_S3',
      `${this.base.host} does not answer as a bucket does. Look at the endpoint.`,
    );
  }

  private async ask(url: URL, maxBytes: number): Promise<EgressStream> {
    return opened(this.run, {
      method: 'GET',
      url: url.href,
      sensitiveHeaders: await this.signature(url),
      maxBytes,
    });
  }

  /** None without a connection: a public bucket is read as anybody may. */
  private async signature(url: URL): Promise<Record<string, string>> {
    const keys = await this.run.keyPair(url.href);
    if (!keys) return {};
    const { headers } = await new AwsV4Signer({
      method: 'GET',
      url: url.href,
      service: 's3',
      region: this.config.region,
      accessKeyId: keys.username,
      secretAccessKey: keys.password,
      cache: this.signingKeys,
    }).sign();
    return Object.fromEntries(headers);
  }

  private async faultOf(answer: EgressStream): Promise<StepError> {
    const { bucket, region } = this.config;
    const body = await bytesOf(answer, { most: MOST_FAULT_BYTES }).catch(() => Buffer.alloc(0));
    const fault = readFault(body.toString('utf8'));
    const other = answer.headers['x-amz-bucket-region'] ?? fault?.region ?? null;
    if (other !== null && other !== region) {
      return new StepError('SOURCE_S3', `The bucket "${bucket}" is in the region ${other}, not ${region}.`);
    }
    return new StepError('SOURCE_S3', WORDS[fault?.code ?? ''] ?? plainWords(answer.status, fault, bucket));
  }

  private addressOf(key: string): URL {
    const url = new URL(this.base);
    const path = key.split('/').map(encodeURIComponent).join('/');
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
    return url;
  }
}

/** By the codes that buckets answer with. */
const WORDS: Record<string, string> = {
  InvalidAccessKeyId: 'The access key of the connection is not known there.',
  SignatureDoesNotMatch: 'The secret key of the connection does not fit its access key.',
  AccessDenied:
    'The bucket does not let this be read: give the keys the rights to list it and to get its objects.',
  NoSuchBucket: 'There is no bucket of this name.',
  RequestTimeTooSkewed: 'The clock of this server is wrong, so the bucket refuses it.',
};

function plainWords(status: number, fault: { code: string; message: string } | null, bucket: string): string {
  if (!fault) return `The bucket "${bucket}" answered HTTP ${status}.`;
  return `The bucket "${bucket}" answered HTTP ${status}: ${fault.message || fault.code}`;
}

function baseOf({ endpoint, region, bucket, pathStyle }: S3Config): URL {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com/`);
  if (pathStyle) url.pathname = `${url.pathname.replace(/\/$/, '')}/${bucket}`;
  else url.hostname = `${bucket}.${url.hostname}`;
  return url;
}
