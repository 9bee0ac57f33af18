'use client';
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  Group,
  Ungroup,
} from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { toast } from '#app/ui/toast.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { ColourChoice } from './colour-choice.tsx';
import type { Alignment } from './system/align.ts';
import { groupOfAll } from './system/groups.ts';

const ALIGNMENTS: readonly { how: Alignment; words: string; Sign: typeof Group }[] = [
  { how: 'left', words: 'Align left', Sign: AlignStartVertical },
  { how: 'centre', words: 'Align centres', Sign: AlignCenterVertical },
  { how: 'right', words: 'Align right', Sign: AlignEndVertical },
  { how: 'top', words: 'Align tops', Sign: AlignStartHorizontal },
  { how: 'middle', words: 'Align middles', Sign: AlignCenterHorizontal },
  { how: 'bottom', words: 'Align bottoms', Sign: AlignEndHorizontal },
];

/** Putting the selected steps in line, into a group, and what is said about the group they are. */
export function ArrangeSelection() {
  const store = useCanvasStore();
  const several = useCanvas((state) => state.selectedNodes.size > 2);
  const group = useCanvas((state) => groupOfAll(state.document, state.selectedNodes));
  return (
    <>
      <fieldset aria-label="Arrange" className="flex flex-wrap gap-1">
        {ALIGNMENTS.map(({ how, words, Sign }) => (
          <IconButton key={how} label={words} onClick={() => store.getState().align(how)}>
            <Sign aria-hidden />
          </IconButton>
        ))}
        {several && (
          <>
            <IconButton label="Equal gaps across" onClick={() => store.getState().distribute('across')}>
              <AlignHorizontalDistributeCenter aria-hidden />
            </IconButton>
            <IconButton label="Equal gaps down" onClick={() => store.getState().distribute('down')}>
              <AlignVerticalDistributeCenter aria-hidden />
            </IconButton>
          </>
        )}
      </fieldset>
      {group ? (
        <section aria-label="Group" className="flex flex-col gap-2 rounded-md border border-line p-3">
          <label className="flex flex-col gap-1 text-12 text-muted">
            Title of the group
            <input
              className="h-7 rounded-sm border border-line-strong bg-sunken px-2 text-13 text-ink"
              maxLength={120}
              value={group.title}
              onChange={(event) => store.getState().setGroup(group.id, { title: event.target.value })}
            />
          </label>
          <label className="flex flex-col gap-1 text-12 text-muted">
            Description
            <textarea
              className="min-h-14 rounded-sm border border-line-strong bg-sunken px-2 py-1 text-13 text-ink"
              maxLength={1000}
              value={group.description ?? ''}
              onChange={(event) => store.getState().setGroup(group.id, { description: event.target.value })}
            />
          </label>
          <div className="flex items-center justify-between gap-2">
            <ColourChoice
              label="Colour of the group"
              value={group.colour ?? 'grey'}
              onChange={(colour) => store.getState().setGroup(group.id, { colour })}
            />
            <Button onClick={() => store.getState().ungroup([group.id])}>
              <Ungroup aria-hidden /> Ungroup
            </Button>
          </div>
        </section>
      ) : (
        <Button
          className="w-fit"
          onClick={() => {
            const refused = store.getState().group();
            if (refused !== null) toast.error(refused);
          }}
        >
          <Group aria-hidden /> Group
        </Button>
      )}
    </>
  );
}
