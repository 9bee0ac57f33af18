import { describe, expect, test } from 'vitest';
import { createCanvasStore } from '#app/canvas/store.ts';
import { flowEdges, flowNodes } from '#app/canvas/system/flow.ts';
import { paintedKinds } from '#app/canvas/system/painted-kinds.ts';
import { kinds } from '#lib/nodes/index.ts';
import { describeNode, drawingOf, handlesOf } from '#lib/workflow/step-face.ts';
import { drawing } from './canvas-support.ts';

const VIEW = { selectedNodes: new Set<string>(), selectedEdges: new Set<string>(), sizes: {} };

/** One step of each kind, one of them in a loop, one with an error handle, one with a config that does not fit. */
const all = drawing(
  Object.fromEntries([...kinds.keys()].map((type) => [`one_${type.replaceAll('-', '_')}`, type])),
);
const some = {
  ...all,
  nodes: all.nodes.map((node) => {
    if (node.kind === 'http') return { ...node, settings: { onError: 'handle' as const } };
    if (node.kind === 'template') return { ...node, parent: 'one_for_each' };
    if (node.kind === 'set') return { ...node, config: { values: 'half' } };
    return node;
  }),
};

describe('a graph that is painted before its kinds are loaded', () => {
  // As it comes over the wire.
  const told = JSON.parse(JSON.stringify({ some, drawn: drawingOf(some, kinds) })) as {
    some: typeof some;
    drawn: ReturnType<typeof drawingOf>;
  };
  const painted = paintedKinds(told.some, told.drawn);

  test.each(some.nodes.map(({ id }) => id))('%s says and offers the same', (id) => {
    const [node, wired] = [some, told.some].map(({ nodes }) => nodes.find((other) => other.id === id)!);
    expect(describeNode(wired!, painted)).toBe(describeNode(node!, kinds));
    expect(handlesOf(wired!, painted)).toEqual(handlesOf(node!, kinds));
    const { title, icon, group, role, body } = kinds.get(node!.kind)!;
    expect(painted.get(node!.kind)).toMatchObject({ title, icon, group, ...(role && { role }) });
    expect(painted.get(node!.kind)?.body?.handle).toBe(body?.handle);
  });

  test('is drawn where the real one is, and each card anew when the kinds are there', () => {
    const before = flowNodes(told.some, painted, VIEW, []);
    const after = flowNodes(told.some, kinds, VIEW, before);
    const shape = ({ id, type, position, parentId, ariaLabel }: (typeof before)[number]) => ({
      id,
      type,
      position,
      parentId,
      ariaLabel,
    });
    expect(before.map(shape)).toEqual(after.map(shape));
    expect(after.map(({ data }) => data.kind)).toEqual(
      after.map(({ id }) => kinds.get(some.nodes.find((node) => node.id === id)!.kind)),
    );
    expect(flowEdges(told.some, VIEW, [])).toEqual(flowEdges(some, VIEW, []));
  });

  test('a step of an unknown kind is drawn as one', () => {
    const odd = { ...some, nodes: [{ ...some.nodes[0]!, kind: 'gone' }] };
    const drawn = drawingOf(odd, kinds);
    expect(drawn).toEqual({ kinds: {}, steps: {} });
    expect(describeNode(odd.nodes[0]!, paintedKinds(odd, drawn))).toBe('Unknown kind “gone”');
  });

  test('cannot be edited', () => {
    const store = createCanvasStore(told.some, painted);
    store.getState().rename('one_http', 'other');
    store.getState().select(['one_http']);
    store.getState().deleteSelected();
    expect(store.getState().add(kinds.get('http')!)).toContain('still being opened');
    expect(store.getState().document).toBe(told.some);
  });
});
