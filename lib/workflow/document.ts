import * as z from 'zod';
import { NODE_KEY, WORKFLOW_NAME } from './name-patterns.ts';

/** The document format this code writes. Newer ones are refused, never guessed at. */
export const SCHEMA_VERSION = 1;

const id = z.string().min(1).max(64);

export const nodeSettings = z.strictObject({
  /** Wall time one attempt may take, in ms. */
  timeoutMs: z.int().min(1).max(300_000).optional(),
  /** Attempts in all (1 = no retry) and the first pause in ms; the pause doubles, with jitter. */
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(10),
      backoffMs: z.int().min(0).max(60_000).default(500),
    })
    .optional(),
  /** `fail` ends the run, `continue` goes on with `{ error }` as the value, `handle` takes the error handle. */
  onError: z.enum(['fail', 'continue', 'handle']).optional(),
  /** A disabled node is passed through: its value is null. */
  disabled: z.boolean().optional(),
  /** Id of the node that takes this one's effect back when a later step fails for good (the saga pattern). */
  undo: id.optional(),
});

export const workflowNode = z.strictObject({
  id,
  key: z.string().regex(NODE_KEY, 'starts with a letter; then letters, digits and _; at most 40, lower case'),
  kind: z.string().min(1).max(64),
  config: z.record(z.string(), z.json()),
  position: z.strictObject({ x: z.number(), y: z.number() }),
  settings: nodeSettings.optional(),
  /** The container node (a loop) whose body this node belongs to. */
  parent: id.optional(),
});

export const workflowEdge = z.strictObject({
  id,
  from: z.strictObject({ node: id, handle: z.string().min(1).max(64) }),
  to: z.strictObject({ node: id }),
});

/** Where the values come from that a client proposes while somebody fills in an argument. */
export const completion = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('list'), values: z.array(z.string().max(200)).max(1000) }),
  /** By its name: it gets what was typed, and answers with the values. */
  z.strictObject({ type: z.literal('workflow'), workflow: z.string().max(64) }),
  /** By its name: the names of its documents. */
  z.strictObject({ type: z.literal('knowledge-base'), base: z.string().max(120) }),
]);

/** What makes a workflow of the kind `resource` one. */
export const resourceSettings = z.strictObject({
  /** Fixed, or an RFC 6570 template whose variables are the arguments. */
  uri: z.string().max(2000),
  mimeType: z.string().max(255).optional(),
  /** For whom it is, and how much it matters (0 to 1), as told to the client. */
  annotations: z
    .strictObject({
      audience: z
        .array(z.enum(['user', 'assistant']))
        .max(2)
        .optional(),
      priority: z.number().min(0).max(1).optional(),
    })
    .optional(),
  /** Read again this often while somebody is subscribed to it, in ms. Left out: only when a step says that it changed. */
  pollMs: z.int().min(5000).max(86_400_000).optional(),
});

export const workflowSettings = z.strictObject({
  /** Wall time of one run, in ms. 60 s unless said; synchronous runs end at 300 s. */
  timeoutMs: z.int().min(100).max(300_000).optional(),
  /** MCP tool annotations, as told to the client. */
  annotations: z
    .strictObject({
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
  /**
   * Of the kind `tool` only: whether a call is answered with a task (MCP tasks extension), whose run goes on by itself.
   * `never`, unless said; `optional`: for clients that can take one; `required`: clients that cannot are refused.
   */
  task: z.enum(['never', 'optional', 'required']).optional(),
  /**
   * Of the kind `tool` only: the schema of the arguments is promised as it is written, also with what model providers
   * refuse: `allOf` and the like at its root, `$schema`, anchors.
   */
  anySchema: z.boolean().optional(),
  /** What clients show beside the title: an https address, or a small image as a data: address. */
  icon: z.string().max(10_000).optional(),
  /** Of the kind `resource` only. */
  resource: resourceSettings.optional(),
  /** By the name of an argument; of prompts, and of resources with a template. */
  completions: z.record(z.string().min(1).max(64), completion).optional(),
});

/** What notes and groups may be coloured with, by the name people see. */
export const CANVAS_COLOURS = ['yellow', 'green', 'blue', 'purple', 'red', 'grey'] as const;

/** A sticky note on the canvas. It says something to whoever reads the graph, and nothing to the run. */
export const canvasNote = z.strictObject({
  id,
  /** Markdown. */
  text: z.string().max(4000),
  position: z.strictObject({ x: z.number(), y: z.number() }),
  size: z.strictObject({ width: z.number().min(96).max(1600), height: z.number().min(48).max(1600) }),
  colour: z.enum(CANVAS_COLOURS),
});

/** A named frame around steps that belong together; they stand in the same container, or all in none. */
export const canvasGroup = z.strictObject({
  id,
  title: z.string().max(120),
  description: z.string().max(1000).optional(),
  /** Ids of the steps. A step is in one group at most. */
  nodes: z.array(id).min(1).max(1000),
  colour: z.enum(CANVAS_COLOURS).optional(),
});

export const workflowDocument = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  kind: z.enum(['tool', 'resource', 'prompt']),
  name: z.string().regex(WORKFLOW_NAME, 'starts with a letter; then a-z, 0-9 and _; at most 45 characters'),
  title: z.string().max(120),
  description: z.string().max(2000),
  nodes: z.array(workflowNode).max(1000),
  edges: z.array(workflowEdge).max(5000),
  settings: workflowSettings,
  /** Only for whoever looks at the graph: the compiler reads neither. */
  notes: z.array(canvasNote).max(200).optional(),
  groups: z.array(canvasGroup).max(200).optional(),
});

export type WorkflowDocument = z.infer<typeof workflowDocument>;
export type WorkflowNode = z.infer<typeof workflowNode>;
export type WorkflowEdge = z.infer<typeof workflowEdge>;
export type CanvasNote = z.infer<typeof canvasNote>;
export type CanvasGroup = z.infer<typeof canvasGroup>;
export type CanvasColour = (typeof CANVAS_COLOURS)[number];
export type NodeSettings = z.infer<typeof nodeSettings>;
export type ResourceSettings = z.infer<typeof resourceSettings>;
export type Completion = z.infer<typeof completion>;
