import { z } from '@hono/zod-openapi';
import { role } from './schemas.ts';

/** What the settings read and change: organization, account, audit log, usage. */

const time = z.iso.datetime();
const name = z.string().trim().min(1).max(120);

export const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: time,
    members: z.array(
      z.object({
        userId: z.string(),
        name: z.string(),
        email: z.string(),
        role,
        createdAt: time.openapi({ description: 'Since when they belong to it.' }),
        seenAt: time
          .nullable()
          .openapi({ description: 'When they last did something here, to some minutes.' }),
        twoFactor: z.boolean().nullable().openapi({ description: 'null: only owners and admins are told.' }),
      }),
    ),
  })
  .openapi('Organization');
export const organizationUpdate = z.strictObject({ name }).openapi('OrganizationUpdate');

export const accountUpdate = z.strictObject({ name }).openapi('AccountUpdate');
export const passwordChange = z
  .strictObject({
    current: z.string().min(1).max(256),
    next: z.string().min(12, 'at least 12 characters').max(256),
  })
  .openapi('PasswordChange');

export const usage = z
  .object({
    workflows: z.int(),
    published: z.int(),
    releases: z.int(),
    tests: z.int(),
    triggers: z.int(),
    runs: z.int(),
    running: z.int(),
    runningInBackground: z.int(),
    queued: z.int(),
    bases: z.int(),
    documents: z.int(),
    documentBytes: z.number(),
    keys: z.int(),
    connections: z.int(),
    storeEntries: z.int(),
    limits: z.object({
      streamsPerCaller: z.int(),
      background: z.int(),
      runs: z.int(),
      runDays: z.int(),
      documentBytes: z.int(),
      storeEntries: z.int(),
      storeValueBytes: z.int(),
    }),
  })
  .openapi('Usage');

const mentions = z.record(
  z.string(),
  z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      live: z.boolean().openapi({ description: 'In what clients are offered, and not only in the draft.' }),
    }),
  ),
);
export const mentionsView = z
  .object({
    connections: mentions.openapi({ description: 'Workflows by the id of the connection they use.' }),
    env: mentions.openapi({ description: 'Workflows by the name of the environment value they read.' }),
  })
  .openapi('Mentions');

export const connectionTestInput = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .openapi({ description: 'One of its own; the first if left out.' }),
    path: z.string().min(1).max(2000).optional().openapi({ description: '`/` if left out.' }),
  })
  .openapi('ConnectionTestInput');
export const connectionTest = z
  .object({
    ok: z.boolean(),
    seen: z.string(),
    todo: z.string().nullable(),
    status: z.int().nullable(),
    ms: z.int(),
  })
  .openapi('ConnectionTest');
