import type { WorkflowDocument } from '#lib/workflow/document.ts';

/** Characters of all remembered drafts. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/**
 * The last drafts this process read or saved, so that somebody whose save comes too late is told what the other
 * person did. Only the latest draft is in the database; what is not remembered is told less exactly.
 */
export interface DraftHistory {
  remember(workflowId: string, revision: number, document: WorkflowDocument): void;
  recall(workflowId: string, revision: number): WorkflowDocument | null;
}

export function createDraftHistory(): DraftHistory {
  const drafts = new Map<string, string>();
  let characters = 0;
  const drop = (name: string) => {
    characters -= drafts.get(name)?.length ?? 0;
    drafts.delete(name);
  };
  return {
    remember(workflowId, revision, document) {
      const name = `${workflowId} ${revision}`;
      const text = JSON.stringify(document);
      drop(name);
      drafts.set(name, text);
      characters += text.length;
      for (const oldest of drafts.keys()) {
        if (characters <= MOST_CHARACTERS) break;
        drop(oldest);
      }
    },
    recall(workflowId, revision) {
      const text = drafts.get(`${workflowId} ${revision}`);
      return text === undefined ? null : (JSON.parse(text) as WorkflowDocument);
    },
  };
}
