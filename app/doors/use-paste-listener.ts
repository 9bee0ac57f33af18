'use client';

import { useEffect, useRef } from 'react';

const FIELDS = 'input, textarea, select, [contenteditable="true"], [role="dialog"]';

/** Hands over what is pasted anywhere on the page but into a field or a dialog. */
export function usePasteListener(take: (text: string) => void): void {
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const { target, clipboardData, defaultPrevented } = event;
      if (defaultPrevented || (target instanceof Element && target.closest(FIELDS))) return;
      const text = clipboardData?.getData('text/plain') ?? '';
      if (text !== '') latest.current(text);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, []);
}
