import type { CanvasColour, CanvasNote, WorkflowDocument } from '#lib/workflow/document.ts';
import { type Box, frameBoxes } from './frames.ts';
import { type Point, type Size, type Sizes, sizeOf, snap } from './geometry.ts';
import type { Kinds } from './kinds.ts';

/** A new note, in px. */
export const NOTE: Size = { width: 240, height: 120 };

/** The smallest and the largest a note is drawn, in px: as the document allows. */
export const NOTE_SIZES = { min: { width: 96, height: 48 }, max: { width: 1600, height: 1600 } };

/** Most characters of a note. */
export const NOTE_LENGTH = 4000;

/** Colours of notes and groups, in the order they are offered. */
export const COLOURS: readonly { colour: CanvasColour; words: string }[] = [
  { colour: 'yellow', words: 'Yellow' },
  { colour: 'green', words: 'Green' },
  { colour: 'blue', words: 'Blue' },
  { colour: 'purple', words: 'Purple' },
  { colour: 'red', words: 'Red' },
  { colour: 'grey', words: 'Grey' },
];

/** Adds an empty note. */
export function addNote(
  document: WorkflowDocument,
  at: Point,
  newId: () => string,
): { document: WorkflowDocument; id: string } {
  const note: CanvasNote = { id: newId(), text: '', position: snap(at), size: NOTE, colour: 'yellow' };
  return { document: { ...document, notes: [...(document.notes ?? []), note] }, id: note.id };
}

/** A new note keeps this distance from what is there, in px. */
const MARGIN = 16;

/** The place nearest above or below `wanted` where a new note covers nothing. */
export function freeNotePlace(
  document: WorkflowDocument,
  wanted: Point,
  { kinds, sizes }: { kinds: Kinds; sizes: Sizes },
): Point {
  const frames = frameBoxes(document, kinds, sizes);
  const boxes: Box[] = [
    ...document.nodes.map(({ id, position }) => frames.get(id) ?? { ...position, ...sizeOf(id, sizes) }),
    ...(document.notes ?? []).map(({ position, size }) => ({ ...position, ...size })),
  ];
  const covers = (y: number): boolean =>
    boxes.some(
      (box) =>
        wanted.x < box.x + box.width + MARGIN &&
        box.x < wanted.x + NOTE.width + MARGIN &&
        y < box.y + box.height + MARGIN &&
        box.y < y + NOTE.height + MARGIN,
    );
  const start = wanted.y - NOTE.height / 2;
  const tries = boxes.flatMap((box) => [box.y - NOTE.height - MARGIN, box.y + box.height + MARGIN]);
  const free = [start, ...tries]
    .filter((y) => !covers(y))
    .toSorted((a, b) => Math.abs(a - start) - Math.abs(b - start));
  return { x: wanted.x, y: free[0] ?? start };
}

export function setNote(
  document: WorkflowDocument,
  id: string,
  change: Partial<Omit<CanvasNote, 'id'>>,
): WorkflowDocument {
  const notes = (document.notes ?? []).map((note) => (note.id === id ? { ...note, ...change } : note));
  return { ...document, notes };
}

/** Sets a note's size, within what the document allows. */
export function resizeNote(
  document: WorkflowDocument,
  id: string,
  { width, height }: Size,
): WorkflowDocument {
  const { min, max } = NOTE_SIZES;
  const size = {
    width: Math.round(Math.min(max.width, Math.max(min.width, width))),
    height: Math.round(Math.min(max.height, Math.max(min.height, height))),
  };
  return setNote(document, id, { size });
}

/** Moves notes; a document in which none is moved stays the same. */
export function moveNotes(
  document: WorkflowDocument,
  positions: Readonly<Record<string, Point>>,
): WorkflowDocument {
  let moved = false;
  const notes = document.notes?.map((note) => {
    const to = positions[note.id];
    if (!to || (to.x === note.position.x && to.y === note.position.y)) return note;
    moved = true;
    return { ...note, position: to };
  });
  return moved ? { ...document, notes } : document;
}

export function removeNotes(document: WorkflowDocument, ids: Iterable<string>): WorkflowDocument {
  const gone = new Set(ids);
  if (gone.size === 0 || !document.notes) return document;
  const { notes, ...rest } = document;
  const left = notes.filter((note) => !gone.has(note.id));
  return left.length === 0 ? rest : { ...rest, notes: left };
}

/** What a note is called where there is no room for it: its first line, without the signs of Markdown. */
export function noteTitle({ text }: CanvasNote): string {
  const [line = ''] = text.split('\n').filter((one) => one.trim() !== '');
  return line.replace(/^[\s#>*-]+/, '').slice(0, 60) || 'Empty note';
}
