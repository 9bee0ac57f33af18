import type * as z from 'zod';
import type * as grants from '#lib/api/grant-schemas.ts';

/** What the API answers about apps that are connected by OAuth, read off its schemas. */
export type Consent = z.infer<typeof grants.consent>;
export type ConsentTool = Consent['tools'][number];
export type Grant = z.infer<typeof grants.grantList>['items'][number];

/** What the API takes. */
export type ConsentAnswer = z.input<typeof grants.consentAnswer>;
