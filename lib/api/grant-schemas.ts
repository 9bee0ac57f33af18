import { z } from '@hono/zod-openapi';
import { inProject } from './schemas.ts';

/** Clients of OAuth: what they ask a person for, and what they were given. */

const time = z.iso.datetime();
const id = z.string().min(1).max(64);

export const consentQuery = z.object({
  request: z.string().min(1).max(12_000).openapi({ description: 'As the browser was sent here with it.' }),
});

const consentTool = z.object({
  kind: z.enum(['tool', 'resource', 'prompt']),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  reads: z.boolean().openapi({ description: 'It changes nothing.' }),
  asked: z.boolean().openapi({ description: 'The client asks for it.' }),
});

export const consent = z
  .object({
    client: z.object({
      name: z.string().openapi({ description: 'As it calls itself.' }),
      documentHost: z
        .string()
        .nullable()
        .openapi({ description: 'Whose document says who it is; null for one that registered by itself.' }),
      uri: z.string().nullable(),
      place: z
        .object({ kind: z.enum(['website', 'computer', 'app']), host: z.string() })
        .openapi({ description: 'Where the answer is sent.' }),
      localOnly: z.boolean().openapi({
        description: 'All its addresses are on this computer: any program there can say it is it.',
      }),
    }),
    person: z.object({ name: z.string(), email: z.string() }),
    project: z
      .object({
        name: z.string(),
        organization: z.string(),
        address: z.string(),
        toolset: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'null: the person has no access, or there is no such project.' }),
    tools: z.array(consentTool),
    readOnlyAsked: z.boolean(),
    proof: z.string().openapi({ description: 'Goes back with the answer.' }),
  })
  .openapi('Consent');

export const consentAnswer = z
  .strictObject({
    request: consentQuery.shape.request,
    proof: z.string().min(1).max(100),
    allow: z.boolean(),
    tools: z
      .array(z.string().min(1).max(120))
      .max(1000)
      .nullable()
      .default([])
      .openapi({ description: 'null: all, also those that are added later.' }),
    readOnly: z.boolean().default(false).openapi({ description: 'Only what changes nothing.' }),
  })
  .openapi('ConsentAnswer');

export const consentOutcome = z
  .object({ redirectTo: z.string().openapi({ description: 'Where the browser goes on, at the client.' }) })
  .openapi('ConsentOutcome');

const grant = z
  .object({
    id,
    client: z.string(),
    clientId: z.string(),
    redirectHost: z.string().openapi({ description: 'Where the browser was sent back to.' }),
    person: z.string().nullable().openapi({ description: 'null: they are gone.' }),
    resource: z.string().openapi({ description: 'The MCP address it is for.' }),
    tools: z.array(z.string()).nullable().openapi({ description: 'null: all, also later ones.' }),
    readOnly: z.boolean(),
    createdAt: time,
    lastUsedAt: time.nullable(),
  })
  .openapi('Grant');

export const grantList = z.object({ items: z.array(grant) }).openapi('GrantList');
export const ownGrantList = z
  .object({
    items: z.array(
      grant.extend({
        project: z.object({ slug: z.string(), name: z.string() }),
        organization: z.object({ id, name: z.string() }),
      }),
    ),
  })
  .openapi('OwnGrantList');

export const inGrant = inProject.extend({ grant: id });
export const inOwnGrant = z.object({ grant: id });
