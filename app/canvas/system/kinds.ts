import type { WorkflowNode } from '#lib/workflow/document.ts';
import type { Handle, KindSpec } from '#lib/workflow/kind.ts';

/** The kinds the canvas may draw, by type. */
export type Kinds = ReadonlyMap<string, KindSpec>;

/** Handle that the compiler adds to a node whose failures are handled on the canvas. */
export const ERROR_HANDLE = 'error';

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
