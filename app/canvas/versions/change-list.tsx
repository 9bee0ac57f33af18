'use client';
import { count } from '#app/ui/quantity.ts';
import type { ContractChange } from '#lib/workflow/contract-changes.ts';
import { ContractChangeList } from '../publish/caller-changes.tsx';
import { isSame, type StepChange, type VersionDiff } from '../system/version-diff.ts';
import { FieldDiff } from './field-diff.tsx';
import { MarkBadge } from './mark.tsx';

/** Everything that differs between two versions; a step that is chosen is shown field by field. */
export function ChangeList({
  diff,
  contract,
  selected,
  onSelect,
}: {
  diff: VersionDiff;
  /** What callers notice; null where one of the two has errors. */
  contract: readonly ContractChange[] | null;
  /** Node id. */
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
}) {
  const { workflow, steps, edges } = diff;
  return (
    <div className="flex flex-col">
      <Part title="Changes for callers">
        {contract === null ? (
          <p className="text-muted">Not known: one of the two has problems to mend.</p>
        ) : contract.length === 0 ? (
          <p className="text-muted">Callers notice nothing.</p>
        ) : (
          <ContractChangeList changes={contract} />
        )}
      </Part>
      {isSame(diff) && (
        <Part title="Changes of the graph">
          <p className="text-muted">None. At most, cards stand elsewhere.</p>
        </Part>
      )}
      {steps.length > 0 && (
        <Part title={count(steps.length, 'step')}>
          <ul aria-label="Steps that differ" className="-mx-2 flex flex-col">
            {steps.map((step) => (
              <StepItem
                key={step.id}
                step={step}
                open={step.id === selected}
                onToggle={() => onSelect(step.id === selected ? null : step.id)}
              />
            ))}
          </ul>
        </Part>
      )}
      {edges.length > 0 && (
        <Part title={count(edges.length, 'connection')}>
          <ul aria-label="Connections that differ" className="flex flex-col gap-1">
            {edges.map(({ id, mark, from, to }) => (
              <li key={id} className="flex items-center gap-2">
                <MarkBadge mark={mark} className="w-22 justify-center" />
                <span className="min-w-0 truncate font-mono text-12">
                  {from} → {to}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {workflow.length > 0 && (
        <Part title="Workflow">
          <div className="flex flex-col gap-3">
            {workflow.map((field) => (
              <FieldDiff key={field.path} field={field} />
            ))}
          </div>
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="border-line border-b p-4">
      <h2 className="mb-2 font-medium text-14">{title}</h2>
      {children}
    </section>
  );
}

function StepItem({ step, open, onToggle }: { step: StepChange; open: boolean; onToggle: () => void }) {
  const { mark, key, fields } = step;
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className={`flex w-full items-center gap-2 rounded-sm px-2 py-1 text-left hover:bg-hover ${open ? 'bg-selected' : ''}`}
      >
        <MarkBadge mark={mark} className="w-22 justify-center" />
        <span className="min-w-0 flex-1 truncate font-mono text-12">{key}</span>
        <span className="shrink-0 text-12 text-muted">
          {mark === 'changed' ? count(fields.length, 'field') : ''}
        </span>
      </button>
      {open && (
        <div className="flex flex-col gap-3 px-2 py-2">
          {fields.length === 0 && <p className="text-muted">It had no settings.</p>}
          {fields.map((field) => (
            <FieldDiff key={field.path} field={field} />
          ))}
        </div>
      )}
    </li>
  );
}
