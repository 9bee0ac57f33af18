import type { Contract } from '#lib/workflow/contract.ts';
import { SCHEMA_VERSION, type WorkflowDocument, type WorkflowNode } from '#lib/workflow/document.ts';
import { isJsonObject, type JsonObject, type JsonSchema } from '#lib/workflow/json.ts';

/** A request as a workflow: what it is called, takes, asks and answers. */
export interface RequestParts {
  name: string;
  title: string;
  description: string;
  annotations?: WorkflowDocument['settings']['annotations'];
  /** Of the arguments. */
  input: JsonSchema;
  /** Steps between: files that are made of texts. */
  before?: { key: string; kind: string; config: JsonObject }[];
  /** Config of the HTTP step. */
  request: JsonObject;
  /** Config of the end. */
  output: JsonObject;
}

/** Keys of the three steps. */
export const REQUEST = 'request';
const COLUMN = 340;

/** Input, HTTP request and Output, wired. Ids are the keys: made again, the document is the same. */
export function requestDocument(parts: RequestParts): WorkflowDocument {
  const steps = [
    { key: 'arguments', kind: 'input', config: { schema: parts.input } },
    ...(parts.before ?? []),
    { key: REQUEST, kind: 'http', config: parts.request },
    { key: 'answer', kind: 'output', config: parts.output },
  ];
  const nodes: WorkflowNode[] = steps.map(({ key, kind, config }, at) => ({
    id: key,
    key,
    kind,
    config,
    position: { x: at * COLUMN, y: 0 },
  }));
  const edges = nodes.slice(1).map((to, at) => {
    const from = nodes[at]!;
    return { id: `${from.id}-${to.id}`, from: { node: from.id, handle: 'out' }, to: { node: to.id } };
  });
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'tool',
    name: parts.name,
    title: parts.title,
    description: parts.description,
    nodes,
    edges,
    settings: parts.annotations ? { annotations: parts.annotations } : {},
  };
}

/** What clients are told a request with this method may do. */
export function annotationsOf(method: string): NonNullable<WorkflowDocument['settings']['annotations']> {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
      return { readOnlyHint: true, openWorldHint: true };
    case 'PUT':
    case 'DELETE':
      return { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };
    case 'PATCH':
      return { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };
    default:
      return { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
  }
}

/** The contract such a document will have, read off its ends. */
export function documentContract({ name, title, description, nodes, settings }: WorkflowDocument): Contract {
  const structured = nodes.at(-1)?.config['structured'];
  return {
    kind: 'tool',
    name,
    title,
    description,
    annotations: { ...settings.annotations },
    inputSchema: nodes[0]?.config['schema'] as JsonSchema,
    outputSchema:
      isJsonObject(structured) && isJsonObject(structured['schema']) ? structured['schema'] : null,
  };
}
