'use client';

import type { KnowledgeSource } from '#app/data/types.ts';
import { Dialog, DialogContent, DialogDescription, DialogTitle } from '#app/ui/dialog.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { fullTime, number } from '#app/ui/quantity.ts';
import type { SourceReport } from './source-words.ts';

const ENDS: Record<Exclude<SourceReport['end'], null>, string> = {
  complete: 'All there is was looked at.',
  partial: 'Not all there is was looked at: nothing was removed.',
  stopped: 'Somebody stopped it: nothing was removed.',
  failed: 'It failed: nothing was removed.',
};

/** What the last run of a source did, and why it passed over what it did. */
export function ReportDialog({ source, onClose }: { source: KnowledgeSource; onClose(): void }) {
  const { report, name, error } = source;
  if (!report) return null;
  const figures = [
    ['Found', report.found],
    ['Added', report.added],
    ['Changed', report.changed],
    ['Unchanged', report.unchanged],
    ['Removed', report.removed],
    ['Left out', report.leftOut],
    ['Failed', report.failed],
  ] as const;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-160">
        <DialogTitle>Last run of {name}</DialogTitle>
        <DialogDescription>
          {report.cause === 'schedule' ? 'By its schedule' : 'Asked for by somebody'},{' '}
          {fullTime(report.startedAt)}. {report.end === null ? 'It is under way.' : ENDS[report.end]}
        </DialogDescription>
        <dl className="grid grid-cols-7 divide-x divide-line rounded-md border border-line">
          {figures.map(([word, amount]) => (
            <div key={word} className="flex flex-col-reverse px-2 py-1.5">
              <dt className="text-12 text-muted">{word}</dt>
              <dd className="font-semibold text-16 tabular-nums">{number(amount)}</dd>
            </div>
          ))}
        </dl>
        {error && <FieldMessage severity="error" message={error} />}
        {report.notes.map((note) => (
          <FieldMessage key={note} severity="warning" message={note} />
        ))}
        <Reasons title="Failed" total={report.failed} reasons={report.failures} />
        <Reasons title="Left out" total={report.leftOut} reasons={report.omissions} />
        {report.failed === 0 && report.leftOut === 0 && (
          <p className="text-muted">Nothing failed, and nothing was left out.</p>
        )}
      </DialogContent>
    </Dialog>
  );
}

function Reasons({
  title,
  total,
  reasons,
}: {
  title: string;
  total: number;
  reasons: SourceReport['failures'];
}) {
  if (reasons.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="font-medium">
        {title}: {number(total)}
        {total > reasons.length && (
          <span className="font-normal text-12 text-muted">
            , of which these are the first {number(reasons.length)}
          </span>
        )}
      </h3>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={title}
        className="mt-1 max-h-52 divide-y divide-line overflow-auto rounded-md border border-line"
      >
        {reasons.map(({ path, reason }) => (
          <li key={path} className="px-3 py-1.5 text-12">
            <p className="break-all font-mono">{path}</p>
            <p className="break-words text-muted">{reason}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
