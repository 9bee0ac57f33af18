'use client';
import { useState } from 'react';
import { useStartJob } from '#app/data/use-start-job.ts';
import { SchemaForm } from '#app/form/schema-form.tsx';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { toast } from '#app/ui/toast.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { gapIn } from '#lib/workflow/recorded-gap.ts';
import { useCanvas, useChecked } from './canvas-context.tsx';
import { PinnedBanner } from './pinned-banner.tsx';
import { ProblemsList } from './problems-list.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { findNode } from './system/graph.ts';
import { fittingInput, inputSchemaOf } from './system/input-schema.ts';
import { keepInput, readKeptInput } from './system/kept-input.ts';
import { partWords, planPart } from './system/run-part.ts';
import { useEarlierRun } from './use-earlier-run.ts';
import { useKeyCaps } from './use-key-caps.ts';
import { useReleaseState } from './use-release.ts';

/** What the draft is run with: a form of its own input schema, filled with the last input. */
export function RunDialog() {
  const open = useScreen((state) => state.dialog === 'run');
  const show = useScreen((state) => state.show);
  return (
    <Dialog open={open} onOpenChange={(next) => !next && show({ dialog: null, part: null })}>
      {open && <RunForm close={() => show({ dialog: null, part: null })} />}
    </Dialog>
  );
}

/** The first thing to fill in; the switch between form and JSON stands before it. */
const FIELD = 'input, textarea, [role="combobox"], [contenteditable="true"]';

function RunForm({ close }: { close: () => void }) {
  const { project, session, workflow } = useCanvasSession();
  const { liveVersion } = useReleaseState();
  const part = useScreen((state) => state.part);
  const earlierRun = useEarlierRun();
  const job = useStartJob(project, workflow.id);
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const errors = useChecked((state) => state.errors);
  const editable = useCanvas((state) => state.editable);
  const show = useScreen((state) => state.show);
  const keyCaps = useKeyCaps();
  const schema = inputSchemaOf(document, kinds);
  const [input, setInput] = useState<JsonObject>(() => {
    const shown = wholeInput(session.runs.getState().run?.input ?? null);
    return fittingInput(shown ?? readKeptInput(window.localStorage, workflow.id) ?? {}, schema ?? {});
  });
  const partKey = part === null ? undefined : findNode(document, part.node)?.key;
  const title = part && partKey !== undefined ? partWords(part, partKey) : 'Run the draft';
  const asks = schema !== null && Object.keys(schema['properties'] ?? {}).length > 0;

  const run = (): void => {
    if (errors > 0) return;
    keepInput(window.localStorage, workflow.id, input);
    close();
    show({ panel: 'runs', step: part?.node ?? null, run: null, graph: 'draft' });
    void (async () => {
      const { pins } = session.canvas.getState();
      const planned = part && planPart(part, { document, kinds, pins, earlier: await earlierRun() });
      const id = await session.runs.start(input, document, planned?.request);
      if (id === null) toast.error(session.runs.getState().failure ?? 'The run could not be started.');
      else show({ run: id });
    })();
  };

  /** The published version, as a schedule or a webhook would run it. */
  const runInBackground = (): void => {
    keepInput(window.localStorage, workflow.id, input);
    job.mutate(input, {
      onError: (error) => toast.error(error.message),
      onSuccess: ({ runId }) => {
        close();
        show({ panel: 'runs', step: null, run: runId });
        void session.runs.open(runId);
      },
    });
  };

  if (errors > 0) {
    return (
      <DialogContent>
        <DialogTitle>Mend this first</DialogTitle>
        <DialogDescription>The draft cannot run while these problems stand.</DialogDescription>
        <ProblemsList onGo={close} />
      </DialogContent>
    );
  }
  return (
    <DialogContent
      onOpenAutoFocus={(event) => {
        const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(FIELD);
        if (!field) return;
        event.preventDefault();
        field.focus();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        run();
      }}
    >
      <DialogTitle>{title}</DialogTitle>
      <DialogDescription>
        {asks
          ? 'With these arguments. The last ones are remembered in this browser.'
          : 'It takes no arguments.'}
      </DialogDescription>
      <PinnedBanner />
      {schema && asks && <SchemaForm schema={schema} value={input} onChange={setInput} />}
      <DialogFooter>
        <Button onClick={close}>Cancel</Button>
        {editable && liveVersion !== null && part === null && (
          <Button busy={job.isPending} onClick={runInBackground}>
            Run v{liveVersion} in the background
          </Button>
        )}
        <Button variant="primary" onClick={run} autoFocus={!asks}>
          Run <span className="font-normal">{keyCaps('mod+enter')}</span>
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}

/** The arguments of the run that is shown, to run with them again; null where a part of them is not recorded. */
function wholeInput(input: JsonValue): JsonObject | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  return gapIn(input) === null ? input : null;
}
