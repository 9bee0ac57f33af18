import { createRoute } from '@hono/zod-openapi';
import { json, jsonBody, router } from '../router.ts';
import { session, signInInput } from '../schemas.ts';
import { later } from './later.ts';

const tags = ['Session'];

const read = createRoute({
  method: 'get',
  path: '/session',
  tags,
  summary: 'Who is signed in',
  responses: { 200: json(session, 'The session') },
});

const create = createRoute({
  method: 'post',
  path: '/session',
  tags,
  summary: 'Sign in',
  request: { body: jsonBody(signInInput) },
  responses: { 201: json(session, 'Signed in') },
});

const remove = createRoute({
  method: 'delete',
  path: '/session',
  tags,
  summary: 'Sign out',
  responses: { 204: { description: 'Signed out' } },
});

export const sessionRoutes = router().openapi(read, later).openapi(create, later).openapi(remove, later);
