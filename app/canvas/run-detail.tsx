'use client';
import { useState } from 'react';
import { JsonTree } from '#app/form/json-tree.tsx';
import { GuardNotesList } from '#app/limits/guard-notes-list.tsx';
import { RunQuestions } from '#app/questions/run-questions.tsx';
import { Button } from '#app/ui/button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { Status } from '#app/ui/status.tsx';
import type { ErrorRecord } from '#lib/engine/events.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { openQuestions, type RunView, type StepLog, type StepView } from './system/run-view.ts';

export interface RunDetailProps {
  /** Slug. */
  project: string;
  run: RunView;
  stepId: string | null;
  /** Ids of steps after whose failure the run goes on. */
  goOn: ReadonlySet<string>;
  /** Goes to where an error came from: the field, when it is known; left out where there is no form to go to. */
  onGoTo?: (error: ErrorRecord & { nodeId: string }) => void;
  /** May answer what the run asks. */
  editable: boolean;
  /** An answer was taken: the run goes on. */
  onAnswered?: () => void;
}

/** What went in and what came out, beside each other: of one step, or of the whole run; and what it asks. */
export function RunDetail({ project, run, stepId, goOn, onGoTo, editable, onAnswered }: RunDetailProps) {
  const [item, setItem] = useState<string | null>(null);
  const items = stepId === null ? [] : (run.items[stepId] ?? []);
  const step =
    items.find(({ iteration }) => itemName(iteration) === item) ??
    (stepId === null ? undefined : run.steps[stepId]);
  if (stepId !== null && !step) {
    return <p className="p-3 text-muted">This step did not run.</p>;
  }
  const error = step ? step.error : run.error;
  const questions = openQuestions(run, stepId).filter(
    ({ key }) => !step || items.length < 2 || belongsTo(key, step),
  );
  return (
    <div
      className={classNames(
        'grid h-full min-h-0 divide-x divide-line',
        // A form needs the room more than what went in.
        questions.length > 0 ? 'grid-cols-[minmax(0,1fr)_minmax(0,2fr)]' : 'grid-cols-2',
      )}
    >
      <Pane title="Input">
        {step && items.length > 1 && <ItemSelect items={items} step={step} onSelect={setItem} />}
        <Value value={step ? step.input : run.input} />
      </Pane>
      <Pane title={questions.length > 0 ? 'Waits for' : 'Output'}>
        {questions.length > 0 && (
          <RunQuestions
            key={run.id}
            project={project}
            runId={run.id}
            cause={run.cause}
            questions={questions}
            editable={editable}
            onAnswered={onAnswered}
          />
        )}
        {error && (
          <Failure error={error} wentOn={step !== undefined && goOn.has(step.nodeId)} onGoTo={onGoTo} />
        )}
        {!step && run.guarded.length > 0 && (
          <section aria-label="Output guard" className="mb-2">
            <h3 className="mb-1 text-12 text-muted">Output guard</h3>
            <GuardNotesList notes={run.guarded} />
          </section>
        )}
        {!step && run.undone.length > 0 && <TakenBack undone={run.undone} />}
        {step ? step.status === 'succeeded' && <Value value={step.value} /> : <Output output={run.output} />}
        {step && step.logs.length > 0 && <Logs logs={step.logs} />}
      </Pane>
    </div>
  );
}

/** Of a step in a loop, the question of the item that is looked at. */
function belongsTo(questionKey: string, { waiting }: StepView): boolean {
  return waiting !== null && (questionKey === waiting.key || questionKey.startsWith(`${waiting.key}.`));
}

/** Counted from 1, the outermost frame first: `3`, `3.1`. */
function itemName(iteration: readonly number[]): string {
  return iteration.map((index) => index + 1).join('.');
}

