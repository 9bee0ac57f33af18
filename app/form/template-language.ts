import { startCompletion } from '@codemirror/autocomplete';
import { type Extension, Prec, RangeSetBuilder, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin } from '@codemirror/view';
import { type InsertTarget, insertTarget, setInsertTarget } from './insert-target.ts';
import { droppedPath, isPathDrag } from './path-drag.ts';
import { spanAt, templateSpans } from './template-spans.ts';

const mark = Decoration.mark({ class: 'cm-expression' });

function decorate(text: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { start, end } of templateSpans(text)) if (end > start) builder.add(start, end, mark);
  return builder.finish();
}

const highlighting = StateField.define<DecorationSet>({
  create: (state) => decorate(state.doc.toString()),
  update: (shown, step) => (step.docChanged ? decorate(step.newDoc.toString()) : shown),
  provide: (field) => EditorView.decorations.from(field),
});

/** The second `{` writes the closing braces too, and opens the list of names. */
const closing = EditorView.inputHandler.of((view, from, to, text) => {
  if (text !== '{' || from !== to) return false;
  const document = view.state.doc;
  if (document.sliceString(from - 1, from) !== '{' || document.sliceString(from - 2, from) === '{{')
    return false;
  // A closing brace that a bracket closer wrote for the first one is used up.
  const after = document.sliceString(to, to + 1) === '}' ? to + 1 : to;
  view.dispatch({
    changes: { from, to: after, insert: '{  }}' },
    selection: { anchor: from + 2 },
    userEvent: 'input.type',
  });
  startCompletion(view);
  return true;
});

/** How a path that is dropped is written at a position: bare inside an expression, else with braces. */
export type PathWriter = (text: string, position: number, path: string) => string;

export const writeInTemplate: PathWriter = (text, position, path) =>
  spanAt(text, position) ? path : `{{ ${path} }}`;

/** Takes paths dragged from a data tree, and those inserted from it while the cursor was here last. */
export function pathDrops(write: PathWriter): Extension {
  return [insertions(write), drops(write)];
}

/** Makes the field the one that paths are inserted into, from when it has the focus until it goes away. */
function insertions(write: PathWriter): Extension {
  return ViewPlugin.define((view) => {
    const target: InsertTarget = {
      get label() {
        return view.contentDOM.getAttribute('aria-label') ?? '';
      },
      insert: (path) => {
        if (view.state.readOnly) return;
        const text = view.state.doc.toString();
        const { main } = view.state.selection;
        const { from, to } = main.empty ? pathAround(text, main.from) : main;
        const insert = write(text, from, path);
        view.dispatch({
          changes: { from, to, insert },
          selection: { anchor: from + insert.length },
          userEvent: 'input.drop',
        });
        view.focus();
      },
    };
    const take = (): void => setInsertTarget(target);
    view.contentDOM.addEventListener('focus', take);
    return {
      destroy: () => {
        view.contentDOM.removeEventListener('focus', take);
        if (insertTarget() === target) setInsertTarget(null);
      },
    };
  });
}

/** The path that the cursor stands in, which an inserted one takes the place of; the cursor itself where it is in none. */
export function pathAround(text: string, position: number): { from: number; to: number } {
  const nowhere = { from: position, to: position };
  const span = spanAt(text, position);
  if (!span) return nowhere;
  const isPart = (at: number): boolean => /[\w$.?[\]]/.test(text.charAt(at));
  let [from, to] = [position, position];
  while (from > span.start + 2 && isPart(from - 1)) from -= 1;
  while (to < span.end && isPart(to)) to += 1;
  // A method that is called on it stays.
  if (text.charAt(to) === '(') to = Math.max(position, from + text.slice(from, to).lastIndexOf('.'));
  return /^(input|steps|env|run)\b/.test(text.slice(from, to)) ? { from, to } : nowhere;
}

function drops(write: PathWriter): Extension {
  return Prec.high(
    EditorView.domEventHandlers({
      dragover: (event) => {
        if (!isPathDrag(event.dataTransfer)) return false;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
        return true;
      },
      drop: (event, view) => {
        const path = droppedPath(event.dataTransfer);
        if (path === null || view.state.readOnly) return false;
        event.preventDefault();
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? view.state.doc.length;
        const insert = write(view.state.doc.toString(), at, path);
        view.dispatch({
          changes: { from: at, insert },
          selection: { anchor: at + insert.length },
          userEvent: 'input.drop',
        });
        view.focus();
        return true;
      },
    }),
  );
}

/** Expressions in a text: coloured, with braces that close themselves. */
export const templateHighlighting: Extension = [highlighting, Prec.high(closing)];
