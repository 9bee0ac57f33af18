'use client';

import { json } from '@codemirror/lang-json';
import { useMemo, useRef, useState } from 'react';
import { FieldMessage } from '#app/ui/field-message.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { CodeEditor, type Remark } from './code-editor.tsx';
import { completion, templateCompletion } from './expression-completion.ts';
import { parseJson } from './json-text.ts';
import { jsonTextPlace, withinJsonText } from './json-text-place.ts';
import { preview } from './preview.ts';
import { PreviewLine } from './preview-line.tsx';
import { EMPTY_SCOPE, type FormScope, type Sample } from './scope.ts';
import { type PathWriter, pathDrops, templateHighlighting } from './template-language.ts';
import { spanAt } from './template-spans.ts';

export interface JsonFieldProps {
  value: JsonValue | undefined;
  /** Told while the text is JSON; undefined when it is empty. */
  onChange(value: JsonValue | undefined): void;
  label: string;
  /** Texts inside may hold expressions. */
  template?: boolean;
  scope?: FormScope;
  sample?: Sample | null;
  /** `field` begins at the value. Told by whoever draws the field; here they are only underlined. */
  problems?: readonly Problem[];
  placeholder?: string;
  readOnly?: boolean;
  id?: string;
  describedBy?: string;
  invalid?: boolean;
}

const NONE: readonly Problem[] = [];

/** Any JSON value, written as text. While it does not parse the last value that did is kept. */
export function JsonFieldEditor({
  value,
  onChange,
  template = false,
  scope = EMPTY_SCOPE,
  sample = null,
  problems = NONE,
  invalid,
  ...rest
}: JsonFieldProps) {
  const [text, setText] = useState(() => print(value));
  // What this field told last: another value came from outside, and is shown in its place.
  const told = useRef(value);
  if (told.current !== value && JSON.stringify(told.current) !== JSON.stringify(value)) {
    told.current = value;
    setText(print(value));
  }
  const parsed = useMemo(() => (text.trim() === '' ? { value: undefined } : parseJson(text)), [text]);
  const facts = useRef({ scope, sample });
  facts.current = { scope, sample };
  const extensions = useMemo(
    () =>
      template
        ? [json(), templateHighlighting, templateCompletion(() => facts.current), pathDrops(writeInJson)]
        : [json(), completion()],
    [template],
  );
  const fault = 'fault' in parsed ? parsed : null;
  const remarks = useMemo(
    (): Remark[] =>
      fault
        ? [{ start: fault.at, end: fault.at + 1, severity: 'error', message: fault.fault }]
        : problems.flatMap((problem) => remarkOf(problem, text)),
    [fault, problems, text],
  );
  const shown = useMemo(() => (template ? preview(value ?? null, sample) : null), [template, value, sample]);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <CodeEditor
        {...rest}
        value={text}
        onChange={(next) => {
          setText(next);
          const read = next.trim() === '' ? { value: undefined } : parseJson(next);
          if ('fault' in read) return;
          told.current = read.value;
          onChange(read.value);
        }}
        lines="many"
        invalid={invalid || fault !== null}
        extensions={extensions}
        remarks={remarks}
        className="[&_.cm-content]:min-h-14! [&_.cm-scroller]:max-h-96"
      />
      {fault && <FieldMessage severity="error" message={fault.fault} />}
      <PreviewLine preview={shown} />
    </div>
  );
}

function remarkOf({ field, start, end, severity, message }: Problem, text: string): Remark[] {
  const place = jsonTextPlace(text, field ?? []);
  if (!place) return [];
  const { from, to } =
    start === undefined || end === undefined ? place : withinJsonText(text, place, { start, end });
  return [{ start: from, end: to, severity, message }];
}

/** Inside a text: `{{ path }}`. Elsewhere a text of its own. */
const writeInJson: PathWriter = (text, position, path) => {
  if (spanAt(text, position)) return path.replaceAll('"', '\\"');
  const expression = `{{ ${path.replaceAll('"', '\\"')} }}`;
  return isInString(text, position) ? expression : `"${expression}"`;
};

function isInString(text: string, position: number): boolean {
  const quotes =
    text
      .slice(0, position)
      .match(/\\.|"/gs)
      ?.filter((found) => found === '"').length ?? 0;
  return quotes % 2 === 1;
}

function print(value: JsonValue | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
