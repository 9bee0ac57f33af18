import * as z from 'zod';
import type { JsonSchema } from './json.ts';

/** Who calls, as a workflow sees it. What runs begin with, and what they call in turn: the caller stays the same. */
export const callerFacts = z.strictObject({
  /**
   * `user`: a person, signed in here or through a client. `key`: a program with an API key. `public`: anybody.
   * `trigger`: a schedule or a webhook.
   */
  type: z.enum(['user', 'key', 'public', 'trigger']),
  user: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }).nullable(),
  /** As the client names itself: good for statistics, not for decisions. */
  client: z.strictObject({ name: z.string(), version: z.string().nullable() }).nullable(),
  /** Of an OAuth token. */
  scopes: z.array(z.string()),
});

export type CallerFacts = z.infer<typeof callerFacts>;

/** The caller of a run of which nobody knows who began it. */
export const NOBODY: CallerFacts = { type: 'public', user: null, client: null, scopes: [] };

const text: JsonSchema = { type: 'string' };

/** The same for the completion of expressions. */
export const CALLER_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    type: { enum: ['user', 'key', 'public', 'trigger'] },
    user: {
      type: ['object', 'null'],
      properties: { id: text, name: text, email: text },
      required: ['id', 'name', 'email'],
      additionalProperties: false,
    },
    client: {
      type: ['object', 'null'],
      properties: { name: text, version: { type: ['string', 'null'] } },
      required: ['name', 'version'],
      additionalProperties: false,
    },
    scopes: { type: 'array', items: text },
  },
  required: ['type', 'user', 'client', 'scopes'],
  additionalProperties: false,
};
