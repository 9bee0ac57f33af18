import { oneLine } from '#lib/workflow/text.ts';
import type { Preview } from './preview.ts';

/** What a field gives with the values of the last run, in one line under it. */
export function PreviewLine({ preview }: { preview: Preview }) {
  if (!preview) return null;
  if ('fault' in preview) {
    return <p className="text-12 text-muted">{`With the last run: ${preview.fault}`}</p>;
  }
  const { value } = preview;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <p className="flex min-w-0 items-baseline gap-1.5 text-12" title={text.slice(0, 2000)}>
      <span className="shrink-0 text-muted">Last run:</span>
      <output className="min-w-0 truncate font-mono text-ink">
        {text === '' ? '(empty)' : oneLine(text, 300)}
      </output>
      <span className="ml-auto shrink-0 text-muted">{typeWord(value)}</span>
    </p>
  );
}

function typeWord(value: unknown): string {
  if (value === null) return '';
  return Array.isArray(value) ? `list of ${value.length}` : typeof value === 'string' ? 'text' : typeof value;
}
