'use client';
import { Panel } from '@xyflow/react';
import { X } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { SplitPane } from '#app/ui/split-pane.tsx';
import { useNarrow } from '#app/ui/use-narrow.ts';
import { Breadcrumb } from './breadcrumb.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { GraphCanvas } from './graph-canvas.tsx';
import { openPanel } from './open-panel.ts';
import { useScreen } from './session-context.tsx';
import { DraftCanvas, useIsPast } from './shown-canvas.tsx';
import { useEarly } from './use-early.ts';
import { WaitingLine } from './waiting-line.tsx';
import type { Workbench } from './workbench.ts';
import { ZoomBar } from './zoom-bar.tsx';

export interface CanvasLayoutProps {
  /** Slug. */
  project: string;
  /** All but the graph; null while it is loaded. */
  bench: Workbench | null;
  /** It could not be loaded. */
  failed: boolean;
  onRetry: () => void;
}

/** The screen: top bar, canvas over runs, and the panel of what is selected. */
export function CanvasLayout({ project, bench, failed, onRetry }: CanvasLayoutProps) {
  const store = useCanvasStore();
  const past = useIsPast();
  const view = useScreen((state) => state.view);
  const panel = useScreen((state) => state.panel);
  const minimap = useScreen((state) => state.minimap);
  const hand = useScreen((state) => state.hand);
  const unfolded = useScreen((state) => state.unfolded);
  const narrow = useNarrow();
  const show = useScreen((state) => state.show);
  const several = useCanvas((state) => state.selectedNodes.size > 1);
  const selected = useCanvas((state) => state.selectedNodes.size === 1);

  // What commands do is known to the bench; whoever has been handed `run` need not be drawn again for it.
  const { run, onCommands, waiting } = useEarly(store);

  const open = (nodeId: string): void => {
    store.getState().select([nodeId]);
    show({ unfolded: true });
    // The panel is drawn with the next frame; what is in it comes with the bench.
    if (bench) requestAnimationFrame(openPanel);
    else run('open');
  };

  const subject = several ? 'Selection' : selected ? 'Step' : past ? 'Run' : 'Workflow';
  const opening = failed ? (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-4 text-center" role="alert">
      <p>What edits the workflow could not be loaded. It can be looked at.</p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  ) : (
    <LoadingState>Opening the workflow</LoadingState>
  );
  return (
    <div className="relative grid h-full min-h-0 grid-cols-[minmax(0,1fr)_auto] grid-rows-[48px_minmax(0,1fr)] overflow-hidden">
      <DraftCanvas>
        <header className="col-span-2 flex min-w-0 items-center gap-3 border-line border-b bg-surface px-3">
          <Breadcrumb project={project} />
          {bench && <bench.TopBar />}
        </header>
      </DraftCanvas>
      <main className="flex min-h-0 min-w-0 flex-col">
        {past && bench && <bench.PastRunBar />}
        <div className="relative min-h-0 flex-1">
          {view === 'graph' ? (
            <GraphCanvas key={past ? 'run' : 'draft'} onOpen={open} minimap={minimap} hand={hand}>
              <Panel position="bottom-right">
                <ZoomBar minimap={minimap} onMinimap={() => show({ minimap: !minimap })} />
              </Panel>
            </GraphCanvas>
          ) : bench ? (
            <bench.ListView onOpen={open} />
          ) : (
            opening
          )}
          {bench ? <bench.CanvasTools run={run} subject={subject} /> : <WaitingLine waiting={waiting} />}
        </div>
        {panel === 'runs' && bench && <bench.BottomPanel />}
      </main>
      {(!narrow || unfolded) && (
        <aside
          data-panel="selection"
          aria-label={subject}
          className={narrow ? 'absolute top-12 right-0 bottom-0 z-20 flex shadow-float' : 'flex min-h-0'}
        >
          <SplitPane
            side="right"
            name="panel"
            initial={400}
            min={320}
            max={720}
            className={narrow ? 'max-w-[calc(100vw-80px)]' : 'max-w-[50vw]'}
          >
            <div className="h-full min-h-0 overflow-y-auto border-line border-l bg-surface">
              {narrow && (
                <div className="flex justify-end px-1 pt-1">
                  <IconButton label={`Close the panel: ${subject}`} onClick={() => show({ unfolded: false })}>
                    <X aria-hidden />
                  </IconButton>
                </div>
              )}
              {bench ? <bench.SidePanel run={run} /> : opening}
            </div>
          </SplitPane>
        </aside>
      )}
      {bench && <bench.Floating run={run} onCommands={onCommands} />}
    </div>
  );
}
