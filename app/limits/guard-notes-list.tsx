import { ShieldCheck } from 'lucide-react';
import { count } from '#app/ui/quantity.ts';
import type { GuardNote } from '#lib/workflow/guard-text.ts';

/** What the output guard found: `3 values masked (GitHub token)`. */
export function GuardNotesList({ notes }: { notes: readonly GuardNote[] }) {
  return (
    <ul className="flex flex-col gap-1 text-12">
      {notes.map(({ what, count: amount, done }) => (
        <li key={`${done} ${what}`} className="flex items-start gap-1.5">
          <ShieldCheck aria-hidden className="mt-0.5 size-3.5 shrink-0 text-muted" />
          {count(amount, 'value')} {done === 'masked' ? 'masked' : 'found and sent'} ({what})
        </li>
      ))}
    </ul>
  );
}
