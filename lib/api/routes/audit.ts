import { createRoute, z } from '@hono/zod-openapi';
import { changeAuditedCalls, readAuditedCalls } from '#lib/operations/audited-calls.ts';
import { checkAudit, readAuditCheck } from '#lib/operations/check-audit.ts';
import { exportAudit } from '#lib/operations/export-audit.ts';
import { readAudit } from '#lib/operations/read-audit.ts';
import {
  auditCheck,
  auditCheckState,
  auditExportQuery,
  auditedCalls,
  auditPage,
  auditQuery,
} from '../audit-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject } from '../schemas.ts';

const tags = ['Organization'];

const list = createRoute({
  method: 'get',
  path: '/audit',
  tags,
  summary: 'What happened in the organization, newest first; for owners and admins',
  request: { query: auditQuery },
  responses: { 200: json(auditPage, 'Events') },
});

const exported = createRoute({
  method: 'get',
  path: '/audit/export',
  tags,
  summary: 'The log as a file of lines, oldest first; for owners and admins',
  request: { query: auditExportQuery },
  responses: {
    200: { description: 'The lines', content: { 'application/x-ndjson': { schema: z.string() } } },
  },
});

const readCheck = createRoute({
  method: 'get',
  path: '/audit/check',
  tags,
  summary: 'When the chain of the log was last looked through; for owners and admins',
  responses: { 200: json(auditCheckState, 'What was found') },
});

const check = createRoute({
  method: 'post',
  path: '/audit/check',
  tags,
  summary: 'Look through the chain of the log; for owners and admins',
  responses: { 200: json(auditCheck, 'What was found') },
});

const calls = createRoute({
  method: 'get',
  path: '/projects/{project}/audited-calls',
  tags,
  summary: 'Which calls of a project are put into the audit log',
  request: { params: inProject },
  responses: { 200: json(auditedCalls, 'Which calls') },
});

const updateCalls = createRoute({
  method: 'put',
  path: '/projects/{project}/audited-calls',
  tags,
  summary: 'Change which calls are audited; for owners and admins',
  request: { params: inProject, body: jsonBody(auditedCalls) },
  responses: { 200: json(auditedCalls, 'Which calls') },
});

export const auditRoutes = router()
  .openapi(list, async (c) =>
    c.json(await readAudit(c.var.app, c.var.principal, timed(c.req.valid('query'))), 200),
  )
  .openapi(exported, async (c) => {
    const { format, ...filter } = c.req.valid('query');
    const lines = exportAudit(c.var.app, c.var.principal, { format, ...timed(filter) });
    // The first are read before it begins: who may not is refused, and not cut off.
    const first = await lines.next();
    const day = new Date().toISOString().slice(0, 10);
    const name = format === 'otlp' ? `audit-${day}.otlp.jsonl` : `audit-${day}.jsonl`;
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        if (first.done) controller.close();
        else controller.enqueue(encoder.encode(first.value));
      },
      async pull(controller) {
        const { done, value } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => {
        await lines.return(undefined);
      },
    });
    return new Response(body, {
      status: 200,
      headers: {
        'content-type': 'application/x-ndjson',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    }) as never;
  })
  .openapi(readCheck, async (c) => c.json({ check: await readAuditCheck(c.var.app, c.var.principal) }, 200))
  .openapi(check, async (c) => c.json(await checkAudit(c.var.app, c.var.principal), 200))
  .openapi(calls, async (c) =>
    c.json(await readAuditedCalls(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  )
  .openapi(updateCalls, async (c) => {
    const { project } = c.req.valid('param');
    const { calls: wanted } = c.req.valid('json');
    return c.json(await changeAuditedCalls(c.var.app, c.var.principal, project, wanted), 200);
  });

/** With moments for texts. */
function timed<Filter extends { from?: string | undefined; to?: string | undefined }>({
  from,
  to,
  ...filter
}: Filter) {
  return {
    ...filter,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}
