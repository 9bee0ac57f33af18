'use client';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useAnswers } from '#app/data/use-answers.ts';
import { Button } from '#app/ui/button.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { useCanvas, useRun } from '../canvas-context.tsx';
import { useCanvasSession } from '../session-context.tsx';
import { answerForm, fieldLines } from './promise.ts';

/** What the step promises of its answer, beside what recorded runs answered: proposes a form, or warns of one that was broken. */
export function PromiseSection({ node }: { node: WorkflowNode }) {
  const { project, workflow } = useCanvasSession();
  const { data, refetch } = useAnswers(project, workflow.id);
  const editable = useCanvas((state) => state.editable);
  const setConfig = useCanvas((state) => state.setConfig);
  const undo = useCanvas((state) => state.undo);
  const done = useRun((state) => (state.run?.status === 'succeeded' ? state.run.id : null));
  const form = useMemo(() => answerForm(node.config, data?.items ?? []), [node.config, data]);

  // A run that succeeded just now is one more sample.
  useEffect(() => {
    if (done !== null) void refetch();
  }, [done, refetch]);

  if (!data) return null;
  if (!form) {
    return (
      <p className="text-12 text-muted">
        Run the workflow a few times: the form of its structured answer can then be read off the runs, and
        promised to clients.
      </p>
    );
  }
  const runs = count(form.runs, 'run');
  const accept = (): void => {
    setConfig(node.id, form.config, ['structured', 'schema']);
    toast.success(`Promised: ${count(form.fields, 'field')}`, {
      description: 'Tighten it under Structured value, Schema.',
      action: { label: 'Undo', onClick: () => undo() },
    });
  };
  const preview = (
    <Disclosure title={`What is promised: ${count(form.fields, 'field')}`}>
      <ul className="flex flex-col gap-0.5 text-12">
        {fieldLines(form.proposed)
          .slice(0, 60)
          .map(({ path, words, always }) => (
            <li key={path} className="flex gap-2">
              <code className="min-w-0 flex-1 break-all">{path}</code>
              <span className="text-muted">
                {words}
                {always ? '' : ', at times'}
              </span>
            </li>
          ))}
      </ul>
    </Disclosure>
  );
  if (form.promised && form.broken === 0) {
    return (
      <p className="flex items-center gap-2 text-12 text-success-ink">
        <CircleCheck size={14} aria-hidden /> The answers of {runs} keep what is promised.
      </p>
    );
  }
  return (
    <div className="flex flex-col items-start gap-2">
      {form.promised ? (
        <p className="flex items-start gap-2 text-warning-ink">
          <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
          <span>
            {form.broken === 1 ? '1 answer' : `${form.broken} answers`} of {runs} would break what is
            promised: {form.fault}
          </span>
        </p>
      ) : (
        <p className="text-12 text-muted">
          Programs rely on structured content whose form is promised. This one was read off what {runs}{' '}
          answered; a call that answers otherwise fails.
        </p>
      )}
      {preview}
      {editable && (
        <Button size="small" onClick={accept}>
          {form.promised
            ? 'Make room for them'
            : `Promise this form: ${count(form.fields, 'field')} from ${runs}`}
        </Button>
      )}
    </div>
  );
}
