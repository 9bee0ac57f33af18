import { createRoute } from '@hono/zod-openapi';
import { json, router } from '../router.ts';
import { health, system } from '../schemas.ts';
import { later } from './later.ts';

const tags = ['System'];

const readHealth = createRoute({
  method: 'get',
  path: '/health',
  tags,
  summary: 'Whether the server answers',
  responses: { 200: json(health, 'It does') },
});

const readSystem = createRoute({
  method: 'get',
  path: '/system',
  tags,
  summary: 'Version, database and the layers that hold user code',
  responses: { 200: json(system, 'The system') },
});

export const systemRoutes = router().openapi(readHealth, later).openapi(readSystem, later);
