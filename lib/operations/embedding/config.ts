import * as z from 'zod';

const prefix = z.string().max(200).optional();

const shared = {
  /** Put before what is searched for, and before passages: some models want to be told. By the model's name unless said. */
  queryPrefix: prefix,
  passagePrefix: prefix,
};

/** The model that makes vectors. */
export const embeddingConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('openai'),
    /** Base address; `/embeddings` is added. OpenAI's unless said. */
    url: z.string().max(2000).optional(),
    model: z.string().min(1).max(200),
    /** Asked for, where a model can make shorter vectors. */
    dimensions: z.int().min(1).max(4096).optional(),
    ...shared,
  }),
  z.strictObject({
    kind: z.literal('local'),
    /** Below the directory that the administrator names. */
    folder: z.string().min(1).max(200),
    ...shared,
  }),
]);

export type EmbeddingConfig = z.output<typeof embeddingConfig>;

/** What a text is embedded for. */
export type EmbeddingUse = 'query' | 'passage';

/** Models that were trained with words before each text, by their names. */
const TRAINED_WITH: [name: RegExp, query: string, passage: string][] = [
  // Those that are given instructions want one before the query alone.
  [/e5\b.*instruct/i, 'Instruct: Given a question, retrieve passages that answer it\nQuery: ', ''],
  [/(^|[/_-])(multilingual-)?e5([_-]|$)/i, 'query: ', 'passage: '],
  [/nomic-embed/i, 'search_query: ', 'search_document: '],
  [
    /mxbai-embed|snowflake-arctic-embed|bge-(small|base|large)-en/i,
    'Represent this sentence for searching relevant passages: ',
    '',
  ],
];

/** What is put before a text. */
export function prefixOf(config: EmbeddingConfig, use: EmbeddingUse): string {
  const given = use === 'query' ? config.queryPrefix : config.passagePrefix;
  if (given !== undefined) return given;
  const name = config.kind === 'openai' ? config.model : config.folder;
  const [, query = '', passage = ''] = TRAINED_WITH.find(([known]) => known.test(name)) ?? [];
  return use === 'query' ? query : passage;
}

/** How people know it. */
export function modelName(config: EmbeddingConfig): string {
  return config.kind === 'openai' ? config.model : config.folder;
}
