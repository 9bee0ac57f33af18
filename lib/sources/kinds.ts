import type * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import { git } from './git/git.ts';
import { s3 } from './s3/s3.ts';
import type { SourceKind } from './source-kind.ts';
import { website } from './website/website.ts';

/** Every kind of source there is. */
export const SOURCE_KINDS = {
  website,
  git,
  s3,
} as const;

type Kinds = typeof SOURCE_KINDS;
export type SourceKindName = keyof Kinds;

/** A kind, and what is read of it. */
export type SourceSetting = {
  [Name in SourceKindName]: { kind: Name; config: z.output<Kinds[Name]['config']> };
}[SourceKindName];

/** The same as it is given: with what may be left out. */
export type SourceSettingInput = {
  [Name in SourceKindName]: { kind: Name; config: z.input<Kinds[Name]['config']> };
}[SourceKindName];

/** The kind of this name. Undefined for one that there is not, or no more. */
export function sourceKind(name: string): SourceKind<JsonObject> | undefined {
  return Object.hasOwn(SOURCE_KINDS, name)
    ? (SOURCE_KINDS[name as SourceKindName] as unknown as SourceKind<JsonObject>)
    : undefined;
}
