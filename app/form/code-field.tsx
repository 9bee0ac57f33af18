'use client';

import dynamic from 'next/dynamic';
import type { CodeFieldProps } from './code-field-editor.tsx';
import { EditorPlace } from './editor-place.tsx';

const Editor = dynamic<CodeFieldProps>(
  () => import('./code-field-editor.tsx').then((module) => module.CodeFieldEditor),
  { ssr: false, loading: EditorPlace },
);

/** JavaScript of a step: highlighting, syntax errors while typing, completion of what the step may read. The editor is loaded when there is one to draw. */
export function CodeField(props: CodeFieldProps) {
  return <Editor {...props} />;
}
