import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { enterProject } from '#lib/operations/enter-project.ts';
import { openToTry } from '#lib/operations/open-to-try.ts';
import { createRate } from '#lib/operations/rate.ts';
import { whoIsStill } from '#lib/operations/who-is.ts';
import { router } from '../router.ts';
import { inProject, tryQuery } from '../schemas.ts';

/** Messages of one person in a minute. */
const PER_MINUTE = 240;
const MINUTE = 60_000;

const perPerson = createRate(PER_MINUTE, MINUTE);

const visit = createRoute({
  method: 'post',
  path: '/projects/{project}/try',
  tags: ['Clients'],
  summary:
    'Play a client of the project without a key: one message of MCP, answered as at the MCP address, with its status, headers and streams',
  request: { params: inProject, query: tryQuery },
  responses: {
    200: {
      description: 'The answer to a request, as the revision of MCP has it',
      content: {
        'application/json': { schema: z.unknown() },
        'text/event-stream': { schema: z.string() },
      },
    },
    202: { description: 'A notification or an answer was taken' },
  },
});

export const tryRoutes = router().openapi(visit, async (c) => {
  const { app, principal, who } = c.var;
  const at = { ...c.req.valid('param'), ...c.req.valid('query') };
  if (principal.type !== 'user') throw new AppError('forbidden', 'Only people try what a project offers.');
  perPerson.take(principal.userId);
  const project = await openToTry(app, principal, at);
  const { headers } = c.req.raw;
  const identify = async (): Promise<Principal | null> => {
    try {
      const who = await whoIsStill(app, headers);
      if (!who) return null;
      const now = await enterProject(app, who, at.project);
      await openToTry(app, now.principal, at);
      return now.principal;
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  };
  const { incoming, outgoing } = c.env;
  for (const cookie of who.cookies) outgoing.appendHeader('Set-Cookie', cookie);
  await c.var.visit(incoming, outgoing, { project, principal, identify });
  // The gateway has written it. Typed as an answer of this route, which it stands for.
  return RESPONSE_ALREADY_SENT as never;
});
