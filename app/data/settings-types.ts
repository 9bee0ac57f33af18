import type * as z from 'zod';
import type * as audit from '#lib/api/audit-schemas.ts';
import type * as limits from '#lib/api/limits-schemas.ts';
import type * as schemas from '#lib/api/schemas.ts';
import type * as settings from '#lib/api/settings-schemas.ts';

/** What the API answers about system, log and usage, read off its schemas. */
export type System = z.infer<typeof schemas.system>;
export type AuditEvent = z.infer<typeof audit.auditEvent>;
export type Limits = z.infer<typeof limits.limitsView>;
export type Ceiling = z.infer<typeof limits.ceilingView>;
export type LimitHit = Limits['hits'][number];
export type CallerUse = Limits['callers'][number];
export type Usage = z.infer<typeof settings.usage>;
export type Mentions = z.infer<typeof settings.mentionsView>;
export type Mention = Mentions['env'][string][number];

/** What the API takes. */
export type PasswordChange = z.input<typeof settings.passwordChange>;
export type ConnectionTestInput = z.input<typeof settings.connectionTestInput>;
