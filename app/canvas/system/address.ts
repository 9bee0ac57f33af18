/** What the address says about the canvas screen; a link sent to a colleague opens the same thing. */
export interface ScreenAddress {
  /** Selected node's id. */
  node: string | null;
  tab: NodeTab;
  view: 'graph' | 'list';
  /** The run that is shown. */
  run: string | null;
  /** The graph that is shown with it: that of the run, or the draft. */
  graph: 'run' | 'draft';
  /** The step of the run whose input and output are shown, by node id. */
  step: string | null;
  /** The bottom panel. */
  panel: 'runs' | null;
}

export type NodeTab = 'configure' | 'data' | 'settings';

const TABS: readonly string[] = ['configure', 'data', 'settings'] satisfies NodeTab[];

/** Reads a query string; what it does not know is left at the default. */
export function readAddress(search: string): ScreenAddress {
  const query = new URLSearchParams(search);
  const tab = query.get('tab');
  return {
    node: query.get('node'),
    tab: tab !== null && TABS.includes(tab) ? (tab as NodeTab) : 'configure',
    view: query.get('view') === 'list' ? 'list' : 'graph',
    run: query.get('run'),
    graph: query.get('graph') === 'draft' ? 'draft' : 'run',
    step: query.get('step'),
    panel: query.get('panel') === 'runs' || query.has('run') ? 'runs' : null,
  };
}

/** The query string of a screen, with `?`; empty when all is at its default. */
export function writeAddress(address: ScreenAddress): string {
  const query = new URLSearchParams();
  if (address.node !== null) query.set('node', address.node);
  if (address.node !== null && address.tab !== 'configure') query.set('tab', address.tab);
  if (address.view !== 'graph') query.set('view', address.view);
  if (address.panel !== null) query.set('panel', address.panel);
  if (address.run !== null) query.set('run', address.run);
  if (address.run !== null && address.graph === 'draft') query.set('graph', 'draft');
  if (address.step !== null) query.set('step', address.step);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
