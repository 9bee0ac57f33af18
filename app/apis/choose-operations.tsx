'use client';

import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import type {
  ApiDescription,
  ApiOperation,
  ApiSource,
  ImportedApi,
  OperationChoice,
  UpdatedApi,
} from '#app/data/types.ts';
import { useImportApi } from '#app/data/use-import-api.ts';
import { useUpdateApi } from '#app/data/use-update-api.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { count, number } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { DifferenceNote, UpdateList } from './difference.tsx';
import { filtered, NO_FILTER } from './operation-filter.ts';
import { OperationFilters } from './operation-filters.tsx';
import { OperationPanel } from './operation-panel.tsx';
import { OperationTable } from './operation-table.tsx';

/** Models choose badly among more, and some clients take no more. */
const MANY_TOOLS = 40;
/** At one time. */
const MOST = 300;

interface Reckoned {
  tokens: number;
  faults: string[];
}

/** Which operations become tools, how each looks, and what it all costs. */
export function ChooseOperations({
  project,
  description,
  updating,
  onDone,
}: {
  project: string;
  description: ApiDescription & { source: ApiSource };
  updating: ApiSource | null;
  onDone(made: ImportedApi | UpdatedApi): void;
}) {
  const { operations, source, server, otherServers, difference } = description;
  const create = useImportApi(project);
  const update = useUpdateApi(project);
  const [filter, setFilter] = useState(NO_FILTER);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [choices, setChoices] = useState<Record<string, OperationChoice>>({});
  const [reckoned, setReckoned] = useState<Record<string, Reckoned>>({});
  const [overwrite, setOverwrite] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string | null>(null);
  const [base, setBase] = useState(updating?.base ?? server);
  const search = useDeferredValue(filter);
  const shown = useMemo(() => filtered(operations, search), [operations, search]);

  const tokensOf = (one: ApiOperation): number => reckoned[one.id]?.tokens ?? one.tokens;
  const taken = new Map(updating?.operations.map(({ id, name }) => [id, name]));
  const nameOf = (one: ApiOperation): string => choices[one.id]?.name ?? taken.get(one.id) ?? one.name;
  const keep = useCallback((id: string, { tokens, faults }: Reckoned) => {
    setReckoned((before) => ({ ...before, [id]: { tokens, faults } }));
  }, []);
  const choose = (ids: readonly string[], value: boolean): void => {
    const next = new Set(chosen);
    for (const id of ids) value ? next.add(id) : next.delete(id);
    setChosen(next);
  };

  const picked = operations.filter(({ id }) => chosen.has(id));
  const cost = picked.reduce((sum, one) => sum + tokensOf(one), 0);
  const faulty = picked.filter(({ id }) => (reckoned[id]?.faults.length ?? 0) > 0);
  const opened = operations.find(({ id }) => id === open);
  const busy = create.isPending || update.isPending;
  const error = create.error ?? update.error;

  const go = (): void => {
    const wanted = picked.map(({ id, name }) => ({ id, choice: { name, ...choices[id] } }));
    if (updating) {
      update.mutate(
        { source: updating.id, newer: source.id, base, overwrite: [...overwrite], operations: wanted },
        { onSuccess: onDone },
      );
    } else create.mutate({ source: source.id, base, operations: wanted }, { onSuccess: onDone });
  };

  return (
    <>
      {difference && (
        <UpdateList
          project={project}
          difference={difference}
          overwrite={overwrite}
          onOverwrite={(id, value) => {
            const next = new Set(overwrite);
            if (value) next.add(id);
            else next.delete(id);
            setOverwrite(next);
          }}
        />
      )}
      <div className={opened ? 'grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_400px]' : 'grid'}>
        <Section
          title={
            shown.length === operations.length
              ? count(operations.length, 'operation')
              : `${number(shown.length)} of ${count(operations.length, 'operation')}`
          }
          actions={<OperationFilters operations={operations} filter={filter} onChange={setFilter} />}
        >
          <OperationTable
            operations={shown}
            chosen={chosen}
            nameOf={nameOf}
            tokensOf={tokensOf}
            noteOf={difference ? (one) => <DifferenceNote difference={difference} id={one.id} /> : undefined}
            isTaken={updating ? (one) => taken.has(one.id) : undefined}
            open={open}
            sortedByCost={filter.sort === 'dearest'}
            onSort={() => setFilter({ ...filter, sort: filter.sort === 'dearest' ? 'document' : 'dearest' })}
            onChoose={choose}
            onOpen={(id) => setOpen(open === id ? null : id)}
          />
        </Section>
        {opened && (
          <OperationPanel
            key={opened.id}
            project={project}
            source={source.id}
            operation={opened.id}
            choice={{ name: opened.name, ...choices[opened.id] }}
            onChange={(choice) => setChoices({ ...choices, [opened.id]: choice })}
            onReckoned={keep}
            onClose={() => setOpen(null)}
          />
        )}
      </div>
      <form
        className="sticky bottom-0 flex flex-wrap items-end gap-4 rounded-md border border-line bg-raised px-4 py-3 shadow-float"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <div className="w-96">
          <TextField
            label="Address of the API"
            mono
            required
            type="url"
            list="api-servers"
            placeholder="https://api.example.com/v1"
            value={base}
            onValueChange={setBase}
          />
          <datalist id="api-servers">
            {[server, ...otherServers].filter(Boolean).map((address) => (
              <option key={address} value={address} />
            ))}
          </datalist>
        </div>
        <div role="status" className="min-w-0 flex-1 pb-1 text-13">
          {picked.length === 0 && !updating && (
            <span className="text-muted">Choose operations. Three to eight make a good server.</span>
          )}
          {picked.length > 0 && (
            <>
              <span className="font-medium">{count(picked.length, 'operation')}</span>, about{' '}
              <span className="font-medium tabular-nums">{number(cost)} tokens</span> in every conversation
            </>
          )}
          {picked.length > MANY_TOOLS && (
            <Status status="warning" className="ml-2">
              Models choose badly among more than {MANY_TOOLS}
            </Status>
          )}
          {picked.length > MOST && <FieldMessage severity="error" message={`At most ${MOST} at one time.`} />}
          {faulty.length > 0 && (
            <FieldMessage
              severity="error"
              message={`${faulty[0]!.id}: ${reckoned[faulty[0]!.id]?.faults[0] ?? ''}`}
            />
          )}
          {error && <FieldMessage severity="error" message={error.message} />}
        </div>
        <Button
          type="submit"
          variant="primary"
          size="large"
          busy={busy}
          disabled={(picked.length === 0 && !updating) || picked.length > MOST || faulty.length > 0}
        >
          {updating
            ? 'Update'
            : picked.length === 0
              ? 'Import'
              : `Import ${count(picked.length, 'operation')}`}
        </Button>
      </form>
    </>
  );
}
