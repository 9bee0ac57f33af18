import type { Template } from '#app/data/types.ts';
import type { KindGroup } from '#lib/workflow/kind.ts';

type Tool = Template['tools'][number];
type Step = Tool['steps'][number];

/** What a kind looks like here. */
export interface KindLook {
  title: string;
  group: KindGroup;
}

const [WIDTH, HEIGHT, MARGIN] = [256, 80, 24];
/** The gaps between cards are drawn smaller than they are, so that their words can be larger. */
const CLOSER = 0.88;
/** Room for six cards: shorter graphs are drawn in the same size, and end sooner. */
const LEAST_WIDTH = 1720;
/** Room that a frame leaves around the steps in it. */
const FRAME_PAD = 32;

const FILL: Record<KindGroup, string> = {
  'start-end': 'fill-group-start-end',
  do: 'fill-group-do',
  shape: 'fill-group-shape',
  flow: 'fill-group-flow',
  client: 'fill-group-client',
};

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A graph, drawn small: what it is made of, not how it is set. */
export function GraphPreview({ tool, looks }: { tool: Tool; looks: ReadonlyMap<string, KindLook> }) {
  const steps = tool.steps.map((step) => ({ ...step, x: step.x * CLOSER }));
  const boxes = boxesOf(steps);
  const all = [...boxes.values()];
  const left = Math.min(...all.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...all.map(({ y }) => y)) - MARGIN;
  const right = Math.max(...all.map(({ x, width }) => x + width)) + MARGIN;
  const bottom = Math.max(...all.map(({ y, height }) => y + height)) + MARGIN;
  const frames = new Set(tool.steps.map(({ parent }) => parent));
  // What lies under others comes first.
  const drawn = steps.toSorted((one, other) => Number(frames.has(other.id)) - Number(frames.has(one.id)));
  const titles = tool.steps.map(({ kind }) => looks.get(kind)?.title ?? kind);
  return (
    <svg
      role="img"
      aria-label={`${tool.steps.length} steps: ${titles.join(', ')}`}
      viewBox={`${left} ${top} ${Math.max(LEAST_WIDTH, right - left)} ${bottom - top}`}
      preserveAspectRatio="xMinYMid meet"
      className="max-h-56 w-full rounded-md border border-line bg-page"
    >
      {drawn.map((step) => (
        <Card key={step.id} step={step} box={boxes.get(step.id)!} look={looks.get(step.kind)} />
      ))}
      {tool.edges.map(({ from, to }) => (
        <path
          key={`${from} ${to}`}
          d={pathOf(boxes.get(from), boxes.get(to), tool.steps.find(({ id }) => id === to)?.parent === from)}
          className="fill-none stroke-line-strong"
          strokeWidth={3}
        />
      ))}
    </svg>
  );
}

function Card({ step, box, look }: { step: Step; box: Box; look: KindLook | undefined }) {
  return (
    <g>
      <rect
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.height}
        rx={8}
        className="fill-surface stroke-line-strong"
        strokeWidth={2}
      />
      <rect
        x={box.x}
        y={box.y + 4}
        width={6}
        height={box.height - 8}
        rx={3}
        className={FILL[look?.group ?? 'do']}
      />
      <text x={box.x + 20} y={box.y + 36} className="fill-ink font-medium" fontSize={25}>
        {look?.title ?? step.kind}
      </text>
      <text x={box.x + 20} y={box.y + 64} className="fill-muted font-mono" fontSize={20}>
        {step.key}
      </text>
    </g>
  );
}

/** A card each; a frame reaches around the cards in it, with room for its head. */
function boxesOf(steps: readonly Step[]): Map<string, Box> {
  const boxes = new Map<string, Box>();
  for (const { id, x, y } of steps) boxes.set(id, { x, y, width: WIDTH, height: HEIGHT });
  for (const { id, x, y } of steps) {
    const inside = steps.filter(({ parent }) => parent === id);
    if (inside.length === 0) continue;
    const right = Math.max(...inside.map((step) => step.x + WIDTH));
    const bottom = Math.max(...inside.map((step) => step.y + HEIGHT));
    boxes.set(id, { x, y, width: right - x + FRAME_PAD, height: bottom - y + FRAME_PAD });
  }
  return boxes;
}

function pathOf(from: Box | undefined, to: Box | undefined, inside: boolean): string {
  if (!from || !to) return '';
  const [endX, endY] = [to.x, to.y + HEIGHT / 2];
  const startX = inside ? from.x + FRAME_PAD : from.x + from.width;
  const startY = inside ? endY : from.y + HEIGHT / 2;
  const bend = Math.max(16, (endX - startX) / 2);
  return `M ${startX} ${startY} C ${startX + bend} ${startY}, ${endX - bend} ${endY}, ${endX} ${endY}`;
}
