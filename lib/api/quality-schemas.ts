import { z } from '@hono/zod-openapi';
import { MOST_SEARCHED } from '#lib/operations/search-pair.ts';
import { id, time } from './schemas.ts';

const place = z.strictObject({
  document: z.string().min(1).max(1000).openapi({ description: 'Id, path or name of a document.' }),
  heading: z.string().max(300).optional().openapi({ description: 'Of the section that is meant.' }),
  quote: z.string().max(1000).optional().openapi({ description: 'Words that stand in the passage.' }),
});
const text = z.string().trim().min(1).max(500);
const expected = z.array(place).min(1).max(20).openapi({ description: 'Any of these is right.' });

export const question = z
  .object({
    id,
    text: z.string(),
    expected: z.array(place),
    origin: z.enum(['user', 'proposed']).openapi({
      description: '`proposed`: nobody has accepted it yet, and it is not measured.',
    }),
    createdAt: time,
  })
  .openapi('KnowledgeQuestion');
export const questionList = z.object({ items: z.array(question) }).openapi('KnowledgeQuestionList');
export const questionCreate = z.strictObject({ text, expected }).openapi('KnowledgeQuestionCreate');
export const questionPatch = z
  .strictObject({ text, expected, origin: z.literal('user') })
  .partial()
  .openapi('KnowledgeQuestionPatch');
export const questionImport = z
  .strictObject({
    content: z.string().min(1).max(2_000_000).openapi({
      description:
        'A table (CSV) with the columns question, document, heading and quote, or a JSON list of such objects.',
    }),
  })
  .openapi('KnowledgeQuestionImport');
export const questionPropose = z
  .strictObject({
    count: z.int().min(1).max(100).default(20),
    model: z
      .strictObject({
        provider: z.enum(['openai', 'anthropic']),
        connection: z.string().min(1).max(64).optional(),
        model: z.string().min(1).max(500),
        baseUrl: z.string().max(2000).optional(),
      })
      .optional()
      .openapi({ description: 'The model that writes them; left out, they are read off the documents.' }),
  })
  .openapi('KnowledgeQuestionPropose');

const settings = z.strictObject({
  mode: z.enum(['auto', 'text', 'vectors', 'hybrid']).default('auto'),
  topK: z.int().min(1).max(50).default(10),
  minScore: z.number().min(0).max(1).nullable().default(null),
  rerank: z.boolean().default(true),
});
export const evaluationCreate = z
  .strictObject({
    name: z.string().trim().max(120).default(''),
    settings: z.array(settings).min(1).max(6).openapi({ description: 'Measured side by side.' }),
  })
  .openapi('KnowledgeEvaluationCreate');

const share = z.number().openapi({ description: '0 to 1' });
const run = z.object({
  settings: z.object({
    mode: z.enum(['auto', 'text', 'vectors', 'hybrid']),
    topK: z.int(),
    minScore: z.number().nullable(),
    rerank: z.boolean(),
  }),
  mode: z.enum(['text', 'vectors', 'hybrid']).openapi({ description: 'How was searched in fact.' }),
  warning: z.string().nullable(),
  questions: z.int(),
  recall: z.object({ 1: share, 3: share, 5: share, 10: share }).openapi({
    description: 'Share of the questions with a right passage among the first k.',
  }),
  mrr: share,
  ndcg: share,
  medianMs: z.int().openapi({ description: 'Of a look-up.' }),
});
const result = z.object({
  question: z.string().openapi({ description: 'Its id; it may be gone.' }),
  text: z.string(),
  rank: z.int().nullable().openapi({ description: 'Of the first right passage, from 1.' }),
  ndcg: share,
  instead: z
    .object({ document: z.string(), headings: z.array(z.string()), score: z.number() })
    .nullable()
    .openapi({ description: 'What stood first, where that was not right.' }),
  lost: z.boolean().openapi({ description: 'None of the documents that it names is there.' }),
});
const facts = {
  id,
  name: z.string(),
  createdAt: time,
  outdated: z.boolean().openapi({ description: 'Documents or settings of the base are others now.' }),
  asked: z.int().openapi({ description: 'Fewer than `questions` where the time was over.' }),
  questions: z.int(),
  runs: z.array(run),
};
const evaluation = z.object(facts).openapi('KnowledgeEvaluation');
export const evaluationList = z.object({ items: z.array(evaluation) }).openapi('KnowledgeEvaluationList');
export const evaluationDetail = z
  .object({
    ...facts,
    results: z.array(z.array(result)).openapi({ description: 'By run, in the order of `runs`.' }),
  })
  .openapi('KnowledgeEvaluationDetail');

export const searchPairCreate = z
  .strictObject({
    bases: z
      .array(id)
      .min(1)
      .max(MOST_SEARCHED)
      .openapi({ description: 'Knowledge bases that are searched together.' }),
  })
  .openapi('SearchPairCreate');
export const searchPair = z
  .object({ workflows: z.array(z.object({ id, name: z.string() })) })
  .openapi('SearchPair');

const figures = z.object({
  found: z.number().openapi({ description: 'Share of the questions whose answer is among the passages.' }),
  mrr: z.number(),
});
export const lookUpReviews = z
  .object({
    items: z.array(
      z.object({
        step: z.string().openapi({ description: 'Key of the look-up step.' }),
        base: z.object({ id, name: z.string() }),
        questions: z.int(),
        before: figures.openapi({ description: 'Of the live version.' }),
        now: figures.openapi({ description: 'Of the draft.' }),
        of: z.enum(['settings', 'documents']).openapi({
          description:
            'What is different: the settings of the step, or the documents since it was published.',
        }),
        worse: z.boolean(),
      }),
    ),
  })
  .openapi('LookUpReviews');
