import { z } from '@hono/zod-openapi';
import { PERSONAL_MODES, SECRET_MODES } from '#lib/workflow/guard-settings.ts';

/** How much may be called, and what is looked for in answers. */

const allowance = z
  .object({
    perMinute: z.int().nullable().openapi({ description: 'Calls a minute on average; null: no limit.' }),
    burst: z.int().openapi({ description: 'Calls that may come all at once before the average counts.' }),
    atOnce: z.int().nullable().openapi({ description: 'Calls under way at once, in one process.' }),
    perDay: z.int().nullable().openapi({ description: 'UTC.' }),
    perMonth: z.int().nullable(),
  })
  .openapi('Allowance');

const callsUsed = { today: z.int(), month: z.int() };
const who = {
  kind: z.enum(['key', 'person', 'public', 'client']),
  id: z.string().nullable(),
  name: z.string().nullable().openapi({
    description: 'null: of a key that was revoked, a person who is gone, or programs without a name.',
  }),
};
const hit = z
  .object({
    of: z.enum(['key', 'person', 'address', 'project', 'organization']),
    limit: z.enum(['perMinute', 'atOnce', 'perDay', 'perMonth']),
    who: z.object(who).nullable(),
    refused: z.int(),
    lastAt: z.iso.datetime(),
  })
  .openapi('LimitHit');

export const limitsView = z
  .object({
    limits: z.object({ key: allowance, person: allowance, address: allowance, project: allowance }),
    ceiling: allowance.openapi({ description: 'Of the organization, for all its projects together.' }),
    used: z.object({
      project: z.object(callsUsed),
      organization: z.object(callsUsed),
      burstLeft: z
        .int()
        .openapi({ description: 'Of the burst of the project, in the process that answers.' }),
    }),
    callers: z.array(z.object({ ...who, ...callsUsed })),
    hits: z.array(hit),
  })
  .openapi('Limits');

export const ceilingView = z
  .object({
    ceiling: allowance,
    used: z.object(callsUsed),
    projects: z.array(z.object({ slug: z.string(), name: z.string(), ...callsUsed })),
    hits: z.array(hit),
  })
  .openapi('Ceiling');

const personalMode = z.enum(PERSONAL_MODES);
export const guardView = z
  .object({
    secrets: z.enum(SECRET_MODES),
    personal: z.object({
      email: personalMode,
      phone: personalMode,
      iban: personalMode,
      card: personalMode,
      ssn: personalMode,
    }),
    fence: z.boolean(),
  })
  .openapi('Guard');
