'use client';
import {
  Background,
  BackgroundVariant,
  type NodeChange,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { useTheme } from 'next-themes';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { createStore } from 'zustand/vanilla';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { CanvasProvider, type CanvasScope, useCanvas, useCanvasStore } from '../canvas-context.tsx';
import { FIT } from '../graph-canvas.tsx';
import type { RunnerState } from '../runner.ts';
import { createCanvasStore } from '../store.ts';
import { flowEdges, flowNodes, type StepEdge, type StepNode } from '../system/flow.ts';
import type { Checked } from '../watch-problems.ts';
import { ZoomBar } from '../zoom-bar.tsx';
import { ComparedFrame, ComparedStep } from './compared-card.tsx';
import { ComparedEdge } from './compared-edge.tsx';
import { type Marks, MarksProvider } from './marks-context.ts';
import '../canvas.css';

const NODE_TYPES = { step: ComparedStep, frame: ComparedFrame };
const EDGE_TYPES = { step: ComparedEdge };
const NO_PROBLEMS: Checked = { problems: [], byNode: new Map(), errors: 0, contract: null };

export interface VersionGraphProps {
  /** A version, or two as one. */
  document: WorkflowDocument;
  marks: Marks;
  /** Node id. */
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
}

/** A graph to look at, with what became of its steps and edges. */
export function VersionGraph({ document, marks, ...rest }: VersionGraphProps) {
  const scope = useMemo<CanvasScope>(
    () => ({
      canvas: createCanvasStore(document, kinds),
      checked: createStore<Checked>()(() => NO_PROBLEMS),
      runs: createStore<RunnerState>()(() => ({ run: null, waiting: null, failure: null })),
    }),
    [document],
  );
  return (
    <CanvasProvider value={scope}>
      <MarksProvider value={marks}>
        <ReactFlowProvider>
          <Graph {...rest} />
        </ReactFlowProvider>
      </MarksProvider>
    </CanvasProvider>
  );
}

function Graph({ selected, onSelect }: Pick<VersionGraphProps, 'selected' | 'onSelect'>) {
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const sizes = useCanvas((state) => state.sizes);
  const { resolvedTheme } = useTheme();
  const flow = useReactFlow();
  const drawn = useRef<StepNode[]>([]);
  const view = useMemo(
    () => ({
      selectedNodes: new Set(selected === null ? [] : [selected]),
      selectedEdges: new Set<string>(),
      sizes,
    }),
    [selected, sizes],
  );
  const nodes = useMemo(() => {
    drawn.current = flowNodes(document, kinds, view, drawn.current);
    return drawn.current;
  }, [document, view]);
  const edges = useMemo(() => flowEdges(document, view, []), [document, view]);

  const onNodesChange = useCallback(
    (changes: NodeChange<StepNode>[]) => {
      const measured: Record<string, { width: number; height: number }> = {};
      for (const change of changes) {
        if (change.type === 'dimensions' && change.dimensions) measured[change.id] = change.dimensions;
      }
      if (Object.keys(measured).length > 0) store.getState().measure(measured);
    },
    [store],
  );

  // What is chosen in the list is brought into sight.
  useEffect(() => {
    if (selected !== null)
      void flow.fitView({ ...FIT, nodes: [{ id: selected }], duration: 150, maxZoom: 1 });
  }, [selected, flow]);

  return (
    <ReactFlow<StepNode, StepEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      colorMode={resolvedTheme === 'dark' ? 'dark' : 'light'}
      onNodesChange={onNodesChange}
      onNodeClick={(_, node) => onSelect(node.id)}
      onPaneClick={() => onSelect(null)}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      panOnScroll
      zoomOnDoubleClick={false}
      minZoom={0.15}
      maxZoom={2}
      fitView
      fitViewOptions={FIT}
      attributionPosition="top-right"
      aria-label="Workflow graph"
    >
      <Background variant={BackgroundVariant.Dots} gap={24} size={1} />
      <Panel position="bottom-right">
        <ZoomBar minimap={false} />
      </Panel>
    </ReactFlow>
  );
}
