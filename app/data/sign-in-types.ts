import type * as z from 'zod';
import type * as schemas from '#lib/api/schemas.ts';
import type * as signIn from '#lib/api/sign-in-schemas.ts';

/** What the API answers about signing in, read off its schemas. */
export type TwoFactor = z.infer<typeof signIn.twoFactor>;
export type BrowserSession = z.infer<typeof signIn.browserSessions>['items'][number];
export type SignInSettings = z.infer<typeof signIn.signInSettings>;

/** What the API takes. */
export type SignInInput = z.input<typeof schemas.signInInput>;
export type SecondStepInput = z.input<typeof signIn.secondStepInput>;
export type TwoFactorProof = z.input<typeof signIn.twoFactorProof>;
export type SingleSignOnInput = z.input<typeof signIn.singleSignOnInput>;
export type SingleSignOnStart = z.input<typeof signIn.ssoStart>;
export type PasswordReset = z.input<typeof signIn.passwordReset>;
