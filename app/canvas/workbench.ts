import dynamic from 'next/dynamic';
import type { Workflow } from '#app/data/types.ts';
import { toast } from '#app/ui/toast.ts';
import { kinds } from '#lib/nodes/index.ts';
import { CanvasTools } from './canvas-tools.tsx';
import { Floating } from './floating.tsx';
import type { Painted } from './painted.ts';
import { PastRunBar } from './past-run-bar.tsx';
import { canvasServer } from './server.ts';
import { openSession, type Session } from './session.ts';
import { SidePanel } from './side-panel.tsx';
import type { Pins } from './system/pins.ts';
import { TopBar } from './top-bar.tsx';

/** Not to be seen at first: loaded when they are opened. */
const BottomPanel = dynamic(() => import('./bottom-panel.tsx').then((module) => module.BottomPanel), {
  ssr: false,
});
const ListView = dynamic(() => import('./list-view.tsx').then((module) => module.ListView), { ssr: false });

export interface WorkbenchOptions {
  /** Slug. */
  project: string;
  workflow: Workflow;
  pins: Pins;
  /** Names of the project's environment values. */
  env: readonly string[];
  editable: boolean;
}

/**
 * All of the canvas screen but the graph: what edits, checks and saves it, and what stands around it. With the kinds,
 * the compiler and the expressions it is large, and is loaded as one when the graph was painted.
 */
export const workbench = {
  /** Makes a painted graph one that is edited, checked and saved. */
  open(painted: Painted, { project, workflow, pins, env, editable }: WorkbenchOptions): Session {
    return openSession({
      painted,
      workflowId: workflow.id,
      loaded: {
        revision: workflow.revision,
        document: workflow.document,
        savedBy: workflow.savedBy,
        savedAt: workflow.updatedAt,
      },
      pins,
      pinsFailed: (message) => toast.error(message),
      kinds,
      env,
      editable,
      server: canvasServer(project, workflow.id),
    });
  },
  TopBar,
  PastRunBar,
  ListView,
  CanvasTools,
  BottomPanel,
  SidePanel,
  Floating,
};

export type Workbench = typeof workbench;
