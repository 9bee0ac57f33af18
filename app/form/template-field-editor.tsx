'use client';

import { useMemo, useRef } from 'react';
import { CodeEditor, type Remark } from './code-editor.tsx';
import { templateCompletion } from './expression-completion.ts';
import { preview } from './preview.ts';
import { PreviewLine } from './preview-line.tsx';
import type { FormScope, Sample } from './scope.ts';
import { pathDrops, templateHighlighting, writeInTemplate } from './template-language.ts';

export interface TemplateFieldProps {
  value: string;
  onChange(value: string): void;
  label: string;
  lines?: 'one' | 'many';
  scope: FormScope;
  sample: Sample | null;
  remarks?: readonly Remark[];
  placeholder?: string;
  readOnly?: boolean;
  id?: string;
  describedBy?: string;
  invalid?: boolean;
}

/** Text with `{{ expressions }}`: coloured, completed, checked, and shown as the last run would have it. */
export function TemplateFieldEditor({ value, scope, sample, lines = 'one', ...rest }: TemplateFieldProps) {
  const facts = useRef({ scope, sample });
  facts.current = { scope, sample };
  const extensions = useMemo(
    () => [templateHighlighting, templateCompletion(() => facts.current), pathDrops(writeInTemplate)],
    [],
  );
  const shown = useMemo(() => preview(value, sample), [value, sample]);
  const fault = shown && 'fault' in shown ? shown.fault : null;
  const isSaid =
    fault !== null && (rest.invalid || rest.remarks?.some(({ message }) => message.includes(fault)));
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <CodeEditor
        {...rest}
        value={value}
        lines={lines}
        extensions={extensions}
        className={lines === 'many' ? '[&_.cm-content]:min-h-14! [&_.cm-scroller]:max-h-80' : undefined}
      />
      {/* What is wrong with the text itself is said beneath already. */}
      {!isSaid && <PreviewLine preview={shown} />}
    </div>
  );
}
