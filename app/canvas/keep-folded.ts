import type { CanvasStore } from './store.ts';

/** Keeps which groups are folded in this browser: how somebody looks at a workflow is nothing to save in it. Returns how to stop. */
export function keepFolded(canvas: CanvasStore, storage: Storage, workflowId: string): () => void {
  const name = `patchbay.folded.${workflowId}`;
  try {
    const ids: unknown = JSON.parse(storage.getItem(name) ?? '[]');
    if (Array.isArray(ids) && ids.length > 0) {
      canvas.setState({ folded: new Set(ids.filter((id) => typeof id === 'string')) });
    }
  } catch {
    storage.removeItem(name);
  }
  return canvas.subscribe((now, before) => {
    if (now.folded === before.folded) return;
    if (now.folded.size === 0) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify([...now.folded]));
  });
}
