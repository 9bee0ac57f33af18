import { createRoute, z } from '@hono/zod-openapi';
import { accessSignal } from '#lib/operations/access-signal.ts';
import { sessionSignal } from '#lib/operations/session-signal.ts';
import { beatPresence, watchWorkflow } from '#lib/operations/watch-workflow.ts';
import { sendEvents } from '../events.ts';
import { json, jsonBody, router } from '../router.ts';
import { inWorkflow } from '../schemas.ts';

const tags = ['Workflows'];
const name = z.string().min(1).max(64);
const step = name.nullable();

const whereabouts = z
  .strictObject({
    window: name.openapi({ description: 'Chosen by the window; the same for as long as it is open.' }),
    selected: step.openapi({ description: 'Id of the selected step.' }),
    typed: step.openapi({
      description: 'Id of the step into whose form something was typed since the last call.',
    }),
  })
  .openapi('Whereabouts');

const workflowState = z
  .union([
    z.object({
      type: z.literal('state'),
      revision: z.int(),
      savedBy: z.string().nullable(),
      liveVersion: z.int().nullable(),
      people: z.array(
        z.object({
          userId: z.string(),
          window: z.string(),
          name: z.string(),
          you: z.boolean(),
          selected: z.string().nullable(),
          editing: z.string().nullable(),
          since: z.number().openapi({ description: 'ms since 1970: whoever was first has the step.' }),
        }),
      ),
      done: z
        .object({
          what: z.enum(['published', 'rolled_back', 'unpublished']),
          by: z.string().nullable(),
          you: z.boolean(),
        })
        .nullable(),
    }),
    z.object({ type: z.literal('deleted'), by: z.string().nullable(), you: z.boolean() }),
  ])
  .openapi('WorkflowState');

const watch = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/presence',
  tags,
  summary: 'How the workflow stands and who has it open, now and after every change, as server-sent events',
  description:
    'Goes on for as long as the window says every 30 seconds that it is there (`POST` here). Without `window` the stream ends after the first message.',
  request: { params: inWorkflow, query: z.object({ window: name.optional() }) },
  responses: {
    200: {
      description: 'Each message holds a WorkflowState as JSON',
      content: { 'text/event-stream': { schema: z.string() } },
    },
  },
});

const beat = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/presence',
  tags,
  summary: 'Say that a window is there, and where; answers how the workflow stands',
  request: { params: inWorkflow, body: jsonBody(whereabouts) },
  responses: { 200: json(workflowState, 'How it stands') },
});

export const presenceRoutes = router()
  .openapi(watch, async (c) => {
    const { principal, user } = c.var.who;
    const at = { ...c.req.valid('param'), ...c.req.valid('query') };
    const signal = accessSignal(c.var.app, principal, {
      project: at.project,
      signal: sessionSignal(c.var.app, c.var.who, c.req.raw.signal),
    });
    return sendEvents(await watchWorkflow(c.var.app, { principal, name: user.name }, at, signal), signal);
  })
  .openapi(beat, async (c) => {
    const { principal, user } = c.var.who;
    const who = { principal, name: user.name };
    return c.json(await beatPresence(c.var.app, who, c.req.valid('param'), c.req.valid('json')), 200);
  });
