import type { KnowledgeSource } from '#app/data/types.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { linesOf } from './source-words.ts';

export type SourceKind = KnowledgeSource['kind'];

/** How a member of a config is entered. */
export interface SourceField {
  name: string;
  label: string;
  description?: string;
  placeholder?: string;
  /** `lines`: one text each. */
  type: 'text' | 'lines' | 'number' | 'switch';
  required?: boolean;
  minimum?: number;
  maximum?: number;
  step?: number;
  initial: JsonValue;
  /** Seldom needed: folded. */
  advanced?: boolean;
  /** Shown only while this switch is on. */
  with?: string;
}

interface SourceKindWords {
  kind: SourceKind;
  /** `Website` */
  name: string;
  about: string;
  fields: readonly SourceField[];
  /** What its connection is for; null where it takes none. */
  connection: {
    types: readonly ('bearer' | 'basic' | 'header' | 'query' | 'oauth2')[];
    words: string;
  } | null;
}

const INCLUDE: SourceField = {
  name: 'include',
  label: 'Only these paths',
  description: 'Patterns, one a line: docs/** or *.md. None: all.',
  placeholder: 'docs/**',
  type: 'lines',
  initial: [],
  advanced: true,
};
const EXCLUDE: SourceField = {
  name: 'exclude',
  label: 'Not these paths',
  description: 'Patterns, one a line.',
  placeholder: 'archive/**',
  type: 'lines',
  initial: [],
  advanced: true,
};

const MOST_FILES: SourceField = {
  name: 'maxFiles',
  label: 'At most this many files',
  type: 'number',
  minimum: 1,
  maximum: 20_000,
  initial: 2000,
  advanced: true,
};

/** Every kind of source, as people choose and enter it. */
export const SOURCE_KINDS: readonly SourceKindWords[] = [
  {
    kind: 'website',
    name: 'Website',
    about: 'A page, or the pages of one site that it leads to',
    connection: {
      types: ['bearer', 'basic', 'header', 'oauth2'],
      words: 'For pages that ask who you are.',
    },
    fields: [
      {
        name: 'addresses',
        label: 'Addresses',
        description: 'Where it begins, one a line; all of one site.',
        placeholder: 'https://example.com/docs/',
        type: 'lines',
        required: true,
        initial: [],
      },
      {
        name: 'crawl',
        label: 'Follow links',
        description: 'Reads the pages that are linked there, too. What robots.txt forbids is left out.',
        type: 'switch',
        initial: false,
      },
      {
        name: 'maxPages',
        label: 'At most this many pages',
        type: 'number',
        minimum: 1,
        maximum: 5000,
        initial: 200,
        with: 'crawl',
      },
      {
        name: 'depth',
        label: 'Links from the address, at most',
        type: 'number',
        minimum: 0,
        maximum: 50,
        initial: 10,
        with: 'crawl',
      },
      {
        name: 'prefix',
        label: 'Only below this path',
        description: 'Empty: below the folder of the address.',
        placeholder: '/docs/',
        type: 'text',
        initial: null,
        advanced: true,
        with: 'crawl',
      },
      { ...INCLUDE, with: 'crawl' },
      { ...EXCLUDE, with: 'crawl' },
      {
        name: 'sitemap',
        label: 'Look at the site’s own list of pages',
        type: 'switch',
        initial: true,
        advanced: true,
        with: 'crawl',
      },
      {
        name: 'delay',
        label: 'Seconds between two pages',
        description: 'What robots.txt asks for is waited for in any case.',
        type: 'number',
        minimum: 0,
        maximum: 60,
        step: 0.1,
        initial: 0.5,
        advanced: true,
        with: 'crawl',
      },
    ],
  },
  {
    kind: 'git',
    name: 'Git repository',
    about: 'The files of a branch, over HTTPS',
    connection: {
      types: ['bearer', 'basic', 'header', 'oauth2'],
      words: 'For a repository that is not public: a token, or a user with a password.',
    },
    fields: [
      {
        name: 'url',
        label: 'Address',
        description: 'As it is cloned.',
        placeholder: 'https://github.com/owner/name',
        type: 'text',
        required: true,
        initial: '',
      },
      {
        name: 'branch',
        label: 'Branch',
        description: 'Empty: the one that the repository has as its own.',
        placeholder: 'main',
        type: 'text',
        initial: null,
      },
      {
        name: 'prefix',
        label: 'Folder',
        description: 'Empty: all of it.',
        placeholder: 'docs',
        type: 'text',
        initial: '',
      },
      INCLUDE,
      EXCLUDE,
      MOST_FILES,
    ],
  },
  {
    kind: 's3',
    name: 'Bucket (S3)',
    about: 'Objects below a prefix, on any service that speaks S3',
    connection: {
      types: ['basic'],
      words: 'Of the type user and password: the access key as the one, the secret key as the other.',
    },
    fields: [
      { name: 'bucket', label: 'Bucket', type: 'text', required: true, initial: '' },
      {
        name: 'prefix',
        label: 'Prefix',
        description: 'Beginning of the keys. Empty: all of them.',
        placeholder: 'handbook/',
        type: 'text',
        initial: '',
      },
      {
        name: 'endpoint',
        label: 'Endpoint',
        description: 'Of another service than Amazon’s.',
        placeholder: 'https://s3.example.com',
        type: 'text',
        initial: null,
      },
      { name: 'region', label: 'Region', type: 'text', required: true, initial: 'us-east-1' },
      INCLUDE,
      EXCLUDE,
      MOST_FILES,
      {
        name: 'pathStyle',
        label: 'The bucket stands in the path',
        description: 'Off: before the host, as Amazon likes it best.',
        type: 'switch',
        initial: true,
        advanced: true,
      },
    ],
  },
];

/** The words of a kind; of one that is not known here, those of the first. */
export function kindWords(kind: SourceKind): SourceKindWords {
  return SOURCE_KINDS.find((one) => one.kind === kind) ?? SOURCE_KINDS[0]!;
}

/** What is entered of a config: texts, and switches. */
export type SourceTexts = Record<string, string | boolean>;

/** A config as it stands in the fields; members that it lacks have their first value. */
export function textsOf(fields: readonly SourceField[], config: JsonObject): SourceTexts {
  return Object.fromEntries(
    fields.map(({ name, type, initial }) => {
      const value = config[name] ?? initial;
      if (type === 'switch') return [name, value === true];
      if (type === 'lines') return [name, Array.isArray(value) ? value.map(String).join('\n') : ''];
      return [name, value === null ? '' : String(value)];
    }),
  );
}

/** The config that the fields stand for. What is empty is left out, so that the server has its own say. */
export function configOf(fields: readonly SourceField[], texts: SourceTexts): JsonObject {
  const entries = fields.flatMap(({ name, type }): [string, JsonValue][] => {
    const text = texts[name] ?? '';
    if (typeof text === 'boolean') return [[name, text]];
    if (type === 'lines') return [[name, linesOf(text)]];
    if (text.trim() === '') return [];
    return [[name, type === 'number' ? Number(text) : text.trim()]];
  });
  return Object.fromEntries(entries);
}

/** Where a source is, in one line. */
export function addressOf({ config }: Pick<KnowledgeSource, 'config'>): string {
  const { addresses, url, bucket, prefix } = config as JsonObject;
  if (Array.isArray(addresses)) {
    const [first, ...others] = addresses.map(String);
    return others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`;
  }
  if (typeof url === 'string') return url;
  if (typeof bucket === 'string') return `${bucket}/${typeof prefix === 'string' ? prefix : ''}`;
  return '';
}
