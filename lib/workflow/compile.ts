import { buildGraph } from './build-graph.ts';
import { checkReference, checkStepName, type World } from './check-reference.ts';
import type { Contract } from './contract.ts';
import { contractOf } from './contract-of.ts';
import type { WorkflowDocument } from './document.ts';
import { readDocument } from './document-shape.ts';
import { ExpressionError } from './expression-error.ts';
import type { Graph, GraphNode } from './graph.ts';
import { stepNames } from './javascript-references.ts';
import type { JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';
import type { Plan, PlanNode } from './plan.ts';
import type { Problem } from './problem.ts';
import { ranBefore } from './ran-before.ts';
import { type CompiledField, resolver } from './resolver.ts';
import { hasExpressions, parseTemplate, templateClosure } from './template.ts';
import { type ConfigText, configTexts } from './template-fields.ts';

/** Wall time of a run that does not say otherwise, in ms. */
const RUN_TIMEOUT_MS = 60_000;

export interface CompileOptions {
  /** Names of the project's environment values; those that expressions miss are warned of. */
  env?: readonly string[];
}

export interface Compiled<K extends KindSpec> {
  plan: Plan<K> | null;
  contract: Contract | null;
  problems: Problem[];
}

type Resolve = PlanNode['resolve'];

/**
 * A document, made ready to run: the plan (closures), the contract (plain data) and every reason why it is not
 * ready, in the document's order. Takes anything, throws nothing: plan and contract are null exactly when a
 * problem of severity `error` is among them.
 */
export function compile<K extends KindSpec>(
  document: unknown,
  kinds: ReadonlyMap<string, K>,
  options: CompileOptions = {},
): Compiled<K> {
  const read = readDocument(document);
  if (!read.document || read.problems.some(({ code }) => code === 'duplicate_id')) {
    return { plan: null, contract: null, problems: read.problems };
  }
  const built = buildGraph(read.document, kinds);
  const world = built.graph && worldOf(read.document, built.graph, options);
  const resolvers = new Map<string, Resolve>();
  const problems = [...read.problems, ...built.problems];
  const position = new Map(built.graph?.nodes.map(({ node }, index) => [node.id, index]));
  for (const entry of built.nodes) {
    const made = compileNode(entry, position.get(entry.node.id), world);
    problems.push(...made.problems);
    if (made.resolve) resolvers.set(entry.node.id, made.resolve);
  }
  const faulty = new Set(problems.filter(({ severity }) => severity === 'error').map(({ nodeId }) => nodeId));
  const face = contractOf(
    read.document,
    built.nodes.filter(({ node }) => !faulty.has(node.id)),
  );
  problems.push(...face.problems);
  const ready = !problems.some(({ severity }) => severity === 'error');
  if (!ready || !built.graph) return { plan: null, contract: null, problems };
  return { plan: planOf(read.document, built.graph, resolvers), contract: face.contract, problems };
}

function worldOf(document: WorkflowDocument, graph: Graph, { env }: CompileOptions): World {
  const position = new Map(graph.nodes.map(({ node }, index) => [node.id, index]));
  const start = graph.nodes.find(({ kind }) => kind.role === 'start');
  return {
    graph,
    ran: ranBefore(graph),
    steps: new Map(document.nodes.map(({ id, key }) => [key, position.get(id) ?? -1])),
    input: start?.kind.contractInput?.(start.config) ?? {},
    env: env ? new Set(env) : null,
  };
}

/** What gives a node its config, or why there is none. `at` is its position in the graph, if a run reaches it. */
function compileNode(
  { node, kind, config }: GraphNode,
  at: number | undefined,
  world: World | null,
): { resolve: Resolve | null; problems: Problem[] } {
  const problems: Problem[] = (kind.check?.(config) ?? []).map((problem) => ({
    ...problem,
    nodeId: node.id,
  }));
  const fields: CompiledField[] = [];
  for (const text of configTexts(kind, config as JsonValue)) {
    const { faults, compiled } = compileText(text, at, world);
    for (const fault of faults) problems.push({ ...fault, nodeId: node.id, field: [...text.field] });
    if (compiled) fields.push(compiled);
  }
  if (problems.some(({ severity }) => severity === 'error')) return { resolve: null, problems };
  try {
    return { resolve: resolver(config as JsonValue, fields, kind.resolved), problems };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const field = [...error.field];
    const message = `${kind.title} (${field.join('.')}): ${error.message}`;
    problems.push({ code: 'config_invalid', severity: 'error', message, nodeId: node.id, field });
    return { resolve: null, problems };
  }
}

type Fault = Pick<Problem, 'code' | 'severity' | 'message' | 'start' | 'end'>;

function compileText(
  { field, text, as }: ConfigText,
  at: number | undefined,
  world: World | null,
): { faults: Fault[]; compiled: CompiledField | null } {
  if (as === 'javascript') return { faults: checkCode(text, at, world), compiled: null };
  if (!hasExpressions(text)) return { faults: [], compiled: null };
  const template = parseTemplate(text);
  if (template.faults.length > 0) {
    return { faults: template.faults.map((fault) => ({ ...fault, severity: 'error' })), compiled: null };
  }
  const faults =
    world && at !== undefined
      ? template.references.flatMap((reference) => checkReference(reference, at, world))
      : [];
  return { faults, compiled: { field, evaluate: templateClosure(template) } };
}

/** Code may ask for a step that is not there and get undefined: it is warned of, as it is seldom meant. */
function checkCode(source: string, at: number | undefined, world: World | null): Fault[] {
  if (!world || at === undefined) return [];
  return stepNames(source).flatMap((name) => {
    const { fault } = checkStepName(name, at, world);
    return fault ? [{ ...fault, severity: 'warning' as const }] : [];
  });
}

function planOf<K extends KindSpec>(
  document: WorkflowDocument,
  { nodes, edges, incoming, outgoing }: Graph<K>,
  resolvers: ReadonlyMap<string, Resolve>,
): Plan<K> {
  return {
    start: nodes.findIndex(({ kind }) => kind.role === 'start'),
    timeoutMs: document.settings.timeoutMs ?? RUN_TIMEOUT_MS,
    nodes: nodes.map(({ node, kind, config }, index) => ({
      index,
      id: node.id,
      key: node.key,
      kind,
      resolve: resolvers.get(node.id)!,
      incoming: incoming[index]!.map((edge) => ({ from: edges[edge]!.from, handle: edges[edge]!.handle })),
      outgoing: outgoing[index]!.map((edge) => ({ to: edges[edge]!.to, handle: edges[edge]!.handle })),
      timeoutMs: node.settings?.timeoutMs ?? null,
      retry: node.settings?.retry ?? { attempts: 1, backoffMs: 0 },
      onError: node.settings?.onError ?? 'fail',
      disabled: node.settings?.disabled ?? false,
      join: kind.join?.(config) ?? 'all',
      body: null,
      undo: null,
    })),
  };
}
