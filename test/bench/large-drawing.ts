import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Lanes that run beside each other between the start and the end. */
const LANES = 20;

/** A workflow of so many steps: lanes of steps of several kinds, each of which reads the one before. */
export function largeDrawing(steps: number): WorkflowDocument {
  const nodes: WorkflowNode[] = [node('arguments', 'input', { x: 0, y: 0 })];
  const edges: WorkflowEdge[] = [];
  const long = Math.ceil((steps - 2) / LANES);
  const ends: string[] = [];
  for (let count = 0; count < steps - 2; count += 1) {
    const [lane, place] = [Math.floor(count / long), count % long];
    const key = `step_${count}`;
    const before = place === 0 ? 'arguments' : `step_${count - 1}`;
    const read = place === 0 ? '{{ input.text }}' : `{{ steps.${before} }}`;
    const at = { x: 320 * (place + 1), y: 160 * lane };
    nodes.push(
      node(key, count % 3 === 0 ? 'set' : 'template', at, KINDS[count % 3 === 0 ? 'set' : 'template'](read)),
    );
    edges.push({ id: `e_${count}`, from: { node: before, handle: 'out' }, to: { node: key } });
    if (place === long - 1 || count === steps - 3) ends.push(key);
  }
  nodes.push(node('answer', 'output', { x: 320 * (long + 1), y: 0 }));
  for (const key of ends)
    edges.push({ id: `e_${key}_answer`, from: { node: key, handle: 'out' }, to: { node: 'answer' } });
  return {
    schemaVersion: 1,
    kind: 'tool',
    name: 'large',
    title: 'Large',
    description: 'As large as a workflow gets.',
    nodes,
    edges,
    settings: {},
  };
}

const KINDS: Record<'set' | 'template', (read: string) => JsonObject> = {
  set: (read) => ({ values: { value: read, other: 'a fixed text' } }),
  template: (read) => ({ text: `What was before: ${read}` }),
};

function node(
  key: string,
  kind: string,
  position: WorkflowNode['position'],
  config: JsonObject = kinds.get(kind)?.initial as JsonObject,
): WorkflowNode {
  return { id: key, key, kind, config: structuredClone(config) as WorkflowNode['config'], position };
}
