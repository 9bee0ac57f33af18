import * as z from 'zod';
import { SCHEMA_VERSION, type WorkflowDocument, workflowDocument, workflowNode } from './document.ts';
import { FORBIDDEN_NAMES } from './expression-value.ts';
import { jsonExcess } from './json-excess.ts';
import type { Problem } from './problem.ts';

const MAX_DEPTH = 64;
const MAX_VALUES = 500_000;
/** Most faults that are told; a file that is no workflow has as many as it has parts. */
const MAX_FAULTS = 50;

/** The strict form but for names and texts, which are wrong while somebody types and keep nothing from being checked. */
const structure = workflowDocument.extend({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  nodes: z.array(workflowNode.extend({ key: z.string() })).max(1000),
});

/** A document that may be looked into, and what is wrong with its form; null when it has no such form at all. */
export function readDocument(value: unknown): { document: WorkflowDocument | null; problems: Problem[] } {
  const version = versionProblem(value);
  if (version) return { document: null, problems: [version] };
  const excess = jsonExcess(value, { depth: MAX_DEPTH, values: MAX_VALUES });
  if (excess) return { document: null, problems: [invalid(`The document ${excess}.`)] };
  const parsed = structure.safeParse(value);
  if (!parsed.success) return { document: null, problems: formProblems(value, parsed.error.issues) };
  const document: WorkflowDocument = parsed.data;
  return {
    document,
    problems: [...wordProblems(document), ...identityProblems(document), ...canvasProblems(document)],
  };
}

function versionProblem(value: unknown): Problem | null {
  const version = (value as { schemaVersion?: unknown } | null | undefined)?.schemaVersion;
  if (typeof version !== 'number' || version <= SCHEMA_VERSION) return null;
  return {
    code: 'schema_version',
    severity: 'error',
    message: `The document has the format ${version}; this program knows formats up to ${SCHEMA_VERSION}. Open it with a newer version.`,
    field: ['schemaVersion'],
  };
}

function invalid(message: string): Problem {
  return { code: 'document_invalid', severity: 'error', message };
}

function formProblems(value: unknown, issues: z.core.$ZodIssue[]): Problem[] {
  return issues.slice(0, MAX_FAULTS).map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const place = path.length > 0 ? `${path.join('.')}: ` : '';
    const problem = invalid(`This is not a workflow document: ${place}${issue.message}.`);
    const [list, index] = path;
    const id = typeof index === 'number' ? idOf(value, list, index) : undefined;
    if (list === 'nodes' && id !== undefined) problem.nodeId = id;
    if (list === 'edges' && id !== undefined) problem.edgeId = id;
    if (id === undefined) problem.field = path;
    return problem;
  });
}

function idOf(value: unknown, list: string | number | undefined, index: number): string | undefined {
  const items = (value as Record<string, unknown>)[String(list)];
  const id = Array.isArray(items) ? (items[index] as { id?: unknown } | null)?.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** Names and texts against the strict form. */
function wordProblems(document: WorkflowDocument): Problem[] {
  const problems: Problem[] = [];
  for (const field of ['name', 'title', 'description'] as const) {
    const parsed = workflowDocument.shape[field].safeParse(document[field]);
    if (parsed.success) continue;
    const words = parsed.error.issues[0]?.message;
    problems.push({
      code: `${field}_invalid`,
      severity: 'error',
      message: `The ${field} of the workflow does not fit: ${words}.`,
      field: [field],
    });
  }
  for (const node of document.nodes) {
    const parsed = workflowNode.shape.key.safeParse(node.key);
    const words = parsed.success
      ? FORBIDDEN_NAMES.has(node.key)
        ? 'it is reserved'
        : null
      : parsed.error.issues[0]?.message;
    if (!words) continue;
    const message = `"${node.key.slice(0, 60)}" cannot be the key of a step: ${words}.`;
    problems.push({ code: 'key_invalid', severity: 'error', message, nodeId: node.id });
  }
  return problems;
}

/** Ids and keys that occur twice. */
function identityProblems({ nodes, edges }: WorkflowDocument): Problem[] {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  const keys = new Set<string>();
  for (const { id, key } of nodes) {
    if (ids.has(id)) {
      const message = `Two nodes have the id "${id}".`;
      problems.push({ code: 'duplicate_id', severity: 'error', message, nodeId: id });
    }
    if (keys.has(key)) {
      const message = `Two steps have the key "${key}": rename one of them.`;
      problems.push({ code: 'duplicate_key', severity: 'error', message, nodeId: id });
    }
    ids.add(id);
    keys.add(key);
  }
  const edgeIds = new Set<string>();
  for (const { id } of edges) {
    if (edgeIds.has(id)) {
      const message = `Two connections have the id "${id}".`;
      problems.push({ code: 'duplicate_id', severity: 'error', message, edgeId: id });
    }
    edgeIds.add(id);
  }
  return problems;
}

/** Notes and groups that are there twice, and groups that hold what no group can. */
function canvasProblems({ nodes, notes = [], groups = [] }: WorkflowDocument): Problem[] {
  const problems: Problem[] = [];
  const fault = (code: string, message: string, field: (string | number)[]): void => {
    problems.push({ code, severity: 'error', message, field });
  };
  const parents = new Map(nodes.map((node) => [node.id, node.parent]));
  const ids = new Set<string>();
  for (const [list, items] of Object.entries({ notes, groups })) {
    for (const [index, { id }] of items.entries()) {
      if (ids.has(id)) fault('duplicate_id', `Two notes or groups have the id "${id}".`, [list, index]);
      ids.add(id);
    }
  }
  const taken = new Set<string>();
  for (const [index, group] of groups.entries()) {
    const name = `The group "${group.title}"`;
    const field = ['groups', index, 'nodes'];
    for (const id of group.nodes) {
      if (!parents.has(id)) fault('group_node', `${name} holds "${id}", and there is no such step.`, field);
      else if (taken.has(id))
        fault('group_shared', `${name} holds "${id}", which is in a group already.`, field);
      taken.add(id);
    }
    const levels = new Set(group.nodes.filter((id) => parents.has(id)).map((id) => parents.get(id)));
    if (levels.size > 1) fault('group_levels', `${name} holds steps of different containers.`, field);
  }
  return problems;
}
