'use client';

import type { Completion, CompletionSource } from '@codemirror/autocomplete';
import { javascript, localCompletionSource } from '@codemirror/lang-javascript';
import { useMemo, useRef } from 'react';
import { checkJavaScript } from '#lib/workflow/javascript.ts';
import { CodeEditor, type Remark } from './code-editor.tsx';
import { completion, scopeCompletion } from './expression-completion.ts';
import type { FormScope, Sample } from './scope.ts';
import { pathDrops } from './template-language.ts';

export interface CodeFieldProps {
  value: string;
  onChange(value: string): void;
  label: string;
  scope: FormScope;
  sample: Sample | null;
  /** Beside the syntax errors, which the field finds itself. */
  remarks?: readonly Remark[];
  readOnly?: boolean;
  id?: string;
  describedBy?: string;
  invalid?: boolean;
}

/** What the sandbox gives to code, beside the language itself. */
const provided: Record<string, Completion[]> = {
  '': [
    {
      label: 'http',
      detail: 'object',
      info: 'Sends requests: await http.fetch(url, { method, headers, body })',
    },
    { label: 'console', detail: 'object', info: 'Writes to the log of the step' },
    { label: 'sleep', detail: '(ms)', info: 'await sleep(500) waits half a second' },
  ],
  http: [
    {
      label: 'fetch',
      detail: '(url, options)',
      info: 'Answers { status, ok, headers, body, text(), json() }; options: { method, headers, body }',
    },
  ],
  console: ['debug', 'log', 'info', 'warn', 'error'].map((label) => ({
    label,
    detail: '(…values)',
    type: 'method',
  })),
};

const providedCompletion: CompletionSource = (context) => {
  const word = context.matchBefore(/(?:[A-Za-z_$][\w$]*\.)?[\w$]*$/);
  if (!word || (word.text === '' && !context.explicit)) return null;
  const [owner, name] = word.text.includes('.') ? word.text.split('.') : ['', word.text];
  const options = Object.hasOwn(provided, owner!) ? provided[owner!] : undefined;
  return options ? { from: context.pos - name!.length, options, validFor: /^[\w$]*$/ } : null;
};

/** JavaScript of a step: highlighting, syntax errors while typing, completion of what the step may read. */
export function CodeFieldEditor({ value, scope, sample, remarks, ...rest }: CodeFieldProps) {
  const facts = useRef({ scope, sample });
  facts.current = { scope, sample };
  const extensions = useMemo(
    () => [
      javascript(),
      completion(
        scopeCompletion(() => facts.current),
        providedCompletion,
        localCompletionSource,
      ),
      pathDrops((_, __, path) => path),
    ],
    [],
  );
  const all = useMemo(() => {
    const syntax = checkJavaScript(value).map(
      ({ start = 0, end = 0, severity, message }): Remark => ({ start, end, severity, message }),
    );
    return [...syntax, ...(remarks ?? [])];
  }, [value, remarks]);
  return (
    <CodeEditor
      {...rest}
      value={value}
      lines="code"
      extensions={extensions}
      remarks={all}
      className="[&_.cm-content]:min-h-40! [&_.cm-scroller]:max-h-[60vh]"
    />
  );
}
