import Link from 'next/link';
import type { Mention } from '#app/data/settings-types.ts';

/** As many are named; the others are counted. */
const SHOWN = 3;

/** Workflows that use something, as links. */
export function MentionList({ project, mentions }: { project: string; mentions: readonly Mention[] }) {
  if (mentions.length === 0) return <span className="text-muted">Nowhere</span>;
  return (
    <span className="flex flex-wrap gap-x-2">
      {mentions.slice(0, SHOWN).map(({ id, name, live }) => (
        <Link
          key={id}
          href={`/projects/${project}/workflows/${id}`}
          className="font-mono text-12 text-accent-ink underline-offset-2 hover:underline"
        >
          {name}
          {!live && <span className="font-sans text-muted"> (draft)</span>}
        </Link>
      ))}
      {mentions.length > SHOWN && <span className="text-muted">and {mentions.length - SHOWN} more</span>}
    </span>
  );
}
