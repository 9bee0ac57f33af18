'use client';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useId, useMemo, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { clockTime, count } from '#app/ui/quantity.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { useAutosave, useCanvasSession } from './session-context.tsx';
import type { Theirs } from './system/autosave.ts';
import { type Change, changesBetween } from './system/changes.ts';
import { type SideWords, sideWords } from './system/conflict-words.ts';
import type { MergeConflict, Side } from './system/merge.ts';
import { chosenMerge } from './system/merge-drafts.ts';

/** What both changed, place by place, and what the draft becomes by each choice. */
export function ConflictView({ base, theirs }: { base: WorkflowDocument; theirs: Theirs }) {
  const { session } = useCanvasSession();
  const mine = useAutosave().current;
  const kinds = useCanvas((state) => state.kinds);
  const [choices, setChoices] = useState<Readonly<Record<string, Side>>>({});
  const documents = useMemo(() => ({ base, mine, theirs: theirs.document }), [base, mine, theirs]);
  const { document, conflicts } = useMemo(
    () => chosenMerge(documents, kinds, choices),
    [documents, kinds, choices],
  );
  const errors = useMemo(
    () => compile(document, kinds).problems.filter(({ severity }) => severity === 'error'),
    [document, kinds],
  );
  const changes = useMemo(() => changesBetween(base, document), [base, document]);
  const left = conflicts.filter(({ id }) => choices[id] === undefined).length;
  const name = theirs.savedBy ?? 'Somebody';
  const chooseAll = (side: Side) => () =>
    setChoices(Object.fromEntries(conflicts.map(({ id }) => [id, side])));
  return (
    <Dialog open>
      <DialogContent
        className="max-w-4xl"
        closable={false}
        onEscapeKeyDown={(event) => event.preventDefault()}
        onInteractOutside={(event) => event.preventDefault()}
      >
        <DialogTitle>{count(conflicts.length, 'place')} changed by both of you</DialogTitle>
        <DialogDescription>
          {theirs.savedBy === null ? 'Another draft was saved' : `${name} saved`}
          {theirs.savedAt !== null && ` at ${clockTime(theirs.savedAt)}`} while you were drawing. What only
          one of you changed is kept from both. Choose for the rest; nothing is saved before, and your draft
          is kept in this browser.
        </DialogDescription>
        <div className="flex gap-2">
          <Button size="small" onClick={chooseAll('mine')}>
            Take all of mine
          </Button>
          <Button size="small" onClick={chooseAll('theirs')}>
            Take all of {theirs.savedBy === null ? 'theirs' : `${name}’s`}
          </Button>
        </div>
        <ul className="flex flex-col gap-4" aria-label="Places that both changed">
          {conflicts.map((conflict) => (
            <li key={conflict.id}>
              <Place
                conflict={conflict}
                name={name}
                choice={choices[conflict.id] ?? null}
                choose={(side) => setChoices((now) => ({ ...now, [conflict.id]: side }))}
              />
            </li>
          ))}
        </ul>
        <Result errors={errors.map(({ message }) => message)} changes={changes} />
        <DialogFooter className="items-center">
          <span className="mr-auto text-12 text-muted" aria-live="polite">
            {left === 0 ? 'All chosen' : `${left} left to choose`}
          </span>
          <Button variant="primary" disabled={left > 0} onClick={() => session.saver.resolve(document)}>
            Save the merged draft
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

/** One place that both changed: two readings, of which one is chosen. */
function Place({
  conflict,
  name,
  choice,
  choose,
}: {
  conflict: MergeConflict;
  name: string;
  choice: Side | null;
  choose: (side: Side) => void;
}) {
  const id = useId();
  const sides: readonly { side: Side; title: string }[] = [
    { side: 'mine', title: 'Yours' },
    { side: 'theirs', title: name === 'Somebody' ? 'Theirs' : `${name}’s` },
  ];
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="mb-1 font-medium">
        {conflict.place.replace(/^./, (first) => first.toUpperCase())}
      </h3>
      <RadioGroup.Root
        aria-labelledby={id}
        value={choice}
        onValueChange={(side) => choose(side as Side)}
        className="grid grid-cols-1 gap-2 sm:grid-cols-2"
      >
        {sides.map(({ side, title }) => (
          <RadioGroup.Item
            key={side}
            value={side}
            aria-label={title}
            aria-describedby={`${id}-${side}`}
            className="group flex min-w-0 flex-col overflow-hidden rounded-md border border-line-strong bg-surface text-left hover:border-faint data-[state=checked]:border-accent data-[state=checked]:ring-1 data-[state=checked]:ring-accent"
          >
            <span className="flex items-center gap-2 px-2 py-1.5 font-medium text-12">
              <span
                aria-hidden
                className="grid size-3.5 place-items-center rounded-full border border-line-strong group-data-[state=checked]:border-accent"
              >
                <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
              </span>
              {title}
            </span>
            <SideView id={`${id}-${side}`} side={sideWords(conflict, side)} />
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </section>
  );
}

const LINE = {
  same: { sign: ' ', style: '' },
  added: { sign: '+', style: 'bg-success-soft text-success-ink' },
  removed: { sign: '−', style: 'bg-danger-soft text-danger-ink' },
  'left-out': { sign: ' ', style: 'text-muted italic' },
} as const;

function SideView({ id, side: { words, lines } }: { id: string; side: SideWords }) {
  if (words !== null) {
    return (
      <span id={id} className="px-2 pb-2">
        {words}
      </span>
    );
  }
  return (
    <span
      id={id}
      className="block max-h-56 w-full overflow-y-auto border-line border-t bg-sunken py-1 font-mono text-12 leading-table"
    >
      {lines.map(({ kind, text }, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text may be equal, and are drawn once
          key={at}
          className={`block whitespace-pre-wrap break-words pr-2 pl-5 -indent-3 ${LINE[kind].style}`}
        >
          {LINE[kind].sign} {text}
        </span>
      ))}
    </span>
  );
}

/** What the draft becomes by the choices. */
function Result({ errors, changes }: { errors: readonly string[]; changes: readonly Change[] }) {
  return (
    <section aria-label="The merged draft" className="rounded-md border border-line p-2">
      <p className="flex items-center gap-1.5">
        {errors.length === 0 ? (
          <CircleCheck size={14} aria-hidden className="text-success-ink" />
        ) : (
          <CircleAlert size={14} aria-hidden className="text-danger-ink" />
        )}
        The merged draft has {errors.length === 0 ? 'no problems' : count(errors.length, 'problem')}
        {errors.length > 0 && `: ${errors[0]}`}
      </p>
      <Disclosure title={`${count(changes.length, 'change')} since you both began`}>
        <ul className="list-disc pl-5 text-12">
          {changes.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Disclosure>
    </section>
  );
}
