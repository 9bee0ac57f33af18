'use client';
import { type NodeProps, NodeResizer, NodeToolbar, Position } from '@xyflow/react';
import dynamic from 'next/dynamic';
import { memo } from 'react';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { ColourChoice } from './colour-choice.tsx';
import type { NoteNode } from './system/flow-drawn.ts';
import { foundAs } from './system/found-as.ts';
import { NOTE_LENGTH, NOTE_SIZES } from './system/notes.ts';

/** Reading Markdown takes code that a canvas without notes does without. */
export const NoteText = dynamic(() => import('#app/ui/markdown.tsx'), {
  ssr: false,
});

/** A sticky note. A double click, or Enter, opens it for writing. */
export const NoteCard = memo(function NoteCard({ data: { note }, selected }: NodeProps<NoteNode>) {
  const store = useCanvasStore();
  const editable = useCanvas((state) => state.editable);
  const editing = useCanvas((state) => state.editingNote === note.id);
  const alone = useCanvas((state) => state.selectedNotes.size === 1 && state.selectedNodes.size === 0);
  const found = useCanvas((state) => foundAs(state.found, note.id));
  return (
    <div
      data-note={note.id}
      data-found={found}
      style={{ background: `var(--note-${note.colour})` }}
      className={`step-card size-full rounded-md border text-13 text-ink ${
        selected ? 'border-accent ring-1 ring-accent' : 'border-line-strong'
      }`}
    >
      {editable && selected && (
        <NodeResizer
          minWidth={NOTE_SIZES.min.width}
          minHeight={NOTE_SIZES.min.height}
          maxWidth={NOTE_SIZES.max.width}
          maxHeight={NOTE_SIZES.max.height}
          onResizeEnd={() => store.getState().endGesture()}
        />
      )}
      {editable && selected && alone && (
        <NodeToolbar isVisible position={Position.Top} align="start" offset={6}>
          <ColourChoice
            label="Colour of the note"
            value={note.colour}
            onChange={(colour) => store.getState().setNote(note.id, { colour })}
          />
        </NodeToolbar>
      )}
      {editing ? (
        <textarea
          // biome-ignore lint/a11y/noAutofocus: it was opened to be written in
          autoFocus
          aria-label="Text of the note, Markdown"
          className="nodrag nopan nowheel block size-full resize-none bg-transparent p-2.5 font-mono text-12 outline-none"
          maxLength={NOTE_LENGTH}
          placeholder="Write what the next reader should know. Markdown works."
          value={note.text}
          onChange={(event) => store.getState().setNote(note.id, { text: event.target.value })}
          onBlur={() => store.getState().editNote(null)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            event.preventDefault();
            store.getState().editNote(null);
          }}
        />
      ) : (
        <div className="size-full overflow-auto p-2.5">
          {note.text.trim() === '' ? (
            <p className="text-muted">{editable ? 'Empty. Double click to write.' : 'Empty'}</p>
          ) : (
            <NoteText>{note.text}</NoteText>
          )}
        </div>
      )}
    </div>
  );
});