/** Which item of a loop is looked at. */
function ItemSelect({
  items,
  step,
  onSelect,
}: {
  items: readonly StepView[];
  step: StepView;
  onSelect: (item: string) => void;
}) {
  const words = {
    running: 'running',
    waiting: 'waiting',
    succeeded: '',
    failed: 'failed',
    skipped: 'skipped',
  };
  return (
    <label className="mb-2 flex items-center gap-2 text-12 text-muted">
      Item
      <select
        value={itemName(step.iteration)}
        onChange={(event) => onSelect(event.target.value)}
        className="h-7 rounded-sm border border-line-strong bg-sunken px-1 text-12 text-ink"
      >
        {items.map(({ iteration, status }) => (
          <option key={itemName(iteration)} value={itemName(iteration)}>
            {[itemName(iteration), words[status]].filter(Boolean).join(' · ')}
          </option>
        ))}
      </select>
    </label>
  );
}

function Pane({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="min-h-0 overflow-auto p-3">
      <h3 className="mb-1 text-12 text-muted">{title}</h3>
      {children}
    </section>
  );
}

function Value({ value }: { value: JsonValue }) {
  return value === null ? <p className="text-muted">null</p> : <JsonTree value={value} />;
}

/** What the caller gets. */
function Output({ output }: { output: RunOutput | null }) {
  if (!output) return null;
  return (
    <div className="flex flex-col gap-3">
      {output.structured !== undefined && <Value value={output.structured} />}
      {output.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity and never move
        <div key={index}>
          {part.type === 'text' && part.text === '' ? (
            <p className="text-muted">An empty text.</p>
          ) : part.type === 'text' ? (
            <pre className="whitespace-pre-wrap break-words font-mono text-12">{part.text}</pre>
          ) : (
            <Value value={{ ...part } as JsonValue} />
          )}
        </div>
      ))}
    </div>
  );
}

function Failure({
  error,
  wentOn,
  onGoTo,
}: {
  error: ErrorRecord;
  /** The run did not end with it. */
  wentOn: boolean;
  onGoTo: RunDetailProps['onGoTo'];
}) {
  const { nodeId } = error;
  return (
    <div
      role={wentOn ? 'note' : 'alert'}
      className={classNames(
        'mb-2 rounded-md p-2',
        wentOn ? 'border border-line bg-sunken text-ink' : 'bg-danger-soft text-danger-ink',
      )}
    >
      {wentOn && (
        <p className="mb-1 text-12">
          <Status status="warning">The step failed, and the run went on</Status>
        </p>
      )}
      <p className="break-words">{error.message}</p>
      {onGoTo && nodeId !== undefined && (
        <Button
          variant="link"
          size="small"
          className="text-inherit! underline"
          onClick={() => onGoTo({ ...error, nodeId })}
        >
          {error.details?.['field'] ? 'Go to the field' : 'Go to the step'}
        </Button>
      )}
      <details className="mt-1 text-12">
        <summary>{error.code}</summary>
        {error.details && (
          <pre className="mt-1 overflow-x-auto font-mono">{JSON.stringify(error.details, null, 2)}</pre>
        )}
      </details>
    </div>
  );
}

/** What of a failed run was taken back, and what could not be. */
function TakenBack({ undone }: { undone: RunView['undone'] }) {
  return (
    <section aria-label="Taken back" className="mb-2">
      <h3 className="mb-1 text-12 text-muted">Taken back</h3>
      <ul className="flex flex-col gap-1 text-12">
        {undone.map(({ key, error }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: in a loop the same step is taken back many times
          <li key={index}>
            <Status status={error ? 'failed' : 'ok'}>
              <span className="font-mono">{key}</span>
              {error && ' could not be taken back'}
            </Status>
            {error && <p className="break-words pl-5 text-muted">{error.message}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Logs({ logs }: { logs: readonly StepLog[] }) {
  return (
    <div className="mt-3">
      <h3 className="mb-1 text-12 text-muted">Log</h3>
      <ol className="font-mono text-12">
        {logs.map((log, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended
          <li key={index} className="flex gap-2">
            <span
              className={
                log.level === 'error'
                  ? 'text-danger-ink'
                  : log.level === 'warn'
                    ? 'text-warning-ink'
                    : 'text-muted'
              }
            >
              {log.level}
            </span>
            <span className="whitespace-pre-wrap break-words">{log.text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
