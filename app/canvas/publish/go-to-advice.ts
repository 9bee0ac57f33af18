import type { Advice } from '#lib/workflow/lint.ts';
import type { ScreenStore } from '../screen-store.ts';
import type { CanvasStore } from '../store.ts';

/** Fields of the workflow's panel, by the first part of what advice points at. */
const LABELS: Record<string, string> = {
  name: 'Name',
  title: 'Title',
  description: 'Description',
  settings: 'Only reads',
};

/** Selects what the advice is about, and puts the cursor where it can be followed. */
export function goToAdvice({ field }: Advice, canvas: CanvasStore, screen: ScreenStore): void {
  const [place = '', ...rest] = field;
  const { document, kinds, select } = canvas.getState();
  const role = place === 'arguments' ? 'start' : place === 'answer' ? 'end' : null;
  const node = role && document.nodes.find(({ kind }) => kinds.get(kind)?.role === role);
  select(node ? [node.id] : []);
  screen.getState().show({ dialog: null, unfolded: true, tab: 'configure' });
  // The panel is drawn with the next frame, once the dialog has given the focus back.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => focusIn(LABELS[place] ?? null, rest.at(-1) ?? null)),
  );
}

function focusIn(label: string | null, value: string | null): void {
  const panel = document.querySelector('[data-panel="selection"]');
  const controls = [
    ...(panel?.querySelectorAll<HTMLElement>('[data-form] :is(input, textarea, button[role="switch"])') ??
      []),
  ];
  const wanted =
    controls.find((control) =>
      label === null
        ? value !== null && control instanceof HTMLInputElement && control.value === value
        : labelOf(control) === label,
    ) ?? controls[0];
  wanted?.scrollIntoView({ block: 'center' });
  wanted?.focus();
}

function labelOf(control: HTMLElement): string | undefined {
  const labels = (control as HTMLInputElement).labels;
  // A label around a switch has its explanation in it, too.
  return labels?.[0]?.querySelector('span')?.firstChild?.textContent ?? labels?.[0]?.textContent ?? undefined;
}
