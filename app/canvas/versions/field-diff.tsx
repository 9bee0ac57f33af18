import { count } from '#app/ui/quantity.ts';
import { comparable, folded, lineDiff } from '../system/line-diff.ts';
import type { FieldChange } from '../system/version-diff.ts';

const SIGN = { same: ' ', added: '+', removed: '−' };
const STYLE = {
  same: 'text-muted',
  added: 'bg-success-soft text-success-ink',
  removed: 'bg-danger-soft text-danger-ink',
};

/** What was and what is in one place, line by line. */
export function FieldDiff({ field }: { field: FieldChange }) {
  const lines = folded(lineDiff(comparable(field.before), comparable(field.after)));
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      <figcaption className="break-all font-mono text-12 text-muted">{field.path}</figcaption>
      <pre className="rounded-md border border-line bg-sunken py-1 text-12">
        {lines.length === 0 && <span className="px-2 text-muted">empty</span>}
        {lines.map((line, index) =>
          line.mark === 'left-out' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and do not move
            <span key={index} className="block px-2 font-sans text-muted">
              {count(line.count, 'line')} the same
            </span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <span key={index} className={`block whitespace-pre-wrap break-words px-2 ${STYLE[line.mark]}`}>
              <span aria-hidden className="inline-block w-4 select-none">
                {SIGN[line.mark]}
              </span>
              {line.mark !== 'same' && <span className="sr-only">{line.mark}: </span>}
              {line.text}
            </span>
          ),
        )}
      </pre>
    </figure>
  );
}
