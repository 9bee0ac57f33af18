'use client';

import dynamic from 'next/dynamic';
import { EditorPlace } from './editor-place.tsx';
import type { JsonFieldProps } from './json-field-editor.tsx';

const Editor = dynamic<JsonFieldProps>(
  () => import('./json-field-editor.tsx').then((module) => module.JsonFieldEditor),
  { ssr: false, loading: EditorPlace },
);

/** Any JSON value, written as text. While it does not parse the last value that did is kept. The editor is loaded when there is one to draw. */
export function JsonField(props: JsonFieldProps) {
  return <Editor {...props} />;
}
