'use client';
import { StickyNote, Trash2 } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { ColourChoice } from './colour-choice.tsx';
import { NoteText } from './note-card.tsx';
import { ProblemsList } from './problems-list.tsx';
import { findNode } from './system/graph.ts';
import { NOTE_LENGTH, noteTitle } from './system/notes.ts';

/** Of the list: groups, notes and problems. */
export function ListDrawn() {
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const editable = useCanvas((state) => state.editable);
  const { groups = [], notes = [] } = document;
  return (
    <div className="mx-auto mt-4 flex max-w-3xl flex-col gap-4">
      {groups.length > 0 && (
        <section aria-label="Groups" className="flex flex-col gap-2">
          <h2 className="font-medium">Groups</h2>
          <ul className="flex flex-col gap-2">
            {groups.map((group) => (
              <li
                key={group.id}
                className="flex items-center gap-2 rounded-md border border-line bg-surface p-3"
              >
                <div className="min-w-0 flex-1">
                  <button
                    type="button"
                    className="font-medium hover:underline"
                    onClick={() => store.getState().selectGroup(group.id)}
                  >
                    {group.title}
                  </button>
                  {group.description && <p className="text-12 text-muted">{group.description}</p>}
                  <p className="font-mono text-12 text-muted">
                    {group.nodes.map((id) => findNode(document, id)?.key ?? id).join(', ')}
                  </p>
                </div>
                {editable && (
                  <Button onClick={() => store.getState().ungroup([group.id])}>Ungroup {group.title}</Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(notes.length > 0 || editable) && (
        <section aria-label="Notes" className="flex flex-col gap-2">
          <div className="flex items-center justify-between">
            <h2 className="font-medium">Notes</h2>
            {editable && (
              <Button onClick={() => store.getState().addNote()}>
                <StickyNote aria-hidden /> Add a note
              </Button>
            )}
          </div>
          <ul className="flex flex-col gap-2">
            {notes.map((note) => (
              <li
                key={note.id}
                style={{ background: `var(--note-${note.colour})` }}
                className="flex flex-col gap-2 rounded-md border border-line p-3"
              >
                {editable ? (
                  <>
                    <textarea
                      aria-label={`Note: ${noteTitle(note)}`}
                      className="min-h-20 rounded-sm border border-line-strong bg-sunken p-2 font-mono text-12"
                      maxLength={NOTE_LENGTH}
                      value={note.text}
                      onChange={(event) => store.getState().setNote(note.id, { text: event.target.value })}
                    />
                    <div className="flex items-center justify-between gap-2">
                      <ColourChoice
                        label={`Colour of ${noteTitle(note)}`}
                        value={note.colour}
                        onChange={(colour) => store.getState().setNote(note.id, { colour })}
                      />
                      <IconButton
                        label={`Delete the note ${noteTitle(note)}`}
                        onClick={() => {
                          store.getState().selectNotes([note.id]);
                          store.getState().deleteSelected();
                        }}
                      >
                        <Trash2 aria-hidden />
                      </IconButton>
                    </div>
                  </>
                ) : (
                  <NoteText>{note.text}</NoteText>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Problems" className="flex flex-col gap-2">
        <h2 className="font-medium">Problems</h2>
        <ProblemsList />
      </section>
    </div>
  );
}
