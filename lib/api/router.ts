import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenAPIHono } from '@hono/zod-openapi';
import type * as z from 'zod';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { Visitor } from '#lib/operations/open-to-try.ts';
import type { Who } from '#lib/operations/who-is.ts';

/** Answers a request with what a client of the project would be answered. */
export type Visit = (request: IncomingMessage, response: ServerResponse, visitor: Visitor) => Promise<void>;

/** What every handler finds in its context. */
export interface ApiEnv {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: {
    app: App;
    visit: Visit;
    requestId: string;
    /** Set on every route but set-up, sign-in, health and the OpenAPI document. */
    principal: Principal;
    who: Who;
  };
}

/** An empty router whose validation errors are AppErrors that name each field. */
export function router(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const faults = result.error.issues.map((issue) => ({
        field: issue.path.map(String).join('.'),
        message: issue.message,
      }));
      const words = faults.map((fault) => (fault.field ? `${fault.field}: ${fault.message}` : fault.message));
      throw new AppError('bad_request', words.join('; '), { in: result.target, faults });
    },
  });
}

/** The `responses` entry of a JSON answer. Errors are added to every operation when the document is made. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** The `request.body` entry of a JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}
