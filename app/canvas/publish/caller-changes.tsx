'use client';
import { useId } from 'react';
import type { Caller } from '#app/data/types.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import type { ContractChange, Impact } from '#lib/workflow/contract-changes.ts';

const TONES = { breaking: 'danger', compatible: 'neutral', cosmetic: 'outline' } as const satisfies Record<
  Impact,
  string
>;

/** What callers notice, in words. */
export function ContractChangeList({ changes }: { changes: readonly ContractChange[] }) {
  return (
    <ul aria-label="Changes for callers" className="flex max-h-48 flex-col gap-1 overflow-y-auto">
      {changes.map(({ impact, message }) => (
        <li key={message} className="flex items-start gap-2">
          <Badge tone={TONES[impact]} className="w-20 justify-center">
            {impact}
          </Badge>
          <span className="min-w-0 break-words">{message}</span>
        </li>
      ))}
    </ul>
  );
}

/** Clients that called it in the last 30 days. */
export function CallerList({ callers }: { callers: readonly Caller[] }) {
  return (
    <table className="w-full text-12">
      <caption className="sr-only">Clients that called it in the last 30 days</caption>
      <thead className="text-left text-muted">
        <tr>
          <th className="py-1 font-normal">Client</th>
          <th className="py-1 text-right font-normal">Calls in 30 days</th>
          <th className="py-1 text-right font-normal">Last</th>
        </tr>
      </thead>
      <tbody>
        {callers.slice(0, 10).map(({ client, calls, lastAt }) => (
          <tr key={client} className="border-line border-t">
            <td className="max-w-0 truncate py-1">{client}</td>
            <td className="py-1 text-right tabular-nums">{calls.toLocaleString('en')}</td>
            <td className="py-1 text-right">
              <RelativeTime at={lastAt} />
            </td>
          </tr>
        ))}
      </tbody>
      {callers.length > 10 && (
        <tfoot>
          <tr className="border-line border-t text-muted">
            <td colSpan={3} className="py-1">
              and {count(callers.length - 10, 'other client')}
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/** What is done about callers that would break. */
export type BreakingChoice = 'copy' | 'break';

/** The explicit choice that a breaking version asks for. */
export function BreakingChoiceField({
  name,
  liveVersion,
  clients,
  choice,
  onChoice,
  copyName,
  copyFault,
  onCopyName,
}: {
  /** Of the tool that is live. */
  name: string;
  liveVersion: number;
  /** How many clients break. */
  clients: number;
  choice: BreakingChoice | null;
  onChoice: (choice: BreakingChoice) => void;
  copyName: string;
  copyFault: string | null;
  onCopyName: (name: string) => void;
}) {
  const group = useId();
  const radio = (value: BreakingChoice) => ({
    type: 'radio',
    name: group,
    value,
    checked: choice === value,
    onChange: () => onChoice(value),
    className: 'mt-0.5 size-4 shrink-0 accent-accent',
  });
  return (
    <fieldset className="flex flex-col gap-2 rounded-md border border-line p-3">
      <legend className="px-1 text-12 text-muted">How do you want to go on?</legend>
      <label className="flex items-start gap-2">
        <input {...radio('copy')} />
        <span>
          Publish it as another tool
          <span className="block text-12 text-muted">
            {name} stays as it is in v{liveVersion}, and clients get both.
          </span>
        </span>
      </label>
      {choice === 'copy' && (
        <Field label="Name of the other tool" error={copyFault} className="pl-6">
          {(ids) => (
            <Input
              {...ids}
              mono
              value={copyName}
              maxLength={45}
              onChange={(event) => onCopyName(event.target.value)}
            />
          )}
        </Field>
      )}
      <label className="flex items-start gap-2">
        <input {...radio('break')} />
        <span>
          {clients === 0
            ? 'Publish although it may break callers'
            : `Publish although it breaks ${count(clients, 'client')}`}
          <span className="block text-12 text-muted">
            Calls made the old way fail from then on, until the client asks for the list of tools again. A
            release that was pinned stays as it is.
          </span>
        </span>
      </label>
    </fieldset>
  );
}
