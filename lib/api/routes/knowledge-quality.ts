import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { evaluateBase, getEvaluation, listEvaluations } from '#lib/operations/evaluate-base.ts';
import {
  addQuestion,
  deleteQuestion,
  importQuestions,
  listQuestions,
  proposeForBase,
  updateQuestion,
} from '#lib/operations/knowledge-questions.ts';
import { offerSearch } from '#lib/operations/offer-search.ts';
import { reviewLookUps } from '#lib/operations/publish-knowledge.ts';
import {
  evaluationCreate,
  evaluationDetail,
  evaluationList,
  lookUpReviews,
  question,
  questionCreate,
  questionImport,
  questionList,
  questionPatch,
  questionPropose,
  searchPair,
  searchPairCreate,
} from '../quality-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inBase, inProject, inWorkflow } from '../schemas.ts';

const tags = ['Knowledge'];
const BASE = '/projects/{project}/knowledge/{base}';
const QUESTIONS = `${BASE}/questions` as const;
const EVALUATIONS = `${BASE}/evaluations` as const;
const inQuestion = z.object({ ...inBase.shape, question: z.string() });
const inEvaluation = z.object({ ...inBase.shape, evaluation: z.string() });

const list = createRoute({
  method: 'get',
  path: QUESTIONS,
  tags,
  summary: 'What a knowledge base should find',
  request: { params: inBase },
  responses: { 200: json(questionList, 'Questions, in the order in which they were added') },
});

const add = createRoute({
  method: 'post',
  path: QUESTIONS,
  tags,
  summary: 'Add a question with where its answer stands',
  request: { params: inBase, body: jsonBody(questionCreate) },
  responses: { 201: json(question, 'The question') },
});

const propose = createRoute({
  method: 'post',
  path: `${QUESTIONS}/propose`,
  tags,
  summary: 'Propose questions from the documents, by a model or without one',
  request: { params: inBase, body: jsonBody(questionPropose) },
  responses: { 201: json(questionList, 'What was added, to be accepted') },
});

const bring = createRoute({
  method: 'post',
  path: `${QUESTIONS}/import`,
  tags,
  summary: 'Add questions from a table (CSV) or a list (JSON)',
  request: { params: inBase, body: jsonBody(questionImport) },
  responses: { 201: json(questionList, 'What was added') },
});

const update = createRoute({
  method: 'patch',
  path: `${QUESTIONS}/{question}`,
  tags,
  summary: 'Change a question, or accept one that was proposed',
  request: { params: inQuestion, body: jsonBody(questionPatch) },
  responses: { 200: json(question, 'The question') },
});

const remove = createRoute({
  method: 'delete',
  path: `${QUESTIONS}/{question}`,
  tags,
  summary: 'Delete a question',
  request: { params: inQuestion },
  responses: { 204: { description: 'Deleted' } },
});

const evaluations = createRoute({
  method: 'get',
  path: EVALUATIONS,
  tags,
  summary: 'How well a knowledge base found what its questions expect',
  request: { params: inBase },
  responses: { 200: json(evaluationList, 'The newest fifty, newest first') },
});

const evaluate = createRoute({
  method: 'post',
  path: EVALUATIONS,
  tags,
  summary: 'Ask all accepted questions with several settings, side by side',
  request: { params: inBase, body: jsonBody(evaluationCreate) },
  responses: { 201: json(evaluationDetail, 'The evaluation; 60 s are spent on it at most') },
});

const evaluation = createRoute({
  method: 'get',
  path: `${EVALUATIONS}/{evaluation}`,
  tags,
  summary: 'One evaluation, question by question',
  request: { params: inEvaluation },
  responses: { 200: json(evaluationDetail, 'The evaluation') },
});

const pair = createRoute({
  method: 'post',
  path: '/projects/{project}/knowledge/search-and-fetch',
  tags,
  summary: 'Make the tools search and fetch over knowledge bases, as ChatGPT asks for them',
  request: { params: inProject, body: jsonBody(searchPairCreate) },
  responses: { 201: json(searchPair, 'The two workflows, as drafts') },
});

const review = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/look-ups',
  tags: ['Publishing'],
  summary:
    'Look-ups of the draft beside those of the live version, by the questions of their knowledge bases',
  request: { params: inWorkflow },
  responses: { 200: json(lookUpReviews, 'Look-ups that both have; nothing for bases without questions') },
});

export const knowledgeQualityRoutes = router()
  .openapi(review, async (c) => {
    const { app, principal } = c.var;
    const items = await reviewLookUps(app, principal, c.req.valid('param'), c.req.raw.signal);
    return c.json({ items }, 200);
  })
  .openapi(pair, async (c) => {
    const { project } = c.req.valid('param');
    const { bases } = c.req.valid('json');
    return c.json({ workflows: await offerSearch(c.var.app, c.var.principal, project, bases) }, 201);
  })
  .openapi(list, async (c) =>
    c.json({ items: await listQuestions(c.var.app, c.var.principal, c.req.valid('param')) }, 200),
  )
  .openapi(propose, async (c) => {
    const { app, principal } = c.var;
    const at = c.req.valid('param');
    const items = await proposeForBase(app, principal, at, c.req.valid('json'), c.req.raw.signal);
    return c.json({ items }, 201);
  })
  .openapi(bring, async (c) => {
    const { content } = c.req.valid('json');
    const items = await importQuestions(c.var.app, c.var.principal, c.req.valid('param'), content);
    return c.json({ items }, 201);
  })
  .openapi(add, async (c) =>
    c.json(await addQuestion(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 201),
  )
  .openapi(update, async (c) =>
    c.json(await updateQuestion(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => {
    await deleteQuestion(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(evaluations, async (c) =>
    c.json({ items: await listEvaluations(c.var.app, c.var.principal, c.req.valid('param')) }, 200),
  )
  .openapi(evaluate, async (c) => {
    const { app, principal } = c.var;
    const at = c.req.valid('param');
    return c.json(await evaluateBase(app, principal, at, c.req.valid('json'), c.req.raw.signal), 201);
  })
  .openapi(evaluation, async (c) =>
    c.json(await getEvaluation(c.var.app, c.var.principal, c.req.valid('param')), 200),
  );
