import { renameKey } from '#lib/workflow/expression.ts';
import { renameArgument } from '#lib/workflow/rename.ts';
import { addNode, moveOntoEdge, refuseKind } from './add-node.ts';
import { copyNodes, pasteNodes } from './clipboard.ts';
import { onTopOf } from './merge-drafts.ts';
import { refuseReplacement, replaceKind } from './replace-kind.ts';

/**
 * The edits that read expressions and schemas. Those are large: a canvas is painted without them, and is handed them
 * when they came.
 */
export const editing = {
  addNode,
  moveOntoEdge,
  refuseKind,
  copyNodes,
  pasteNodes,
  onTopOf,
  refuseReplacement,
  replaceKind,
  renameArgument,
  renameKey,
};

export type Editing = typeof editing;
