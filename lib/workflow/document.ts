import * as z from 'zod';

/** The document format this code writes. Newer ones are refused, never guessed at. */
export const SCHEMA_VERSION = 1;

/** A workflow's name is the tool's name: clients cut or refuse anything longer (Cursor: server + tool ≤ 60). */
export const WORKFLOW_NAME = /^[a-z][a-z0-9_]{0,44}$/;

/** A node's key is what expressions name: `steps.fetch_order`. */
export const NODE_KEY = /^[a-z][a-z0-9_]{0,39}$/;

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
});

export type WorkflowDocument = z.infer<typeof workflowDocument>;
export type WorkflowNode = z.infer<typeof workflowNode>;
export type WorkflowEdge = z.infer<typeof workflowEdge>;
export type NodeSettings = z.infer<typeof nodeSettings>;
