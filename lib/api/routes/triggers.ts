import { createRoute } from '@hono/zod-openapi';
import { createTrigger } from '#lib/operations/create-trigger.ts';
import { nextTimes } from '#lib/operations/cron.ts';
import { deleteTrigger } from '#lib/operations/delete-trigger.ts';
import { listTriggers } from '#lib/operations/read-triggers.ts';
import { updateTrigger } from '#lib/operations/update-trigger.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  inTrigger,
  inWorkflow,
  scheduleTimes,
  scheduleTimesQuery,
  triggerCreate,
  triggerList,
  triggerUpdate,
  triggerWithSecret,
} from '../schemas.ts';

const tags = ['Triggers'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/triggers',
  tags,
  summary: 'Schedules and webhooks of a workflow, by name',
  request: { params: inWorkflow },
  responses: { 200: json(triggerList, 'Triggers') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/triggers',
  tags,
  summary: 'Make a schedule or a webhook; the secret of a webhook is shown in this answer only',
  request: { params: inWorkflow, body: jsonBody(triggerCreate) },
  responses: { 201: json(triggerWithSecret, 'The new trigger') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}/workflows/{workflow}/triggers/{trigger}',
  tags,
  summary: 'Change a trigger, switch it on or off, or make a new secret for a webhook',
  request: { params: inTrigger, body: jsonBody(triggerUpdate) },
  responses: { 200: json(triggerWithSecret, 'The trigger as it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/workflows/{workflow}/triggers/{trigger}',
  tags,
  summary: 'Delete a trigger; the runs it started stay',
  request: { params: inTrigger },
  responses: { 204: { description: 'Deleted' } },
});

const times = createRoute({
  method: 'get',
  path: '/schedule-times',
  tags,
  summary: 'When a schedule would be due next, before it is made',
  request: { query: scheduleTimesQuery },
  responses: { 200: json(scheduleTimes, 'Its next five times') },
});

export const triggerRoutes = router()
  .openapi(times, (c) => {
    const next = nextTimes(c.req.valid('query'), new Date(), 5).map((time) => time.toISOString());
    return c.json({ next }, 200);
  })
  .openapi(list, async (c) =>
    c.json({ items: await listTriggers(c.var.app, c.var.principal, c.req.valid('param')) }, 200),
  )
  .openapi(create, async (c) =>
    c.json(await createTrigger(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 201),
  )
  .openapi(update, async (c) =>
    c.json(await updateTrigger(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => {
    await deleteTrigger(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
