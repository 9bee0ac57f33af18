'use client';
import { useState } from 'react';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { sameMeaning } from './system/same-meaning.ts';

/** The document, as it was when something was last changed in it that is more than the place of a card. */
export function useMeaning(): WorkflowDocument {
  const [select] = useState(() => {
    let last: WorkflowDocument | null = null;
    return ({ document }: { document: WorkflowDocument }): WorkflowDocument => {
      if (!last || !sameMeaning(last, document)) last = document;
      return last;
    };
  });
  return useCanvas(select);
}
