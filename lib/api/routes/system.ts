import { createRoute } from '@hono/zod-openapi';
import { readSystem } from '#lib/operations/read-system.ts';
import { json, router } from '../router.ts';
import { health, system } from '../schemas.ts';

const tags = ['System'];

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  tags,
  summary: 'Whether the server answers',
  responses: { 200: json(health, 'It does') },
});

const systemRoute = createRoute({
  method: 'get',
  path: '/system',
  tags,
  summary: 'Version, database and the layers that hold user code; for owners and admins also how it is run',
  responses: { 200: json(system, 'The system') },
});

export const systemRoutes = router()
  .openapi(healthRoute, async (c) => {
    await c.var.app.db.ping();
    return c.json({ status: 'ok' as const }, 200);
  })
  .openapi(systemRoute, async (c) => c.json(await readSystem(c.var.app, c.var.principal), 200));
