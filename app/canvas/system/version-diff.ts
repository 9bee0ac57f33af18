import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { CARD } from './geometry.ts';

export type Mark = 'added' | 'removed' | 'changed';

/** A value that differs; undefined where there is none. */
export interface FieldChange {
  /** Where it stands: `url`, `headers.0.value`, `settings.retry`. */
  path: string;
  before: JsonValue | undefined;
  after: JsonValue | undefined;
}

export interface StepChange {
  /** Node id. */
  id: string;
  mark: Mark;
  key: string;
  /** Type of its kind. */
  kind: string;
  /** What is different in it; all of it for a step that came or went. */
  fields: FieldChange[];
}

export interface EdgeChange {
  /** In the merged document. */
  id: string;
  mark: 'added' | 'removed';
  /** Keys of the steps. */
  from: string;
  to: string;
}

/** Two documents as one. */
export interface VersionDiff {
  /** The later document, with what the earlier one had besides. */
  merged: WorkflowDocument;
  /** What is about the workflow as a whole: name, description, settings. */
  workflow: FieldChange[];
  steps: StepChange[];
  edges: EdgeChange[];
}

/** What became of one document in another, place by place. Where cards stand does not count. */
export function versionDiff(before: WorkflowDocument, after: WorkflowDocument): VersionDiff {
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const gone = before.nodes.filter(({ id }) => !now.has(id));
  const steps = [
    ...after.nodes.flatMap((node): StepChange[] => {
      const was = old.get(node.id);
      const fields = fieldsOf(was, node);
      if (was && fields.length === 0) return [];
      return [{ id: node.id, mark: was ? 'changed' : 'added', key: node.key, kind: node.kind, fields }];
    }),
    ...gone.map((node): StepChange => {
      const { id, key, kind } = node;
      return { id, mark: 'removed', key, kind, fields: fieldsOf(node, undefined) };
    }),
  ];
  const { edges, lost } = edgeChanges(before, after);
  return {
    merged: {
      ...after,
      nodes: [...after.nodes, ...placed(gone, after.nodes)],
      edges: [...after.edges, ...lost],
    },
    workflow: fieldChanges(faceOf(before), faceOf(after)),
    steps,
    edges,
  };
}

/** Whether two documents say the same. */
export function isSame({ workflow, steps, edges }: VersionDiff): boolean {
  return workflow.length + steps.length + edges.length === 0;
}

/** The places at which two values differ, the deepest there are: of lists that grew or shrank the whole list. */
export function fieldChanges(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: readonly string[] = [],
): FieldChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => fieldChanges(before[name], after[name], [...path, name]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => fieldChanges(item, after[index], [...path, String(index)]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path: path.join('.'), before, after }];
}

function fieldsOf(before: WorkflowNode | undefined, after: WorkflowNode | undefined): FieldChange[] {
  const view = (node: WorkflowNode | undefined): JsonValue =>
    node
      ? ({
          ...node.config,
          key: node.key,
          kind: node.kind,
          ...(node.settings && { settings: node.settings }),
          ...(node.parent !== undefined && { inside: node.parent }),
        } as JsonValue)
      : {};
  const whole = before === undefined || after === undefined;
  const fields = fieldChanges(view(before), view(after));
  // The card says these of a step that came or went.
  return whole ? fields.filter(({ path }) => path !== 'key' && path !== 'kind') : fields;
}

function faceOf({ name, title, description, kind, settings, notes, groups }: WorkflowDocument): JsonValue {
  return {
    name,
    title,
    description,
    kind,
    settings,
    ...(notes && { notes: notes.map(({ text }) => text) }),
    ...(groups && { groups: groups.map((group) => group.title) }),
  } as JsonValue;
}

function edgeChanges(
  before: WorkflowDocument,
  after: WorkflowDocument,
): { edges: EdgeChange[]; lost: WorkflowEdge[] } {
  const wire = ({ from, to }: WorkflowEdge): string => `${from.node} ${from.handle} ${to.node}`;
  const was = new Set(before.edges.map(wire));
  const is = new Set(after.edges.map(wire));
  const keys = new Map([...before.nodes, ...after.nodes].map(({ id, key }) => [id, key]));
  const change = (edge: WorkflowEdge, mark: EdgeChange['mark']): EdgeChange => ({
    id: edge.id,
    mark,
    from: keys.get(edge.from.node) ?? edge.from.node,
    to: keys.get(edge.to.node) ?? edge.to.node,
  });
  // An edge that was led elsewhere has kept its id.
  const lost = before.edges
    .filter((edge) => !is.has(wire(edge)))
    .map((edge) => ({ ...edge, id: `removed ${edge.id}` }));
  const gained = after.edges.filter((edge) => !was.has(wire(edge)));
  return {
    edges: [...gained.map((edge) => change(edge, 'added')), ...lost.map((edge) => change(edge, 'removed'))],
    lost,
  };
}

/** Steps that went, where they stood, or under what stands there now. */
function placed(gone: readonly WorkflowNode[], present: readonly WorkflowNode[]): WorkflowNode[] {
  const taken = present.map(({ position }) => position);
  return gone.map((node) => {
    const position = { ...node.position };
    const covered = (): boolean =>
      taken.some(
        ({ x, y }) => Math.abs(x - position.x) < CARD.width && Math.abs(y - position.y) < CARD.height + GAP,
      );
    while (covered()) position.y += CARD.height + GAP;
    taken.push(position);
    return { ...node, position };
  });
}

/** Room for the mark above a card, in px. */
const GAP = 32;
