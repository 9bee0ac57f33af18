import type { CanvasGroup, CanvasNote, WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { sameJson } from '#lib/workflow/same-json.ts';

/** One thing that differs between two documents, in words. */
export interface Change {
  text: string;
  nodeId?: string;
}

/** What was done to get from one document to the other. Where cards stand does not count. */
export function changesBetween(before: WorkflowDocument, after: WorkflowDocument): Change[] {
  if (before === after) return [];
  return [
    ...workflowChanges(before, after),
    ...nodeChanges(before, after),
    ...edgeChanges(before, after),
    ...drawnChanges(before, after),
  ];
}

function workflowChanges(before: WorkflowDocument, after: WorkflowDocument): Change[] {
  const changes: Change[] = [];
  if (before.name !== after.name) changes.push({ text: `Renamed to ${after.name}` });
  if (before.title !== after.title) changes.push({ text: 'Changed the title' });
  if (before.description !== after.description) changes.push({ text: 'Changed the description' });
  if (before.kind !== after.kind) changes.push({ text: `Made it a ${after.kind}` });
  if (!sameJson(before.settings, after.settings)) changes.push({ text: 'Changed the workflow’s settings' });
  return changes;
}

function nodeChanges(before: WorkflowDocument, after: WorkflowDocument): Change[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Set(after.nodes.map((node) => node.id));
  const removed = before.nodes
    .filter((node) => !now.has(node.id))
    .map((node) => ({ text: `Removed ${node.key}` }));
  const rest = after.nodes.flatMap((node): Change[] => {
    const was = old.get(node.id);
    const text = was ? nodeChange(was, node) : `Added ${node.key}`;
    return text === null ? [] : [{ text, nodeId: node.id }];
  });
  return [...removed, ...rest];
}

function nodeChange(was: WorkflowNode, node: WorkflowNode): string | null {
  if (was === node) return null;
  if (was.key !== node.key) return `Renamed ${was.key} to ${node.key}`;
  if (was.settings?.disabled !== node.settings?.disabled) {
    return node.settings?.disabled ? `Disabled ${node.key}` : `Enabled ${node.key}`;
  }
  if (was.kind !== node.kind || !sameJson(was.config, node.config)) return `Changed ${node.key}`;
  return sameJson(was.settings, node.settings) ? null : `Changed the settings of ${node.key}`;
}

function edgeChanges(before: WorkflowDocument, after: WorkflowDocument): Change[] {
  const name = (document: WorkflowDocument, id: string): string =>
    document.nodes.find((node) => node.id === id)?.key ?? id;
  // Edges of a step that came or went belong to that change.
  const ids = (document: WorkflowDocument): Set<string> => new Set(document.nodes.map((node) => node.id));
  const [old, now] = [ids(before), ids(after)];
  const inBoth = (id: string): boolean => old.has(id) && now.has(id);
  const lines = (document: WorkflowDocument): Map<string, { from: string; to: string }> =>
    new Map(
      document.edges
        .filter((edge) => inBoth(edge.from.node) && inBoth(edge.to.node))
        .map((edge) => [
          `${edge.from.node} ${edge.from.handle} ${edge.to.node}`,
          { from: edge.from.node, to: edge.to.node },
        ]),
    );
  const [was, is] = [lines(before), lines(after)];
  return [
    ...[...is]
      .filter(([line]) => !was.has(line))
      .map(([, { from, to }]) => ({
        text: `Connected ${name(after, from)} to ${name(after, to)}`,
        nodeId: from,
      })),
    ...[...was]
      .filter(([line]) => !is.has(line))
      .map(([, { from, to }]) => ({
        text: `Disconnected ${name(after, from)} from ${name(after, to)}`,
        nodeId: from,
      })),
  ];
}

/** Of what says something to whoever looks at the graph, and nothing to the run. */
function drawnChanges(before: WorkflowDocument, after: WorkflowDocument): Change[] {
  const told = <T extends { id: string }>(
    was: readonly T[] = [],
    is: readonly T[] = [],
    name: (item: T) => string,
    said: (item: T) => unknown,
  ): Change[] => {
    if (was === is) return [];
    const [old, now] = [was, is].map((items) => new Map(items.map((item) => [item.id, item])));
    return [
      ...was.filter(({ id }) => !now?.has(id)).map((item) => ({ text: `Removed ${name(item)}` })),
      ...is.flatMap((item) => {
        const other = old?.get(item.id);
        if (!other) return [{ text: `Added ${name(item)}` }];
        return sameJson(said(other), said(item)) ? [] : [{ text: `Changed ${name(item)}` }];
      }),
    ];
  };
  return [
    ...told<CanvasNote>(
      before.notes,
      after.notes,
      () => 'a note',
      ({ text, colour }) => ({ text, colour }),
    ),
    ...told<CanvasGroup>(
      before.groups,
      after.groups,
      ({ title }) => `the group ${title}`,
      (group) => group,
    ),
  ];
}
