'use client';

import { X } from 'lucide-react';
import type { Replay } from '#app/data/types.ts';
import { ErrorState } from '#app/ui/error-state.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { Status } from '#app/ui/status.tsx';
import { Beside } from './beside.tsx';

const WHAT: Record<NonNullable<Replay['difference']>['what'], string> = {
  step: 'ran only one of the two times',
  status: 'ended otherwise',
  request: 'asks the world outside for something else',
  error: 'fails for another reason',
  value: 'has another value',
  handle: 'goes on another way',
  output: 'differs',
};

/** How the draft fared against what a run got from outside. */
export function ReplayPanel({
  replay,
  error,
  onSelect,
  onRetry,
  onClose,
}: {
  /** Undefined while it is under way. */
  replay: Replay | undefined;
  error: Error | null;
  /** Shows a step of the recorded run. */
  onSelect: (nodeId: string) => void;
  onRetry: () => void;
  onClose: () => void;
}) {
  return (
    <section aria-label="Replay" className="flex min-h-0 flex-col bg-surface">
      <header className="flex h-9 shrink-0 items-center gap-2 border-line border-b px-3">
        <h2 className="font-medium">Replay with the draft</h2>
        <span className="flex-1" />
        <IconButton label="Close the replay" size="small" onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-auto" aria-live="polite">
        {error ? (
          <ErrorState title="The replay did not run" error={error} onRetry={onRetry} />
        ) : replay ? (
          <Result replay={replay} onSelect={onSelect} />
        ) : (
          <LoadingState>Running the draft against the recording</LoadingState>
        )}
      </div>
    </section>
  );
}

function Result({ replay, onSelect }: { replay: Replay; onSelect: (nodeId: string) => void }) {
  const { difference, steps } = replay;
  return (
    <div className="flex flex-col gap-4 p-3">
      {difference === null ? (
        <div>
          <p className="font-medium text-14">
            <Status status="ok">Same result</Status>
          </p>
          <p className="mt-1 text-12 text-muted">
            Every step came to the same, with what the run got from outside. Nothing was sent anywhere.
          </p>
        </div>
      ) : (
        <div className="flex flex-col gap-2">
          <p className="text-14">
            <Status status="warning">
              {difference.key === null ? (
                'The answer'
              ) : (
                <span className="font-mono">{nameOf(difference.key, difference.iteration)}</span>
              )}
            </Status>{' '}
            {WHAT[difference.what]}
          </p>
          <p className="text-12 text-muted">The first difference. Nothing was sent anywhere.</p>
          <Beside before={difference.recorded} now={difference.now} words="Recorded" />
        </div>
      )}
      <section aria-label="Steps of the replay">
        <h3 className="mb-1 text-12 text-muted">Steps</h3>
        <ol className="text-12">
          {steps.map(({ nodeId, key, iteration, same }) => (
            <li key={nameOf(nodeId, iteration)}>
              <button
                type="button"
                onClick={() => onSelect(nodeId)}
                className="flex h-7 w-full items-center gap-2 rounded-sm px-1 text-left hover:bg-hover"
              >
                <span className="truncate font-mono">{nameOf(key, iteration)}</span>
                <span className="flex-1" />
                <Status status={same ? 'ok' : 'warning'}>{same ? 'Same' : 'Differs'}</Status>
              </button>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

/** Items are counted from 1. */
function nameOf(key: string, iteration: readonly number[] = []): string {
  return [key, ...iteration.map((index) => index + 1)].join('.');
}
