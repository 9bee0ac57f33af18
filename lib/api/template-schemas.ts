import { z } from '@hono/zod-openapi';
import type { JsonObject } from '#lib/workflow/json.ts';

/** What goes in and out where a project begins with a template. */

const id = z.string().min(1).max(64);

const templateTool = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    arguments: z.array(z.string()).openapi({ description: 'Their names.' }),
    steps: z
      .array(
        z.object({
          id: z.string(),
          kind: z.string(),
          key: z.string(),
          x: z.number(),
          y: z.number(),
          parent: z.string().nullable(),
        }),
      )
      .openapi({ description: 'Enough to draw it small.' }),
    edges: z.array(z.object({ from: z.string(), to: z.string() })),
  })
  .openapi('TemplateTool');

export const template = z
  .object({
    id,
    title: z.string(),
    summary: z.string(),
    tags: z.array(z.string()),
    needs: z.array(z.string()).openapi({ description: 'Hosts that it calls.' }),
    tool: z.string().openapi({ description: 'The one that is opened first.' }),
    input: z
      .custom<JsonObject>(() => true)
      .openapi({
        type: 'object',
        additionalProperties: true,
        description: 'With what that one can be tried.',
      }),
    tools: z.array(templateTool),
    shared: z
      .object({
        author: z.string().nullable(),
        updatedAt: z.iso.datetime(),
        mayChange: z.boolean().openapi({ description: 'Whether whoever asks may withdraw it.' }),
      })
      .nullable()
      .openapi({ description: 'Of one that a member shared; null for those that come with Patchbay.' }),
  })
  .openapi('Template');
export const templateList = z.object({ items: z.array(template) }).openapi('TemplateList');

export const templateAdd = z.strictObject({ template: id }).openapi('TemplateAdd');
export const templateAdded = z
  .object({
    open: id.openapi({ description: 'Id of the workflow to open.' }),
    workflows: z.array(z.object({ id, name: z.string() })),
  })
  .openapi('TemplateAdded');

const which = z.enum(['draft', 'published']);
export const workflowShare = z
  .strictObject({
    title: z.string().trim().min(1).max(60),
    summary: z.string().trim().min(1).max(160),
    tags: z
      .array(z.string().regex(/^[a-z][a-z-]{1,19}$/, 'a-z and -, 2 to 20 characters'))
      .max(8)
      .default([]),
    which: which.default('draft').openapi({ description: 'What is shared, as it is now.' }),
    template: id.optional().openapi({ description: 'Id of one that was shared before, to renew.' }),
  })
  .openapi('WorkflowShare');
export const workflowShared = z.object({ id, title: z.string() }).openapi('WorkflowShared');
export const inTemplate = z.object({ template: id.openapi({ param: { name: 'template', in: 'path' } }) });
export const fileQuery = z.object({ which: which.default('draft') });
export const workflowFile = z
  .custom<JsonObject>(() => true)
  .openapi({ type: 'object', additionalProperties: true, description: 'To be given to the import.' });
export const workflowImport = z
  .strictObject({
    content: z.unknown().openapi({ description: 'What the file holds.' }),
  })
  .openapi('WorkflowImport');
