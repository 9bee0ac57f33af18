'use client';

import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowTest } from '#app/data/types.ts';
import { useDeleteTest } from '#app/data/use-delete-test.ts';
import { useRunTests } from '#app/data/use-run-tests.ts';
import { useTests } from '#app/data/use-tests.ts';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { FailedTest } from './failed-test.tsx';

/** The tests of a workflow, and how its draft fares in them. */
export function TestList({
  project,
  workflow,
  editable,
  save,
}: {
  project: string;
  /** Id. */
  workflow: string;
  editable: boolean;
  /** Brings the draft to the server, which runs the tests against it. Throws when it could not be saved. */
  save: () => Promise<unknown>;
}) {
  const tests = useTests(project, workflow);
  const { mutateAsync } = useRunTests(project, workflow);
  const run = useMutation({
    mutationFn: async () => {
      await save();
      return mutateAsync();
    },
  });
  const remove = useDeleteTest(project, workflow);
  const [doomed, setDoomed] = useState<WorkflowTest | null>(null);
  const results = new Map(run.data?.results.map((result) => [result.id, result]));
  return (
    <>
      <QueryView query={tests} what="the tests">
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-muted">
              None yet. Open a run that went as it should, and save it as a test: publishing runs them all.
            </p>
          ) : (
            <>
              <ul aria-label="Tests" className="-my-2 divide-y divide-line">
                {items.map((test) => {
                  const result = results.get(test.id);
                  return (
                    <li key={test.id} className="flex flex-col gap-1 py-2">
                      <span className="flex min-w-0 items-center gap-2">
                        <span className="truncate font-medium">{test.name}</span>
                        <span className="flex-1" />
                        {run.isPending ? (
                          <Status status="running" />
                        ) : result ? (
                          <Status status={result.passed ? 'ok' : 'failed'}>
                            {result.passed ? 'Passed' : 'Failed'}
                          </Status>
                        ) : (
                          <span className="text-12 text-muted">
                            <RelativeTime at={test.createdAt} />
                          </span>
                        )}
                        {editable && (
                          <IconButton
                            size="small"
                            label={`Delete ${test.name}`}
                            onClick={() => setDoomed(test)}
                          >
                            <Trash2 />
                          </IconButton>
                        )}
                      </span>
                      {result && !run.isPending && <FailedTest difference={result.difference} />}
                    </li>
                  );
                })}
              </ul>
              {run.error && <FieldMessage severity="error" message={run.error.message} />}
              {editable && (
                <Button size="small" className="mt-3" busy={run.isPending} onClick={() => run.mutate()}>
                  Run all tests
                </Button>
              )}
            </>
          )
        }
      </QueryView>
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete the test ${doomed?.name}?`}
        description="Publishing no longer runs it. The run it was made from stays as long as runs are kept."
        action="Delete test"
      />
    </>
  );
}
