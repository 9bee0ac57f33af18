'use client';

import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Extension, Transaction } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  placeholder as placeholderText,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { pageNonce } from '#app/ui/page-nonce.ts';
import { editorTheme } from './editor-theme.ts';

/** A part of the text that something is to be said about. */
export interface Remark {
  start: number;
  end: number;
  severity: 'error' | 'warning';
  message: string;
}

export interface CodeEditorProps {
  value: string;
  onChange(value: string): void;
  /** The name of the field, for screen readers and tests. */
  label: string;
  id?: string;
  describedBy?: string;
  invalid?: boolean;
  /**
   * `one`: Enter and pasted line ends are taken out. `many`: text. `code`: line numbers, and Tab indents; after
   * Escape it leaves the field.
   */
  lines: 'one' | 'many' | 'code';
  placeholder?: string;
  readOnly?: boolean;
  /** Language, completion. Made once by the caller (useMemo or a constant). */
  extensions: Extension;
  remarks?: readonly Remark[];
  onBlur?(): void;
  className?: string;
}

/** CodeMirror as a field of a form. */
export function CodeEditor(props: CodeEditorProps) {
  const { value, extensions, readOnly, lines, className, invalid } = props;
  // Told again with each keystroke; marks that moved along with the text must not jump back.
  const remarks = JSON.stringify(props.remarks ?? []);
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const parts = useRef({ extensions: new Compartment(), dynamic: new Compartment() }).current;
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes later is sent to it below
  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          parts.dynamic.of(dynamic(latest.current)),
          parts.extensions.of(extensions),
          fixed(lines),
          EditorView.cspNonce.of(pageNonce() ?? ''),
          EditorView.updateListener.of((update) => {
            const typed = update.transactions.some(
              (step) => step.docChanged && !step.annotation(Transaction.remote),
            );
            if (typed) latest.current.onChange(update.state.doc.toString());
          }),
          EditorView.domEventHandlers({ blur: () => latest.current.onBlur?.() }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: parts.extensions.reconfigure(extensions) });
  }, [extensions, parts]);

  const { label, id, describedBy, placeholder } = props;
  useEffect(() => {
    view.current?.dispatch({
      effects: parts.dynamic.reconfigure(
        dynamic({ label, id, describedBy, invalid, placeholder, readOnly, lines }),
      ),
    });
  }, [label, id, describedBy, invalid, placeholder, readOnly, lines, parts]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const shown = editor.state.doc.toString();
    if (shown === value) return;
    // Undo of the canvas, somebody else, or another field: it is not part of this field's own history.
    editor.dispatch({
      changes: difference(shown, value),
      annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)],
    });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { length } = editor.state.doc;
    const diagnostics = (JSON.parse(remarks) as Remark[]).map(({ start, end, severity, message }) => {
      const from = Math.min(start, length);
      return { from, to: Math.min(Math.max(end, from + 1), length), severity, message };
    });
    editor.dispatch(
      setDiagnostics(
        editor.state,
        diagnostics.toSorted((one, other) => one.from - other.from),
      ),
    );
  }, [remarks]);

  return (
    <div
      ref={host}
      className={classNames(
        'min-w-0 rounded-md border border-line-strong bg-sunken transition-colors focus-within:border-accent focus-within:outline-1 focus-within:outline-accent hover:border-faint',
        invalid && 'border-danger',
        // Paler text would be too pale to read.
        readOnly && 'border-line bg-transparent',
        className,
      )}
    />
  );
}

/** The part in which two texts differ: the cursor stays where it is around it. */
function difference(shown: string, value: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(shown.length, value.length);
  let from = 0;
  while (from < shorter && shown[from] === value[from]) from += 1;
  let same = 0;
  while (same < shorter - from && shown.at(-1 - same) === value.at(-1 - same)) same += 1;
  return { from, to: shown.length - same, insert: value.slice(from, value.length - same) };
}

type Dynamic = Pick<
  CodeEditorProps,
  'label' | 'id' | 'describedBy' | 'invalid' | 'placeholder' | 'readOnly' | 'lines'
>;

function dynamic({ label, id, describedBy, invalid, placeholder, readOnly, lines }: Dynamic): Extension {
  return [
    EditorView.contentAttributes.of({
      // Reachable as a region that scrolls, too.
      tabindex: '0',
      'aria-label': label,
      'aria-multiline': String(lines !== 'one'),
      ...(id && { id }),
      ...(describedBy && { 'aria-describedby': describedBy }),
      ...(invalid && { 'aria-invalid': 'true' }),
      ...(readOnly && { 'aria-readonly': 'true' }),
    }),
    placeholder ? placeholderText(placeholder) : [],
    EditorState.readOnly.of(readOnly ?? false),
    EditorView.editable.of(!readOnly),
  ];
}

/** ⌘Enter is the page's, wherever the cursor stands. */
const keys = defaultKeymap.filter(({ key }) => key !== 'Mod-Enter');

function fixed(lines: CodeEditorProps['lines']): Extension {
  return [
    history(),
    drawSelection(),
    bracketMatching(),
    editorTheme,
    lines === 'one' ? oneLine : [],
    lines === 'code'
      ? [lineNumbers(), indentOnInput(), indentUnit.of('  '), closeBrackets(), keymap.of([indentWithTab])]
      : EditorView.lineWrapping,
    keymap.of([...completionKeymap, ...closeBracketsKeymap, ...historyKeymap, ...keys]),
  ];
}

const oneLine: Extension = [
  keymap.of([{ key: 'Enter', run: () => true, shift: () => true }]),
  EditorView.clipboardInputFilter.of((text) => text.replace(/\s*\n\s*/g, ' ').trim()),
];
