'use client';
import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { useScreen } from './session-context.tsx';
import { findAll, type Match, MOST_MATCHES, replaceAll } from './system/find.ts';

const FIELD = 'h-7 min-w-0 flex-1 rounded-sm border border-line-strong bg-sunken px-2 text-13';

/** Finding and replacing in the texts of the workflow; over the canvas while it is open. */
export function FindBar() {
  const store = useCanvasStore();
  const show = useScreen((state) => state.show);
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const [text, setText] = useState('');
  const [replacement, setReplacement] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const [wanted, setWanted] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const matches = useMemo(
    () => findAll(document, { text, matchCase }, kinds),
    [document, text, matchCase, kinds],
  );
  const at = Math.min(wanted, Math.max(0, matches.length - 1));
  const match = matches[at];

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const ids = new Set(matches.flatMap(({ place }) => idsOf(place)));
    store.getState().showFound({ ids, current: match ? (idsOf(match.place)[0] ?? null) : null });
  }, [store, matches, match]);
  useEffect(() => () => store.getState().showFound({ ids: new Set(), current: null }), [store]);

  const go = (index: number): void => {
    const next = (index + matches.length) % Math.max(1, matches.length);
    setWanted(next);
    const to = matches[next];
    if (to) look(to);
  };
  const look = ({ place }: Match): void => {
    const { select, selectNotes, selectGroup, focusProblem } = store.getState();
    if (place.in === 'note') selectNotes([place.note]);
    else if (place.in === 'group') selectGroup(place.group);
    else if (place.in === 'workflow') select([]);
    else {
      select([place.node]);
      // The form goes to the field, as to that of a problem.
      if (place.in === 'config')
        focusProblem({
          code: 'found',
          severity: 'warning',
          message: '',
          nodeId: place.node,
          field: [...place.path],
        });
    }
  };
  const replace = (which: readonly Match[]): void => {
    const able = which.filter(({ replaceable }) => replaceable);
    if (able.length === 0) return;
    store.getState().replace(replaceAll(document, able, replacement), `Replace “${text}”`);
    if (which.length > 1) {
      toast(`${count(able.length, 'place')} replaced`, {
        action: { label: 'Undo', onClick: () => store.getState().undo() },
      });
    }
  };
  const fixed = matches.filter(({ replaceable }) => !replaceable).length;

  return (
    <search
      aria-label="Find and replace"
      className="absolute top-3 right-3 z-20 flex w-96 max-w-[calc(100%-24px)] flex-col gap-2 rounded-md border border-line-strong bg-raised p-2 shadow-float"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        show({ finding: false });
      }}
    >
      <div className="flex items-center gap-1">
        <input
          ref={field}
          data-find
          aria-label="Find"
          placeholder="Find in steps, code and notes"
          className={FIELD}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setWanted(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            go(event.shiftKey ? at - 1 : match && isShown(match) ? at + 1 : at);
          }}
        />
        <IconButton
          label="Match case"
          aria-pressed={matchCase}
          onClick={() => setMatchCase(!matchCase)}
          className="aria-pressed:bg-selected aria-pressed:text-accent-ink"
        >
          <CaseSensitive aria-hidden />
        </IconButton>
        <IconButton label="Previous match" disabled={matches.length === 0} onClick={() => go(at - 1)}>
          <ChevronUp aria-hidden />
        </IconButton>
        <IconButton label="Next match" disabled={matches.length === 0} onClick={() => go(at + 1)}>
          <ChevronDown aria-hidden />
        </IconButton>
        <IconButton label="Close" onClick={() => show({ finding: false })}>
          <X aria-hidden />
        </IconButton>
      </div>
      {editable && (
        <div className="flex items-center gap-1">
          <input
            aria-label="Replace with"
            placeholder="Replace with"
            className={FIELD}
            value={replacement}
            onChange={(event) => setReplacement(event.target.value)}
          />
          <Button disabled={!match?.replaceable} onClick={() => match && replace([match])}>
            Replace
          </Button>
          <Button disabled={fixed === matches.length} onClick={() => replace(matches)}>
            All
          </Button>
        </div>
      )}
      <p aria-live="polite" className="px-1 text-12 text-muted">
        {text === ''
          ? 'Keys are changed by renaming a step.'
          : matches.length === 0
            ? 'Nothing found'
            : `${at + 1} of ${matches.length === MOST_MATCHES ? `${MOST_MATCHES} or more` : matches.length}`}
        {match && `, ${match.words}${match.replaceable ? '' : '. It is not replaced here'}`}
      </p>
      {match && (
        <p className="truncate px-1 font-mono text-12 text-muted">
          {match.text.slice(Math.max(0, match.start - 24), match.start)}
          <mark className="rounded-sm bg-warning-soft text-warning-ink">
            {match.text.slice(match.start, match.end)}
          </mark>
          {match.text.slice(match.end, match.end + 40)}
        </p>
      )}
    </search>
  );

  function isShown({ place }: Match): boolean {
    const { selectedNodes, selectedNotes } = store.getState();
    const [id] = idsOf(place);
    return id === undefined || selectedNodes.has(id) || selectedNotes.has(id) || place.in === 'group';
  }
}

function idsOf(place: Match['place']): string[] {
  if (place.in === 'note') return [place.note];
  return 'node' in place ? [place.node] : [];
}
