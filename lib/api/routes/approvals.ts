import { createRoute } from '@hono/zod-openapi';
import { decideApproval } from '#lib/operations/decide-approval.ts';
import { listApprovals } from '#lib/operations/read-approvals.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  approval,
  approvalDecision,
  approvalList,
  approvalQuery,
  inApproval,
  inProject,
} from '../schemas.ts';

const tags = ['Approvals'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/approvals',
  tags,
  summary: 'What somebody was asked to approve, newest first',
  request: { params: inProject, query: approvalQuery },
  responses: { 200: json(approvalList, 'Approvals') },
});

const decide = createRoute({
  method: 'post',
  path: '/projects/{project}/approvals/{approval}/decision',
  tags,
  summary: 'Approve or refuse; the run goes on by itself',
  request: { params: inApproval, body: jsonBody(approvalDecision) },
  responses: { 200: json(approval, 'Decided') },
});

export const approvalRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    const { status } = c.req.valid('query');
    return c.json(await listApprovals(c.var.app, c.var.principal, project, status), 200);
  })
  .openapi(decide, async (c) => {
    const { name } = c.var.who.user;
    const input = { ...c.req.valid('param'), ...c.req.valid('json'), name };
    return c.json(await decideApproval(c.var.app, c.var.principal, input), 200);
  });
