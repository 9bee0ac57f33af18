'use client';
import { CircleAlert } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import type { Caller, TestResult } from '#app/data/types.ts';
import { useCallers } from '#app/data/use-callers.ts';
import { useTestResults } from '#app/data/use-test-results.ts';
import { useTests } from '#app/data/use-tests.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { Button } from '#app/ui/button.tsx';
import { DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { Field } from '#app/ui/field.tsx';
import { count } from '#app/ui/quantity.ts';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';
import { useCanvas, useChecked } from '../canvas-context.tsx';
import { ProblemsList } from '../problems-list.tsx';
import { savedRevision } from '../saver.ts';
import { useCanvasSession } from '../session-context.tsx';
import { useChanges, usePublishDraft, useReleaseState } from '../use-release.ts';
import {
  type BreakingChoice,
  BreakingChoiceField,
  CallerList,
  ContractChangeList,
} from './caller-changes.tsx';
import { AdviceList, scoreWords } from './definition.tsx';
import { LookUpItem } from './look-up-item.tsx';
import { PromiseSection } from './promise-section.tsx';
import type { Review } from './review.ts';
import { ReviewItem } from './review-item.tsx';
import { TestItem, type TestState } from './test-item.tsx';
import { TextsItem } from './texts-item.tsx';
import { useAnnounce } from './use-announce.ts';
import { usePublishCopy } from './use-publish-copy.ts';
import { useReview } from './use-review.ts';

/** All that is looked at before a draft goes live: what blocks it, whom it breaks, how it fares in tests, how it reads. */
export function PublishReview({ close }: { close: () => void }) {
  const { project, workflow } = useCanvasSession();
  const router = useRouter();
  const { latestVersion, liveVersion } = useReleaseState();
  const changes = useChanges();
  const review = useReview();
  const publish = usePublishDraft();
  const copy = usePublishCopy();
  const announce = useAnnounce();
  const tests = useTestState(publish.error);
  const callers = useAffected();
  const errors = useChecked((state) => state.errors);
  const warnings = useChecked((state) => state.problems.length - state.errors);
  const name = useCanvas((state) => state.document.name);
  const [note, setNote] = useState('');
  const [choice, setChoice] = useState<BreakingChoice | null>(null);
  const [despiteTests, setDespiteTests] = useState(false);
  const [despiteTexts, setDespiteTexts] = useState(false);
  const other = useCopyName(name);
  // Whoever goes to a place does not want the focus back where it was.
  const gone = useRef(false);
  const go = (): void => {
    gone.current = true;
    close();
  };

  const next = (latestVersion ?? 0) + 1;
  const breaks = (review?.breaking.length ?? 0) > 0;
  const asCopy = breaks && choice === 'copy';
  const failing = tests.results?.some(({ passed }) => !passed) ?? false;
  // Once it is published they have been read: it is known from the list of versions before the workflow is read again.
  const unreviewed = workflow.unreviewed && latestVersion === null;
  const toRead = unreviewed || (review?.texts.length ?? 0) > 0;
  const ready =
    errors === 0 &&
    (!breaks || choice === 'break' || (asCopy && other.fault === null)) &&
    (!failing || despiteTests || asCopy) &&
    (!toRead || despiteTexts);
  const busy = publish.isPending || copy.isPending;
  const failure = copy.error ?? publish.error;

  const submit = (): void => {
    if (!ready || busy) return;
    if (asCopy) {
      copy.mutate(
        { name: other.name, note: note.trim(), despiteTexts },
        {
          onSuccess: ({ id }) => {
            close();
            toast.success(`${other.name} v1 is live; ${name} stays at v${liveVersion}`, {
              duration: 8000,
              action: {
                label: 'Open',
                onClick: () => router.push(`/projects/${project}/workflows/${id}`),
              },
            });
          },
        },
      );
      return;
    }
    publish.mutate(
      { note: note.trim(), despiteTests, despiteBreaking: choice === 'break', despiteTexts },
      {
        onSuccess: ({ version }) => {
          close();
          announce(name, version, liveVersion);
        },
      },
    );
  };

  return (
    <DialogContent
      className="top-[6vh] max-h-[88vh] max-w-2xl gap-3 overflow-hidden p-0 pt-4"
      onCloseAutoFocus={(event) => {
        if (gone.current) event.preventDefault();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit();
      }}
    >
      <DialogTitle className="px-4">
        {errors > 0 ? `${count(errors, 'problem keeps', 'problems keep')} v${next} back` : `Publish v${next}`}
      </DialogTitle>
      <DialogDescription className="px-4">
        {errors > 0
          ? 'Choose one to go where it is mended. Clients see nothing of the draft until then.'
          : liveVersion === null
            ? `Clients of this project get a new tool, ${name}.`
            : `Clients that call ${name} get v${next} in place of v${liveVersion}. You can roll back at any time.`}
      </DialogDescription>
      {failure && tests.results === null && (
        <p role="alert" className="flex items-start gap-2 px-4 text-danger-ink">
          <CircleAlert size={14} aria-hidden className="mt-0.5 shrink-0" /> {failure.message}
        </p>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto border-line border-y">
        <ProblemsItem errors={errors} warnings={warnings} onGo={go} />
        {errors === 0 && (
          <>
            <CallersItem review={review} callers={callers} liveVersion={liveVersion}>
              {breaks && liveVersion !== null && (
                <BreakingChoiceField
                  name={name}
                  liveVersion={liveVersion}
                  clients={callers?.length ?? 0}
                  choice={choice}
                  onChoice={setChoice}
                  copyName={other.name}
                  copyFault={other.fault}
                  onCopyName={other.setName}
                />
              )}
            </CallersItem>
            <TextsItem
              texts={review?.texts ?? []}
              unreviewed={unreviewed}
              despite={despiteTexts}
              onDespite={setDespiteTexts}
            />
            <LookUpItem />
            <TestItem tests={tests} despite={despiteTests} onDespite={setDespiteTests} />
            {review && (
              <ReviewItem
                status={review.lint.advice.some(({ points }) => points >= 10) ? 'warning' : 'ok'}
                title={`Definition: ${scoreWords(review.lint)}`}
              >
                {review.lint.advice.length > 0 && <AdviceList advice={review.lint.advice} onGo={go} />}
                <AnswerPromise />
              </ReviewItem>
            )}
            <section className="flex flex-col gap-3 px-4 py-3">
              {changes !== null && changes.length > 0 && (
                <Disclosure
                  title={`${count(changes.length, 'change')} of the draft since v${liveVersion ?? latestVersion}`}
                >
                  <ul className="max-h-40 list-disc overflow-y-auto pl-5 text-12 text-muted">
                    {changes.map((change) => (
                      <li key={change.text}>{change.text}</li>
                    ))}
                  </ul>
                </Disclosure>
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
            </section>
          </>
        )}
      </div>
      <DialogFooter className="px-4 pt-0 pb-3">
        <Button onClick={close}>Cancel</Button>
        <Button variant="primary" busy={busy} disabled={!ready} onClick={submit}>
          {asCopy ? `Publish ${other.name}` : `Publish v${next}`}
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}

/** The form of the answer, where one step alone answers. */
function AnswerPromise() {
  const document = useCanvas((state) => state.document);
  const [end, ...others] = document.nodes.filter(({ kind }) => kind === 'output');
  if (!end || others.length > 0 || document.kind !== 'tool') return null;
  return (
    <Disclosure title="Form of the answer" defaultOpen>
      <PromiseSection node={end} />
    </Disclosure>
  );
}

function ProblemsItem({ errors, warnings, onGo }: { errors: number; warnings: number; onGo: () => void }) {
  if (errors + warnings === 0) return <ReviewItem status="ok" title="No problems" />;
  return (
    <ReviewItem
      status={errors > 0 ? 'error' : 'warning'}
      title={errors > 0 ? `${count(errors, 'problem')} to mend` : count(warnings, 'warning')}
    >
      <ProblemsList onGo={onGo} />
    </ReviewItem>
  );
}

function CallersItem({
  review,
  callers,
  liveVersion,
  children,
}: {
  review: Review | null;
  callers: readonly Caller[] | null;
  liveVersion: number | null;
  children: React.ReactNode;
}) {
  if (!review) return <ReviewItem status="running" title="Comparing with what is live" />;
  if (review.changes === null || liveVersion === null) {
    return <ReviewItem status="ok" title="Nobody calls it yet: nothing can break" />;
  }
  const breaks = review.breaking.length > 0;
  const whom =
    callers === null || callers.length === 0
      ? 'none called it in the last 30 days'
      : `${count(callers.length, 'client')} called it in the last 30 days`;
  const title = breaks
    ? callers === null || callers.length === 0
      ? `Breaks those who call v${liveVersion}; ${whom}`
      : `Breaks ${count(callers.length, 'client')}`
    : review.changes.length > 0
      ? `Breaks nobody who calls v${liveVersion}; ${whom}`
      : `Nothing changes for callers; ${whom}`;
  return (
    <ReviewItem status={breaks ? 'failed' : 'ok'} word={breaks ? 'Breaking' : 'OK'} title={title}>
      {review.changes.length > 0 && <ContractChangeList changes={review.changes} />}
      {callers !== null &&
        callers.length > 0 &&
        (breaks ? (
          <CallerList callers={callers} />
        ) : (
          <Disclosure title="Who calls it">
            <CallerList callers={callers} />
          </Disclosure>
        ))}
      {children}
    </ReviewItem>
  );
}

/** Clients that call what is live; none when nothing is, null while that is not known. */
function useAffected(): readonly Caller[] | null {
  const { project, workflow } = useCanvasSession();
  const { liveVersion } = useReleaseState();
  const { data } = useCallers(project, workflow.id, liveVersion !== null);
  return liveVersion === null ? [] : (data?.items ?? null);
}

/** The tests, run against the draft as it is on the screen; what publishing itself found counts more. */
function useTestState(refused: Error | null): TestState {
  const { project, workflow, session } = useCanvasSession();
  const { data: tests } = useTests(project, workflow.id);
  const errors = useChecked((state) => state.errors);
  const found = tests?.items.length ?? null;
  const run = useTestResults(project, workflow.id, {
    save: () => savedRevision(session.saver),
    enabled: errors === 0 && found !== null && found > 0,
  });
  const told = refused instanceof ApiError ? refused.details['tests'] : undefined;
  return {
    count: found,
    running: run.isFetching,
    results: Array.isArray(told) ? (told as TestResult[]) : found === 0 ? [] : (run.data?.results ?? null),
    failure: run.error?.message ?? null,
  };
}

/** The name under which the draft becomes another tool, and what is wrong with it. */
function useCopyName(name: string) {
  const { project } = useCanvasSession();
  const { data } = useWorkflows(project);
  const taken = new Set(data?.items.map((workflow) => workflow.name));
  const [typed, setName] = useState<string | null>(null);
  const copyName = typed ?? freeName(name, taken);
  const fault = !WORKFLOW_NAME.test(copyName)
    ? 'Starts with a letter; then a–z, 0–9 and _; at most 45 characters.'
    : taken.has(copyName)
      ? 'This project has a workflow of that name.'
      : null;
  return { name: copyName, fault, setName };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/_\d+$/, '').slice(0, 41);
  for (let number = 2; ; number++) if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`;
}
