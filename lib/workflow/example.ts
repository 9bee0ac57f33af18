import { type NodeSettings, SCHEMA_VERSION, type WorkflowDocument } from './document.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { RecordedStep } from './recording.ts';

/**
 * A small workflow that shows a kind at work: it stands on the kind's page, and a test runs it and compares what it
 * answers.
 */
export interface KindExample {
  /** What it does, one sentence: `Fetches an order and answers with its total.` */
  summary: string;
  /** By key, which is the node's id too. The first is the start; `kind` left out: the kind that is shown. */
  steps: Record<string, ExampleStep>;
  /** `input -> fetch`, `check:true -> answer`. */
  edges: string[];
  /** The arguments. */
  input: JsonObject;
  env?: Record<string, string>;
  /** What the world answers, by step; as a run is recorded. */
  world?: Record<string, RecordedStep>;
  /** Answers to what the run asks, by the key of the question. */
  answers?: Record<string, JsonValue>;
  /** What the caller gets. */
  answer: ExampleAnswer;
}

export interface ExampleStep {
  kind?: string;
  config: JsonObject;
  settings?: NodeSettings;
  /** Key of the container it stands in. */
  inside?: string;
}

/** The text of a run that answers with text only; what else there is beside it. */
export interface ExampleAnswer {
  text?: string;
  structured?: JsonValue;
  /** All of its parts, where they are not one text. */
  parts?: JsonValue[];
  /** It fails: for the model that called it. */
  error?: { code: string; message: string };
}

/** ms since the epoch when examples are run, so that what they say about time is always the same. */
export const EXAMPLE_TIME = Date.UTC(2026, 0, 15, 9);

const EDGE = /^([a-z]\w*)(?::([\w-]+))? -> ([a-z]\w*)$/;
const COLUMN = 280;
const ROW = 140;

/** The example of a kind as a workflow that can be imported. Throws Error when an edge is not written as it should be. */
export function exampleDocument(type: string, { summary, steps, edges }: KindExample): WorkflowDocument {
  const keys = Object.keys(steps);
  const parsed = edges.map((text) => {
    const [, from, handle = 'out', to] = EDGE.exec(text) ?? [];
    if (from === undefined || to === undefined) throw new Error(`"${text}" is no edge: write "from -> to".`);
    return { from, handle, to };
  });
  const column = columnsOf(keys, parsed);
  const taken = new Map<number, number>();
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'tool',
    name: `${type.replaceAll('-', '_')}_example`,
    title: '',
    description: summary,
    nodes: keys.map((key) => {
      const { kind = type, config, settings, inside } = steps[key]!;
      const x = column.get(key)!;
      const row = taken.get(x) ?? 0;
      taken.set(x, row + 1);
      return {
        id: key,
        key,
        kind,
        config,
        position: { x: x * COLUMN, y: row * ROW },
        ...(settings && { settings }),
        ...(inside !== undefined && { parent: inside }),
      };
    }),
    edges: parsed.map(({ from, handle, to }, index) => ({
      id: `e${index + 1}`,
      from: { node: from, handle },
      to: { node: to },
    })),
    settings: {},
  };
}

/** How far each step is from the start: the longest way. */
function columnsOf(keys: string[], edges: { from: string; to: string }[]): Map<string, number> {
  const columns = new Map(keys.map((key) => [key, 0]));
  // A way is no longer than there are steps, also where somebody drew a circle.
  for (let round = 0; round < keys.length; round++) {
    for (const { from, to } of edges) {
      columns.set(to, Math.max(columns.get(to) ?? 0, (columns.get(from) ?? 0) + 1));
    }
  }
  return columns;
}
