'use client';

import dynamic from 'next/dynamic';
import { EditorPlace } from './editor-place.tsx';
import type { TemplateFieldProps } from './template-field-editor.tsx';

const Editor = dynamic<TemplateFieldProps>(
  () => import('./template-field-editor.tsx').then((module) => module.TemplateFieldEditor),
  { ssr: false, loading: EditorPlace },
);

/** Text with `{{ expressions }}`: coloured, completed, checked, and shown as the last run would have it. The editor is loaded when there is one to draw. */
export function TemplateField(props: TemplateFieldProps) {
  return <Editor {...props} />;
}
