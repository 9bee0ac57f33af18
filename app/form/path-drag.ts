import type { DragEvent as ReactDragEvent } from 'react';

const TYPE = 'application/x-patchbay-path';

/** Makes a drag carry an expression path: `steps.fetch.body.id`. Elsewhere it drops as `{{ … }}` text. */
export function startPathDrag(event: ReactDragEvent, path: string): void {
  event.dataTransfer.effectAllowed = 'copy';
  event.dataTransfer.setData(TYPE, path);
  event.dataTransfer.setData('text/plain', `{{ ${path} }}`);
}

/** Whether what is dragged is a path; can be asked before the drop. */
export function isPathDrag(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes(TYPE) ?? false;
}

/** The path that was dropped; null when it was something else. */
export function droppedPath(transfer: DataTransfer | null): string | null {
  return transfer?.getData(TYPE) || null;
}
