import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { Handle, KindSpec } from './kind.ts';

/** Handle that the compiler adds to a node whose failures are handled on the canvas. */
export const ERROR_HANDLE = 'error';

type Kinds = ReadonlyMap<string, KindSpec>;

/**
 * The config as its kind reads it: parsed when it fits. A config that does not fit (half typed) is read as the
 * kind's initial one, so that a card always has handles and a title.
 */
export function readConfig(node: WorkflowNode, kind: KindSpec): { config: unknown; valid: boolean } {
  const known = readConfigs.get(node.config);
  if (known?.kind === kind) return known.read;
  const read = parseConfig(node, kind);
  readConfigs.set(node.config, { kind, read });
  return read;
}

/** What was read, by the config it was read from: documents share what did not change. */
const readConfigs = new WeakMap<object, { kind: KindSpec; read: { config: unknown; valid: boolean } }>();

function parseConfig(node: WorkflowNode, kind: KindSpec): { config: unknown; valid: boolean } {
  const parsed = kind.config.safeParse(node.config);
  if (parsed.success) return { config: parsed.data, valid: true };
  const initial = kind.config.safeParse(kind.initial);
  return { config: initial.success ? initial.data : kind.initial, valid: false };
}

/** The outgoing handles of a node: those its kind names, and `error` where failures are handled. */
export function handlesOf(node: WorkflowNode, kinds: Kinds): Handle[] {
  const kind = kinds.get(node.kind);
  const own = kind ? kind.handles(readConfig(node, kind).config) : [];
  if (node.settings?.onError !== 'handle' || kind?.role) return own;
  return [...own, { id: ERROR_HANDLE, label: 'on error' }];
}

/** The card's line: what the step does, in the kind's words; its title while the config is half typed. */
export function describeNode(node: WorkflowNode, kinds: Kinds): string {
  const kind = kinds.get(node.kind);
  if (!kind) return `Unknown kind “${node.kind}”`;
  const { config, valid } = readConfig(node, kind);
  return (valid && kind.describe(config)) || kind.title;
}

/** What is drawn of a kind, whatever its config. */
export interface KindFace extends Pick<KindSpec, 'title' | 'icon' | 'group' | 'role'> {
  /** Of a container: the handle that leads into its body. */
  body?: string;
}

/** What is drawn of a workflow's steps: enough to paint the graph before the kinds themselves are loaded. */
export interface Drawing {
  /** By type: those that the workflow has. */
  kinds: Record<string, KindFace>;
  /** By node id; of unknown kinds, nothing. */
  steps: Record<string, { label: string; handles: Handle[] }>;
}

/** The drawing of a document: what its cards say, and which ways lead out of them. */
export function drawingOf(document: WorkflowDocument, kinds: Kinds): Drawing {
  const known = document.nodes.flatMap((node) => {
    const kind = kinds.get(node.kind);
    return kind ? [{ node, kind }] : [];
  });
  return {
    kinds: Object.fromEntries(known.map(({ kind }) => [kind.type, kindFace(kind)])),
    steps: Object.fromEntries(
      known.map(({ node, kind }) => [
        node.id,
        { label: describeNode(node, kinds), handles: kind.handles(readConfig(node, kind).config) },
      ]),
    ),
  };
}

function kindFace({ title, icon, group, role, body }: KindSpec): KindFace {
  return { title, icon, group, ...(role && { role }), ...(body && { body: body.handle }) };
}
