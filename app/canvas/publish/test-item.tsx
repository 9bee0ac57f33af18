'use client';
import type { TestResult } from '#app/data/types.ts';
import { FailedTest } from '#app/tests/failed-test.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { ReviewItem } from './review-item.tsx';

export interface TestState {
  /** How many there are; null while that is not known. */
  count: number | null;
  running: boolean;
  /** Of the draft as it is; null until they were run. */
  results: readonly TestResult[] | null;
  /** Why they could not be run. */
  failure: string | null;
}

/** How the draft fares in the tests of the workflow. */
export function TestItem({
  tests,
  despite,
  onDespite,
}: {
  tests: TestState;
  despite: boolean;
  onDespite: (despite: boolean) => void;
}) {
  const { results, running, failure } = tests;
  const failed = results?.filter(({ passed }) => !passed) ?? [];
  if (running || tests.count === null) {
    return (
      <ReviewItem
        status="running"
        title={tests.count === null ? 'Looking for tests' : `Running ${count(tests.count, 'test')}`}
      />
    );
  }
  if (failure !== null) {
    return (
      <ReviewItem status="warning" title="The tests could not be run">
        <p className="text-muted">{failure}</p>
      </ReviewItem>
    );
  }
  if (!results || results.length === 0) {
    return (
      <ReviewItem status="skipped" word="None" title="No tests">
        <p className="text-12 text-muted">
          Open a run that went as it should, and save it as a test: from then on publishing runs it.
        </p>
      </ReviewItem>
    );
  }
  if (failed.length === 0) {
    return <ReviewItem status="ok" title={`${results.length} of ${count(results.length, 'test')} pass`} />;
  }
  const words = failed.length === 1 ? '1 test fails' : `${failed.length} tests fail`;
  return (
    <ReviewItem status="failed" title={`${words} of ${results.length}`}>
      <ul
        aria-label="Tests that fail"
        className="flex max-h-60 flex-col overflow-y-auto rounded-md border border-line"
      >
        {failed.map((test) => (
          <li key={test.id} className="flex flex-col gap-1 border-line border-b p-2 last:border-b-0">
            <span className="flex items-center gap-2">
              <span className="truncate font-medium">{test.name}</span>
              <span className="flex-1" />
              <Status status="failed" />
            </span>
            <FailedTest difference={test.difference} />
          </li>
        ))}
      </ul>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: Checkbox is the control */}
      <label className="flex items-center gap-2">
        <Checkbox checked={despite} onCheckedChange={(checked) => onDespite(checked === true)} />
        Publish although {words}
      </label>
    </ReviewItem>
  );
}
