import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import { sameJson } from '#lib/workflow/same-json.ts';

/**
 * What somebody did between two documents, in words that follow their name: "renamed fetch_order to get_order",
 * "added an HTTP request". Empty when nothing but positions changed and nothing moved.
 */
export function documentChanges(
  before: WorkflowDocument,
  after: WorkflowDocument,
  kinds: ReadonlyMap<string, KindSpec>,
): string[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const changes: string[] = [];

  for (const node of after.nodes) {
    const was = old.get(node.id);
    if (!was) changes.push(`added ${kindWords(node, kinds)} (${node.key})`);
    else changes.push(...nodeChanges(was, node));
  }
  for (const node of before.nodes) if (!now.has(node.id)) changes.push(`removed ${node.key}`);

  const connections = edgeChanges(before, after);
  if (connections) changes.push(connections);
  for (const field of ['name', 'title', 'description', 'kind'] as const) {
    if (before[field] !== after[field]) changes.push(`changed the ${field} to "${clip(after[field])}"`);
  }
  if (!sameJson(before.settings, after.settings)) changes.push('changed the settings of the workflow');
  const moved = after.nodes.filter((node) => {
    const was = old.get(node.id);
    return was && !sameJson(was.position, node.position);
  }).length;
  if (changes.length === 0 && moved > 0) changes.push(moved === 1 ? 'moved a node' : `moved ${moved} nodes`);
  return changes;
}

function nodeChanges(was: WorkflowNode, is: WorkflowNode): string[] {
  const changes: string[] = [];
  if (was.key !== is.key) changes.push(`renamed ${was.key} to ${is.key}`);
  if (was.kind !== is.kind) changes.push(`made ${is.key} another kind of node`);
  const fields = [...new Set([...Object.keys(was.config), ...Object.keys(is.config)])].filter(
    (field) => !sameJson(was.config[field], is.config[field]),
  );
  if (fields.length > 0) changes.push(`changed ${fields.join(', ')} of ${is.key}`);
  if (!sameJson(was.settings, is.settings)) changes.push(`changed the settings of ${is.key}`);
  if (was.parent !== is.parent)
    changes.push(`moved ${is.key} ${is.parent ? 'into a loop' : 'out of its loop'}`);
  return changes;
}

function edgeChanges(before: WorkflowDocument, after: WorkflowDocument): string | null {
  const nameOf = (edge: WorkflowDocument['edges'][number]) =>
    `${edge.from.node} ${edge.from.handle} ${edge.to.node}`;
  const old = new Set(before.edges.map(nameOf));
  const now = new Set(after.edges.map(nameOf));
  const added = [...now].filter((edge) => !old.has(edge)).length;
  const removed = [...old].filter((edge) => !now.has(edge)).length;
  if (added + removed === 0) return null;
  const words = [added > 0 && `drew ${count(added)}`, removed > 0 && `removed ${count(removed)}`];
  return words.filter(Boolean).join(' and ');
}

function count(edges: number): string {
  return edges === 1 ? 'a connection' : `${edges} connections`;
}

function kindWords(node: WorkflowNode, kinds: ReadonlyMap<string, KindSpec>): string {
  const title = kinds.get(node.kind)?.title ?? node.kind;
  // An initial that is spelled out: "an HTTP request".
  return /^([aeiou]|[AEFHILMNORSX][A-Z])/i.test(title) && !/^[B-DF-HJ-NP-TV-Z][a-z]/.test(title)
    ? `an ${lower(title)}`
    : `a ${lower(title)}`;
}

/** "Knowledge look-up" → "knowledge look-up"; "HTTP request" and "JavaScript" stay. */
function lower(title: string): string {
  return /^[A-Z][a-z]+(\s|$|-)/.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
