'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useCanvas } from '#app/canvas/canvas-context.tsx';
import { isUntouched } from './untouched.ts';
import { usePasteListener } from './use-paste-listener.ts';

const CanvasDoors = dynamic(() => import('./canvas-doors.tsx').then((module) => module.CanvasDoors));

/** What was pasted onto the canvas; a new object each time. */
export interface PastedText {
  text: string;
}

/** The doors of the canvas, loaded where nothing is drawn yet, and else when something is pasted. */
export function CanvasDoor({ shown }: { shown: boolean }) {
  const untouched = useCanvas((state) => isUntouched(state.document, state.kinds));
  const [pasted, setPasted] = useState<PastedText | null>(null);
  usePasteListener((text) => setPasted({ text }));
  return (untouched || pasted !== null) && <CanvasDoors shown={shown} pasted={pasted} />;
}
