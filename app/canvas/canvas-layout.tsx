'use client';
import { Panel } from '@xyflow/react';
import { History, List, PanelRightOpen, Plus, WandSparkles, Waypoints, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect } from 'react';
import { CanvasDoor } from '#app/doors/canvas-door.tsx';
import { Button } from '#app/ui/button.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Kbd } from '#app/ui/kbd.tsx';
import { SplitPane } from '#app/ui/split-pane.tsx';
import { useNarrow } from '#app/ui/use-narrow.ts';
import { BottomPanel } from './bottom-panel.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { CanvasContextMenu } from './canvas-context-menu.tsx';
import { CommandMenu } from './command-menu.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeletedDialog } from './deleted-dialog.tsx';
import { DrawTools } from './draw-tools.tsx';
import { FindBar } from './find-bar.tsx';
import { GraphCanvas } from './graph-canvas.tsx';
import { ListView } from './list-view.tsx';
import { NodePanel } from './node-panel.tsx';
import { Palette } from './palette.tsx';
import { PastRunBar } from './past-run-bar.tsx';
import { PastRunPanel } from './past-run-panel.tsx';
import { PinnedBanner } from './pinned-banner.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { RestoreVersion } from './restore-version.tsx';
import { RunDialog } from './run-dialog.tsx';
import { SelectionPanel } from './selection-panel.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { DraftCanvas, useIsPast } from './shown-canvas.tsx';
import { StepContextMenu } from './step-context-menu.tsx';
import { StepLock } from './step-lock.tsx';
import { TopBar } from './top-bar.tsx';
import { openPanel, useCommands } from './use-commands.ts';
import { useLiveNews } from './use-live-news.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { WorkflowPanel } from './workflow-panel.tsx';
import { ZoomBar } from './zoom-bar.tsx';

const ExtractDialog = dynamic(() => import('./extract-dialog.tsx').then((module) => module.ExtractDialog), {
  ssr: false,
});

/** Where the canvas is narrow the tools are icons; their names are still told. */
const WORD = '@max-3xl:sr-only';

/** The screen: top bar, canvas over runs, and the panel of what is selected. */
export function CanvasLayout() {
  const commands = useCommands();
  useShortcuts(commands);
  useLiveNews();
  const { session } = useCanvasSession();
  const store = useCanvasStore();
  const past = useIsPast();
  const view = useScreen((state) => state.view);
  const panel = useScreen((state) => state.panel);
  const minimap = useScreen((state) => state.minimap);
  const hand = useScreen((state) => state.hand);
  const extracting = useScreen((state) => state.dialog === 'extract');
  const unfolded = useScreen((state) => state.unfolded);
  const narrow = useNarrow();
  const show = useScreen((state) => state.show);
  const editable = useCanvas((state) => state.editable);
  const openPalette = useCanvas((state) => state.openPalette);
  const tidy = useCanvas((state) => state.tidy);
  const several = useCanvas((state) => state.selectedNodes.size > 1);
  const selected = useCanvas((state) =>
    state.selectedNodes.size === 1 ? ([...state.selectedNodes][0] ?? null) : null,
  );

  // Leaving with something unsaved: it is kept in this browser, and the browser asks.
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      const { saver } = session;
      const { phase } = saver.state();
      const stuck = phase.name === 'refused' || phase.name === 'conflict' || phase.name === 'deleted';
      if (stuck || !saver.isKept()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [session]);

  const open = (nodeId: string): void => {
    store.getState().select([nodeId]);
    show({ unfolded: true });
    // The panel is drawn with the next frame.
    requestAnimationFrame(openPanel);
  };

  const subject = several ? 'Selection' : selected !== null ? 'Step' : past ? 'Run' : 'Workflow';
  return (
    <div className="relative grid h-full min-h-0 grid-cols-[minmax(0,1fr)_auto] grid-rows-[48px_minmax(0,1fr)] overflow-hidden">
      <DraftCanvas>
        <TopBar />
      </DraftCanvas>
      <main className="flex min-h-0 min-w-0 flex-col">
        {past && <PastRunBar />}
        <div className="relative min-h-0 flex-1">
          {view === 'graph' ? (
            <GraphCanvas key={past ? 'run' : 'draft'} onOpen={open} minimap={minimap} hand={hand}>
              <Panel position="bottom-right">
                <ZoomBar minimap={minimap} onMinimap={() => show({ minimap: !minimap })} />
              </Panel>
            </GraphCanvas>
          ) : (
            <ListView onOpen={open} />
          )}
          {editable && <CanvasDoor shown={view === 'graph'} />}
          <div className="@container pointer-events-none absolute inset-x-[15px] bottom-[15px] z-10">
            <div
              role="toolbar"
              aria-label="Draw"
              className="pointer-events-auto flex w-fit gap-1.5 @max-3xl:mb-9"
            >
              {editable && (
                <Button title="Add a step" onClick={() => openPalette(null)}>
                  <Plus aria-hidden /> <span className={WORD}>Add</span>{' '}
                  <span className="@max-3xl:hidden">
                    <Kbd>N</Kbd>
                  </span>
                </Button>
              )}
              {editable && view === 'graph' && (
                <Button title="Tidy the layout" onClick={() => void tidy()}>
                  <WandSparkles aria-hidden /> <span className={WORD}>Tidy</span>
                </Button>
              )}
              <DrawTools run={commands} />
              <Button
                title={view === 'graph' ? 'Show the steps as a list' : 'Show the graph'}
                onClick={() => show({ view: view === 'graph' ? 'list' : 'graph' })}
              >
                {view === 'graph' ? <List aria-hidden /> : <Waypoints aria-hidden />}
                <span className={WORD}>{view === 'graph' ? 'List' : 'Graph'}</span>
              </Button>
              {panel === null && (
                <Button title="Show runs" onClick={() => show({ panel: 'runs' })}>
                  <History aria-hidden /> <span className={WORD}>Runs</span>
                </Button>
              )}
            </div>
          </div>
          {narrow && !unfolded && (
            <Button
              className="absolute top-6 right-2 z-10"
              aria-expanded={false}
              onClick={() => show({ unfolded: true })}
            >
              <PanelRightOpen aria-hidden /> {subject}
            </Button>
          )}
          <Palette />
          <FindBar />
        </div>
        {panel === 'runs' && <BottomPanel />}
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
              {several ? (
                <SelectionPanel />
              ) : selected === null ? (
                past ? (
                  <PastRunPanel />
                ) : (
                  <>
                    <div className="p-3 pb-0 empty:hidden">
                      <PinnedBanner />
                    </div>
                    <WorkflowPanel />
                  </>
                )
              ) : (
                <StepLock key={selected} id={selected}>
                  <NodePanel id={selected} run={commands} />
                </StepLock>
              )}
            </div>
          </SplitPane>
        </aside>
      )}
      <StepContextMenu run={commands} />
      <CanvasContextMenu run={commands} />
      <DraftCanvas>
        <RunDialog />
        <PublishDialog />
        <RestoreVersion />
        <ConflictDialog />
        {extracting && <ExtractDialog />}
        <DeletedDialog />
      </DraftCanvas>
      <CommandMenu run={commands} />
      <ShortcutsDialog />
    </div>
  );
}
