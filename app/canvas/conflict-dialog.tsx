'use client';
import dynamic from 'next/dynamic';
import { useAutosave } from './session-context.tsx';

const ConflictView = dynamic(() => import('./conflict-view.tsx').then((module) => module.ConflictView));

/** Somebody else changed the same things: asks. Nothing is written before that. */
export function ConflictDialog() {
  const { phase } = useAutosave();
  return phase.name === 'conflict' ? <ConflictView {...phase} /> : null;
}
