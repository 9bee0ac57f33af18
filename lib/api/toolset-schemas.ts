import { z } from '@hono/zod-openapi';
import { ACCESS } from '#lib/db/access-mode.ts';
import { toolsetFields } from '#lib/db/toolsets.ts';

const id = z.string();

export const toolset = z
  .object({
    id,
    name: z.string().openapi({ description: 'In the address, behind that of the project.' }),
    title: z.string(),
    description: z.string(),
    instructions: z.string().openapi({ description: 'In place of those of the project.' }),
    access: z.enum(ACCESS),
    readOnly: z.boolean().openapi({ description: 'Leaves out what may change something.' }),
    documents: z.boolean().openapi({ description: 'With the documents that the project offers.' }),
    workflows: z.array(z.string()).openapi({ description: 'Names; of tools, resources and prompts.' }),
    mcpUrl: z.string(),
    keys: z.array(z.string()).openapi({ description: 'Names of the keys that are for it.' }),
    updatedAt: z.string(),
  })
  .openapi('Toolset');
export const toolsetList = z.object({ items: z.array(toolset) }).openapi('ToolsetList');

const { name, title, access, workflows, ...rest } = toolsetFields;
export const toolsetCreate = z
  .strictObject({
    name,
    title,
    access,
    workflows,
    description: rest.description.optional(),
    instructions: rest.instructions.optional(),
    readOnly: rest.readOnly.optional(),
    documents: rest.documents.optional(),
  })
  .openapi('ToolsetCreate');
export const toolsetUpdate = z.strictObject(toolsetFields).partial().openapi('ToolsetUpdate');

export const clientRule = z
  .object({
    id,
    client: z.string().openapi({ description: 'The id of an OAuth client, or * for all others.' }),
    tools: z.array(z.string()).nullable().openapi({ description: 'null: all.' }),
    readOnly: z.boolean(),
  })
  .openapi('ClientRule');
export const clientRuleList = z.object({ items: z.array(clientRule) }).openapi('ClientRuleList');
export const clientRuleSet = z
  .strictObject({
    client: z.string().min(1).max(2000),
    tools: z.array(z.string().min(1).max(120)).max(1000).nullable(),
    readOnly: z.boolean(),
  })
  .openapi('ClientRuleSet');

/** Of a server card. */
export const cardQuery = z.object({
  toolset: z.string().max(39).optional().openapi({ description: 'By name; left out for the whole project.' }),
});
