'use client';
import { History, List, PanelRightOpen, Plus, WandSparkles, Waypoints } from 'lucide-react';
import dynamic from 'next/dynamic';
import { CanvasDoor } from '#app/doors/canvas-door.tsx';
import { Button } from '#app/ui/button.tsx';
import { Kbd } from '#app/ui/kbd.tsx';
import { useNarrow } from '#app/ui/use-narrow.ts';
import { useCanvas } from './canvas-context.tsx';
import { DrawTools } from './draw-tools.tsx';
import { Palette } from './palette.tsx';
import { useScreen } from './session-context.tsx';
import type { Command } from './system/shortcuts.ts';

const FindBar = dynamic(() => import('./find-bar.tsx').then((module) => module.FindBar), { ssr: false });

/** Where the canvas is narrow the tools are icons; their names are still told. */
const WORD = '@max-3xl:sr-only';

/** What lies over the canvas: its tools, and the bars that open on it. `subject`: what the folded panel is about. */
export function CanvasTools({ run, subject }: { run: (command: Command) => boolean; subject: string }) {
  const view = useScreen((state) => state.view);
  const panel = useScreen((state) => state.panel);
  const unfolded = useScreen((state) => state.unfolded);
  const finding = useScreen((state) => state.finding);
  const show = useScreen((state) => state.show);
  const narrow = useNarrow();
  const editable = useCanvas((state) => state.editable);
  const openPalette = useCanvas((state) => state.openPalette);
  const tidy = useCanvas((state) => state.tidy);
  return (
    <>
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
          <DrawTools run={run} />
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
      {finding && <FindBar />}
    </>
  );
}
