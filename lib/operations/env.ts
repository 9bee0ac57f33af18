import { resolve } from 'node:path';
import * as z from 'zod';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

const flag = z
  .enum(['0', '1', 'true', 'false'], '0 or 1')
  .optional()
  .transform((value) => value === '1' || value === 'true');

const seconds = z.coerce.number('a number of seconds').int('a number of seconds').min(0).max(3600);

const variables = z.object({
  PORT: z.coerce.number('a port number').int('a port number').min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'an address such as https://patchbay.example.com' })
    .refine((text) => !URL.canParse(text) || new URL(text).pathname === '/', 'an address without a path')
    .optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(postgres(ql)?:\/\/|file:)/, 'postgres://… or file:…')
    .optional(),
  ENCRYPTION_KEY: z.string().refine(isKey, '32 bytes in base64: openssl rand -base64 32').optional(),
  ENCRYPTION_KEY_PREVIOUS: z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((keys) => keys.every(isKey), 'keys of 32 bytes in base64, with commas between them')
    .optional(),
  EGRESS_ALLOW: z.string().default(''),
  ROLE: z.enum(['all', 'web', 'runtime'], 'all, web or runtime').default('all'),
  PATCHBAY_ADMIN_EMAIL: z.email('an e-mail address').optional(),
  PATCHBAY_ADMIN_PASSWORD: z.string().min(12, 'at least 12 characters').max(256).optional(),
  PATCHBAY_ALLOW_HTTP: flag,
  SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      error: 'the address of a mail server: smtp://user:password@mail.example.com:587',
    })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>\p{Cc}]{1,100} )?<?[^\s<>@]{1,64}@[^\s<>@]{1,253}>?$/u,
      'a sender: Patchbay <patchbay@example.com>',
    )
    .optional(),
  NEW_ORGANIZATIONS: z.enum(['anyone', 'owners'], 'anyone or owners').default('anyone'),
  STREAM_SECONDS: seconds.default(0),
  STOP_DELAY_SECONDS: seconds.default(3),
  SANDBOX_JIT: flag,
  VECTOR_MEMORY_MB: z.coerce
    .number('a number of megabytes')
    .int('a number of megabytes')
    .min(16, 'at least 16')
    .max(3072, 'at most 3072')
    .default(512),
  LOCAL_MODELS_DIR: z.string().min(1).optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'trace, debug, info, warn, error or silent')
    .default('info'),
});

const environment = variables
  .refine((env) => !env.PATCHBAY_ADMIN_EMAIL === !env.PATCHBAY_ADMIN_PASSWORD, {
    path: ['PATCHBAY_ADMIN_EMAIL'],
    error: 'goes together with PATCHBAY_ADMIN_PASSWORD: set both or neither',
  })
  .refine((env) => !env.SMTP_URL === !env.MAIL_FROM, {
    path: ['SMTP_URL'],
    error: 'goes together with MAIL_FROM: set both or neither',
  })
  .refine((env) => !env.DATABASE_URL?.startsWith('postgres') || env.ENCRYPTION_KEY, {
    path: ['ENCRYPTION_KEY'],
    error: 'must be set with a PostgreSQL database, the same for every replica: openssl rand -base64 32',
  })
  .refine((env) => !env.ENCRYPTION_KEY_PREVIOUS || env.ENCRYPTION_KEY, {
    path: ['ENCRYPTION_KEY_PREVIOUS'],
    error: 'goes together with ENCRYPTION_KEY, the key that takes their place',
  })
  .refine((env) => env.PATCHBAY_ALLOW_HTTP || !sendsPasswordsInTheClear(env.PUBLIC_URL), {
    path: ['PUBLIC_URL'],
    error:
      'is http on a host others can reach, so passwords would cross the network in the clear: use https, or set PATCHBAY_ALLOW_HTTP=1',
  })
  .transform((env) => ({
    port: env.PORT,
    host: env.HOST,
    /** Origin under which people and clients reach the server, without a slash at the end. */
    publicUrl: new URL(env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).origin,
    dataDir: resolve(env.DATA_DIR),
    databaseUrl: env.DATABASE_URL ?? `file:${resolve(env.DATA_DIR, 'patchbay.db')}`,
    /** base64; null = read or make DATA_DIR/encryption.key. */
    encryptionKey: env.ENCRYPTION_KEY ?? null,
    /** Keys that `encryptionKey` took the place of, the last one first. */
    previousKeys: env.ENCRYPTION_KEY_PREVIOUS ?? [],
    egressAllow: env.EGRESS_ALLOW.split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
    role: env.ROLE,
    admin:
      env.PATCHBAY_ADMIN_EMAIL && env.PATCHBAY_ADMIN_PASSWORD
        ? { email: env.PATCHBAY_ADMIN_EMAIL, password: env.PATCHBAY_ADMIN_PASSWORD }
        : null,
    /** The mail server and the sender; null: links are shown instead of sent. */
    mail: env.SMTP_URL && env.MAIL_FROM ? { url: env.SMTP_URL, from: env.MAIL_FROM } : null,
    /** Who makes organizations: whoever is signed in, or owners of the first one of this server. */
    newOrganizations: env.NEW_ORGANIZATIONS,
    /** After so many seconds the stream of a call is closed, and its client comes back for the rest; 0 = never. */
    streamSeconds: env.STREAM_SECONDS,
    /** After SIGTERM requests are still answered for so many seconds, while load balancers are told to look elsewhere. */
    stopDelaySeconds: env.STOP_DELAY_SECONDS,
    /** Of vectors of knowledge bases that are kept in memory. */
    vectorMemoryBytes: env.VECTOR_MEMORY_MB * 1024 * 1024,
    /** Below it lie folders of models that make vectors; null: there are none. */
    localModelsDir: env.LOCAL_MODELS_DIR ? resolve(env.LOCAL_MODELS_DIR) : null,
    sandboxJit: env.SANDBOX_JIT,
    logLevel: env.LOG_LEVEL,
  }));

/** The settings of one process, parsed once. */
export type Env = z.output<typeof environment>;

/** The environment is not usable; `message` lists every fault. */
export class EnvError extends Error {
  override name = 'EnvError';
}

/**
 * Reads the settings from environment variables. An empty variable counts as unset.
 * Throws EnvError with the list of all that is wrong.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new EnvError(`The environment is not usable:\n${lines.join('\n')}`);
}

function isKey(text: string): boolean {
  return Buffer.from(text, 'base64').length === 32;
}

/** Only this machine may use http: anywhere else passwords and keys would cross a network in the clear. */
function sendsPasswordsInTheClear(publicUrl: string | undefined): boolean {
  if (!publicUrl || !URL.canParse(publicUrl)) return false;
  const url = new URL(publicUrl);
  return url.protocol === 'http:' && !LOOPBACK.test(url.hostname);
}
