import * as z from 'zod';
import { linearPattern } from '#lib/workflow/linear-pattern.ts';

/**
 * Patterns of paths: `*` is anything but a slash, `**` anything, `?` one character. Without a slash a pattern is about
 * the last part of a path, wherever it lies (`*.md`); with one about the whole path (`docs/**`); one that ends in a
 * slash about all below it.
 */
export const globs = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(200)
      .refine((glob) => !/[\0-\x1f]/.test(glob), 'a pattern has no control characters'),
  )
  .max(50);

/** Whether a path is one of those that are wanted: it fits one of `include` (or there is none), and none of `exclude`. */
export function pathFilter({
  include,
  exclude,
}: {
  include: readonly string[];
  exclude: readonly string[];
}): (path: string) => boolean {
  const wanted = include.map(matcher);
  const unwanted = exclude.map(matcher);
  return (path) => {
    const bare = path.replace(/^\/+/, '');
    return (wanted.length === 0 || wanted.some((fits) => fits(bare))) && !unwanted.some((fits) => fits(bare));
  };
}

function matcher(glob: string): (path: string) => boolean {
  const bare = glob.replace(/^\/+/, '');
  const whole = bare.endsWith('/') ? `${bare}**` : bare;
  const isAnchored = glob.startsWith('/') || whole.includes('/');
  const pattern = linearPattern(`^${isAnchored ? '' : '(?:.*/)?'}${translated(whole)}$`, 's');
  return (path) => pattern.matcher(path).find();
}

function translated(glob: string): string {
  return glob.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');
  });
}
