import type { TestResult } from '#app/data/types.ts';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { Beside } from './beside.tsx';

const WHAT = {
  status: 'It ends otherwise',
  error: 'It fails for another reason',
  output: 'It answers something else',
};

/** Why a test failed: what was expected beside what came. */
export function FailedTest({ difference }: { difference: TestResult['difference'] }) {
  if (!difference) return null;
  return (
    <Disclosure title={WHAT[difference.what]}>
      <Beside before={difference.expected} now={difference.now} words="Expected" />
    </Disclosure>
  );
}
