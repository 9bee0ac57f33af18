'use client';
import { CircleAlert } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import type { TestResult } from '#app/data/types.ts';
import { FailedTest } from '#app/tests/failed-test.tsx';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { Field } from '#app/ui/field.tsx';
import { count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';
import { useCanvas, useChecked } from './canvas-context.tsx';
import { ProblemsList } from './problems-list.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { useChanges, usePublishDraft, useReleaseState } from './use-release.ts';

/** What publishing does, what it changes, and what stands in the way. */
export function PublishDialog() {
  const open = useScreen((state) => state.dialog === 'publish');
  const show = useScreen((state) => state.show);
  return (
    <Dialog open={open} onOpenChange={(next) => !next && show({ dialog: null })}>
      {open && <Publish close={() => show({ dialog: null })} />}
    </Dialog>
  );
}

function Publish({ close }: { close: () => void }) {
  const { latestVersion, liveVersion } = useReleaseState();
  const changes = useChanges();
  const publish = usePublishDraft();
  const { project } = useCanvasSession();
  const router = useRouter();
  const errors = useChecked((state) => state.errors);
  const warnings = useChecked((state) => state.problems.length - state.errors);
  const name = useCanvas((state) => state.document.name);
  const [note, setNote] = useState('');
  const next = (latestVersion ?? 0) + 1;

  const submit = (despiteTests = false): void => {
    if (errors > 0 || publish.isPending) return;
    publish.mutate(
      { note: note.trim(), despiteTests },
      {
        onSuccess: ({ version }) => {
          close();
          toast.success(`${name} v${version} is live`, {
            action: { label: 'Connect a client', onClick: () => router.push(`/projects/${project}/connect`) },
          });
        },
      },
    );
  };
  const failedTests = failedTestsOf(publish.error);

  return (
    <DialogContent
      className="max-w-xl"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit();
      }}
    >
      <DialogTitle>
        {errors > 0 ? `${count(errors, 'problem keeps', 'problems keep')} v${next} back` : `Publish v${next}`}
      </DialogTitle>
      <DialogDescription>
        {errors > 0
          ? 'Choose one to go where it is mended. Clients see nothing of the draft until then.'
          : liveVersion === null
            ? `Clients of this project get a new tool, ${name}.`
            : `Clients that call ${name} get v${next} in place of v${liveVersion}. You can roll back at any time.`}
      </DialogDescription>
      {publish.error && (
        <p role="alert" className="flex items-start gap-2 text-danger-ink">
          <CircleAlert size={14} aria-hidden className="mt-0.5 shrink-0" /> {publish.error.message}
        </p>
      )}
      {failedTests.length > 0 && (
        <section
          aria-label="Tests that fail"
          className="flex max-h-60 shrink-0 flex-col overflow-y-auto rounded-md border border-line"
        >
          {failedTests.map((test) => (
            <div key={test.id} className="flex flex-col gap-1 border-line border-b p-2 last:border-b-0">
              <span className="flex items-center gap-2">
                <span className="truncate font-medium">{test.name}</span>
                <span className="flex-1" />
                <Status status="failed" />
              </span>
              <FailedTest difference={test.difference} />
            </div>
          ))}
        </section>
      )}
      {(errors > 0 || warnings > 0) && (
        <section aria-label="Problems" className="max-h-56 shrink-0 overflow-y-auto">
          <ProblemsList onGo={close} />
        </section>
      )}
      {errors === 0 && (
        <>
          {changes !== null && changes.length > 0 && (
            <section className="text-12">
              <h3 className="font-medium text-13">Changes since v{liveVersion ?? latestVersion}</h3>
              <ul className="mt-1 max-h-40 list-disc overflow-y-auto pl-4 text-muted">
                {changes.map((change) => (
                  <li key={change.text}>{change.text}</li>
                ))}
              </ul>
            </section>
          )}
          <Field label="Note" optional description="Stands in the list of versions.">
            {(ids) => (
              <Textarea
                {...ids}
                rows={2}
                value={note}
                maxLength={2000}
                onChange={(event) => setNote(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
      <DialogFooter>
        <Button onClick={close}>Cancel</Button>
        {failedTests.length > 0 && (
          <Button variant="danger" busy={publish.isPending} onClick={() => submit(true)}>
            Publish despite failing tests
          </Button>
        )}
        <Button variant="primary" busy={publish.isPending} disabled={errors > 0} onClick={() => submit()}>
          Publish v{next}
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}

/** The tests that keep the draft back, as the refusal tells them. */
function failedTestsOf(error: Error | null): TestResult[] {
  const tests = error instanceof ApiError ? error.details['tests'] : undefined;
  return Array.isArray(tests) ? (tests as TestResult[]) : [];
}
