import { z } from '@hono/zod-openapi';

/** How people sign in: second steps, sessions, second factors, new passwords, single sign-on. */

const time = z.iso.datetime();
const id = z.string().min(1).max(64);
const token = z.string().min(1).max(100);
const code = z.string().min(1).max(40);
const password = z.string().min(1).max(256);
const newPassword = z.string().min(12, 'at least 12 characters').max(256);

export const secondStep = z
  .object({
    ticket: z.string().openapi({ description: 'For `POST /session/second-step`.' }),
    expiresAt: time,
  })
  .openapi('SecondStep');
export const secondStepInput = z
  .strictObject({
    ticket: token,
    code: code.openapi({ description: 'Of the app, or a recovery code.' }),
    trust: z.boolean().default(false).openapi({ description: 'Ask no more in this browser for 30 days.' }),
  })
  .openapi('SecondStepInput');

export const ways = z
  .object({
    passwordLink: z.enum(['email', 'owner']).openapi({
      description: 'Who sends a link for a new password: the server by e-mail, or an owner by hand.',
    }),
    singleSignOn: z
      .object({ organization: z.string().openapi({ description: 'Slug.' }), name: z.string() })
      .nullable()
      .openapi({ description: 'Where the address that was asked for leads to, by its domain.' }),
  })
  .openapi('SignInWays');
export const waysQuery = z.object({
  email: z.string().max(200).optional(),
  organization: z.string().max(64).optional().openapi({ description: 'Slug, in place of an address.' }),
});

export const browserSessions = z
  .object({
    items: z.array(
      z.object({
        id,
        userAgent: z.string(),
        ipAddress: z.string(),
        via: z.string().openapi({ description: 'password or sso' }),
        createdAt: time,
        seenAt: time,
        current: z.boolean().openapi({ description: 'The one that asks.' }),
      }),
    ),
  })
  .openapi('BrowserSessions');
export const inSession = z.object({ session: id });

export const twoFactor = z
  .object({
    enabledAt: time.nullable(),
    recoveryCodesLeft: z.int(),
    required: z.boolean().openapi({ description: 'An organization asks for it.' }),
    hasPassword: z.boolean(),
    browsers: z.array(
      z.object({
        id,
        userAgent: z.string(),
        ipAddress: z.string(),
        createdAt: time,
        expiresAt: time,
      }),
    ),
  })
  .openapi('TwoFactor');
export const twoFactorBegin = z.strictObject({ password }).openapi('TwoFactorBegin');
export const twoFactorSecret = z
  .object({
    secret: z.string().openapi({ description: 'Base 32, to be typed.' }),
    uri: z.string().openapi({ description: '`otpauth://totp/…`, for a QR code.' }),
  })
  .openapi('TwoFactorSecret');
export const twoFactorEnable = z.strictObject({ code }).openapi('TwoFactorEnable');
export const twoFactorProof = z.strictObject({ password, code }).openapi('TwoFactorProof');
export const recoveryCodes = z
  .object({ codes: z.array(z.string()).openapi({ description: 'Shown now and never again.' }) })
  .openapi('RecoveryCodes');
export const inBrowser = z.object({ browser: id });

export const passwordResetRequest = z
  .strictObject({ email: z.string().min(1).max(200) })
  .openapi('PasswordResetRequest');
export const passwordReset = z.strictObject({ token, password: newPassword }).openapi('PasswordReset');
export const passwordLink = z.object({ url: z.string(), expiresAt: time }).openapi('PasswordLink');
export const inMember = z.object({ user: id });

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain such as example.com')
  .max(253);
export const singleSignOnInput = z
  .strictObject({
    name: z.string().trim().min(1).max(60).openapi({ description: 'Stands on the button.' }),
    issuer: z.url({ protocol: /^https?$/, error: 'an address such as https://login.example.com' }).max(500),
    clientId: z.string().trim().min(1).max(500),
    clientSecret: z.string().min(1).max(1000).optional().openapi({
      description: 'Never read back; left out to keep the one there is.',
    }),
    domains: z.array(domain).min(1).max(50).openapi({ description: 'Of e-mail addresses that may come in.' }),
    defaultRole: z.enum(['viewer', 'editor', 'admin']),
    passwords: z.boolean().openapi({
      description: 'Members may use a password too. Owners always may.',
    }),
  })
  .openapi('SingleSignOnInput');
export const signInSettings = z
  .object({
    requireTwoFactor: z.boolean(),
    signInLink: z.string().openapi({ description: 'Leads to the identity provider at once.' }),
    redirectUri: z.string().openapi({ description: 'To be entered at the identity provider.' }),
    singleSignOn: z
      .object({
        name: z.string(),
        issuer: z.string(),
        clientId: z.string(),
        domains: z.array(z.string()),
        defaultRole: z.string(),
        passwords: z.boolean(),
      })
      .nullable(),
  })
  .openapi('SignInSettings');
export const requireTwoFactorInput = z
  .strictObject({ required: z.boolean() })
  .openapi('RequireTwoFactorInput');

export const ssoStart = z
  .strictObject({
    organization: z.string().min(1).max(64),
    email: z.string().max(200).optional(),
    next: z.string().max(4000).optional().openapi({ description: 'A path to go on to.' }),
  })
  .openapi('SingleSignOnStart');
export const ssoRedirect = z
  .object({ url: z.string().openapi({ description: 'Of the identity provider.' }) })
  .openapi('SingleSignOnRedirect');
