'use client';
import { useEffect } from 'react';
import type { Session } from './session.ts';

const FIELDS = 'input, textarea, [contenteditable="true"]';

/** Copying, cutting and pasting steps, as the browser's own events: they need no permission and come in order. */
export function useClipboard(session: Session): void {
  useEffect(() => {
    const textIsMeant = ({ target }: ClipboardEvent): boolean =>
      target instanceof Element && target.closest(FIELDS) !== null;

    const onCopy = (event: ClipboardEvent): void => {
      // Text selected on the page is what copying means there.
      if (textIsMeant(event) || window.getSelection()?.isCollapsed === false) return;
      const { copySelected, deleteSelected, editable } = session.canvas.getState();
      const text = copySelected();
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut' && editable) deleteSelected();
    };
    const onPaste = (event: ClipboardEvent): void => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (textIsMeant(event) || text === '') return;
      const { editable, paste } = session.canvas.getState();
      if (editable && paste(text, null)) event.preventDefault();
    };

    window.addEventListener('copy', onCopy);
    window.addEventListener('cut', onCopy);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('copy', onCopy);
      window.removeEventListener('cut', onCopy);
      window.removeEventListener('paste', onPaste);
    };
  }, [session]);
}
