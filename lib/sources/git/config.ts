import * as z from 'zod';
import { globs } from '../globs.ts';

/** What is read of a repository. */
export const gitConfig = z.strictObject({
  /** As it is cloned over HTTPS. */
  url: z
    .url({ protocol: /^https?$/, error: 'is not an address such as https://github.com/owner/name' })
    .max(1000)
    .refine((url) => {
      const parsed = URL.parse(url);
      return parsed?.username === '' && parsed.password === '';
    }, 'holds a name or password: use a connection instead'),
  /** A branch; null: the one that the repository says is its own. */
  branch: z
    .string()
    .trim()
    .max(200)
    .regex(/^(?!.*(\.\.|\/\/|@\{))[^\s~^:?*[\\\0-\x1f\x7f]+$/, 'is not the name of a branch')
    .nullable()
    .default(null),
  /** Folder; empty for all. */
  prefix: z.string().trim().max(500).default(''),
  include: globs.default([]),
  exclude: globs.default([]),
  maxFiles: z.int().min(1).max(20_000).default(2000),
});

export type GitConfig = z.output<typeof gitConfig>;
