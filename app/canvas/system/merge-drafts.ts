import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { sameJson } from '#lib/workflow/same-json.ts';
import type { Merge } from './autosave.ts';
import type { OnTop } from './history.ts';
import type { Kinds } from './kinds.ts';
import { type MergeConflict, mergeDocuments, type Side } from './merge.ts';

/** Merges drafts; what nobody changed is the same object as in mine, so that it need not be drawn again. */
export function draftMerge(kinds: Kinds): Merge {
  return (documents) => {
    const { document, conflicts } = mergeDocuments(documents, kinds);
    return { document: sharing(document, documents.mine), conflicts };
  };
}

/** How documents of the history get what others did since they were left. */
export function onTopOf(kinds: Kinds): OnTop {
  return (mine, { base, theirs }) => {
    const { conflicts } = mergeDocuments({ base, mine, theirs }, kinds);
    const choices = Object.fromEntries(conflicts.map(({ id }): [string, Side] => [id, 'theirs']));
    return sharing(mergeDocuments({ base, mine, theirs }, kinds, choices).document, mine);
  };
}

/** The merged document by the person's choices. What was not chosen is mine. */
export function chosenMerge(
  documents: Parameters<Merge>[0],
  kinds: Kinds,
  choices: Readonly<Record<string, Side>>,
): { document: WorkflowDocument; conflicts: MergeConflict[] } {
  const { document, conflicts } = mergeDocuments(documents, kinds, choices);
  return { document: sharing(document, documents.mine), conflicts };
}

/** The document, made of the parts of another where they are equal; that other document where all is. */
function sharing(document: WorkflowDocument, from: WorkflowDocument): WorkflowDocument {
  if (sameJson(document, from)) return from;
  const share = <Item extends { id: string }>(items: Item[], others: readonly Item[]): Item[] => {
    const known = new Map(others.map((item) => [item.id, item]));
    return items.map((item) => {
      const other = known.get(item.id);
      return other && sameJson(item, other) ? other : item;
    });
  };
  return {
    ...document,
    nodes: share(document.nodes, from.nodes),
    edges: share(document.edges, from.edges),
  };
}
