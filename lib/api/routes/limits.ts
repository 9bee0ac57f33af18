import { createRoute } from '@hono/zod-openapi';
import { changeGuard, readGuard } from '#lib/operations/guard.ts';
import { changeCeiling, changeLimits, readCeiling, readLimits } from '#lib/operations/limits.ts';
import { guardPatch } from '#lib/workflow/guard-settings.ts';
import { ceilingPatch, limitsPatch } from '#lib/workflow/limits.ts';
import { ceilingView, guardView, limitsView } from '../limits-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject } from '../schemas.ts';

const tags = ['Limits'];

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/limits',
  tags,
  summary: 'How much a project may be called, how much it is, by whom, and which limits were hit',
  request: { params: inProject },
  responses: { 200: json(limitsView, 'Limits and their use') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}/limits',
  tags,
  summary: 'Change how much a project may be called; for owners and admins',
  request: { params: inProject, body: jsonBody(limitsPatch) },
  responses: { 200: json(limitsView, 'Limits and their use') },
});

const readOfAll = createRoute({
  method: 'get',
  path: '/organization/limits',
  tags,
  summary: 'How much all projects of the organization may be called together, and how much they are',
  responses: { 200: json(ceilingView, 'The ceiling and its use') },
});

const updateOfAll = createRoute({
  method: 'patch',
  path: '/organization/limits',
  tags,
  summary: 'Change how much all projects of the organization may be called together; for owners',
  request: { body: jsonBody(ceilingPatch) },
  responses: { 200: json(ceilingView, 'The ceiling and its use') },
});

const guard = createRoute({
  method: 'get',
  path: '/projects/{project}/guard',
  tags,
  summary: 'What is looked for in the answers of a project, and what is done about it',
  request: { params: inProject },
  responses: { 200: json(guardView, 'The output guard') },
});

const updateGuard = createRoute({
  method: 'patch',
  path: '/projects/{project}/guard',
  tags,
  summary: 'Change what is looked for in answers; for owners and admins',
  request: { params: inProject, body: jsonBody(guardPatch) },
  responses: { 200: json(guardView, 'The output guard as it is now') },
});

export const limitRoutes = router()
  .openapi(read, async (c) =>
    c.json(await readLimits(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  )
  .openapi(update, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await changeLimits(c.var.app, c.var.principal, project, c.req.valid('json')), 200);
  })
  .openapi(readOfAll, async (c) => c.json(await readCeiling(c.var.app, c.var.principal), 200))
  .openapi(updateOfAll, async (c) =>
    c.json(await changeCeiling(c.var.app, c.var.principal, c.req.valid('json')), 200),
  )
  .openapi(guard, async (c) =>
    c.json(await readGuard(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  )
  .openapi(updateGuard, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await changeGuard(c.var.app, c.var.principal, project, c.req.valid('json')), 200);
  });
