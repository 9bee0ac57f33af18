import { type BuiltGraph, buildGraph } from './build-graph.ts';
import { checkReference, checkStepName, type World } from './check-reference.ts';
import type { Contract } from './contract.ts';
import { contractOf } from './contract-of.ts';
import type { WorkflowDocument } from './document.ts';
import { readDocument } from './document-shape.ts';
import { ExpressionError } from './expression-error.ts';
import type { GraphNode } from './graph.ts';
import { stepNames } from './javascript-references.ts';
import type { JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';
import { learnSchemas } from './known-schemas.ts';
import { type Place, placesOf } from './place.ts';
import type { Plan } from './plan.ts';
import { type MadeNode, planNodes } from './plan-nodes.ts';
import type { Problem } from './problem.ts';
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
  const world = built.levels && worldOf(read.document, built, options);
  const places = placesOf(built.levels ?? [], built.undo);
  const made = new Map<string, MadeNode>();
  const problems = [...read.problems, ...built.problems];
  for (const entry of built.nodes) {
    const compiled = compileNode(entry, places.get(entry.node.id), world);
    problems.push(...compiled.problems);
    made.set(entry.node.id, compiled);
  }
  const faulty = new Set(problems.filter(({ severity }) => severity === 'error').map(({ nodeId }) => nodeId));
  const face = contractOf(
    read.document,
    built.nodes.filter(({ node }) => !faulty.has(node.id)),
  );
  problems.push(...face.problems);
  const ready = !problems.some(({ severity }) => severity === 'error');
  const [top] = built.levels ?? [];
  if (!ready || !top) return { plan: null, contract: null, problems };
  const plan: Plan<K> = {
    readsCaller: [...made.values()].some(({ readsCaller }) => readsCaller),
    start: top.graph.nodes.findIndex(({ kind }) => kind.role === 'start'),
    timeoutMs: read.document.settings.timeoutMs ?? RUN_TIMEOUT_MS,
    nodes: planNodes(top, made, built),
  };
  return { plan, contract: face.contract, problems };
}

function worldOf(
  { nodes }: WorkflowDocument,
  { levels, undo }: BuiltGraph<KindSpec>,
  { env }: CompileOptions,
): World {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  const undoing = new Set(undo.values());
  return {
    known: learnSchemas(levels![0]!),
    steps: new Map(
      nodes.map(({ id, key, parent }) => {
        const container = (parent !== undefined && keys.get(parent)) || null;
        return [key, { container, isUndo: undoing.has(id) }];
      }),
    ),
    env: env ? new Set(env) : null,
  };
}

/** What gives a node its config, or why there is none. `place` is where it reads, if a run reaches it. */
function compileNode(
  { node, kind, config }: GraphNode,
  place: Place | undefined,
  world: World | null,
): MadeNode {
  const problems: Problem[] = (kind.check?.(config) ?? []).map((problem) => ({
    ...problem,
    nodeId: node.id,
  }));
  const body = place && place.as === 'step' ? place.level.bodies.get(place.at) : undefined;
  const inside: Place | undefined = body && { level: body, at: 0, as: 'end' };
  let readsCaller = false;
  const fields: CompiledField[] = [];
  const collected: CompiledField[] = [];
  for (const text of configTexts(kind, config as JsonValue)) {
    const isCollected = text.field[0] === kind.body?.collect;
    const { faults, compiled, ...read } = compileText(text, isCollected ? inside : place, world);
    readsCaller ||= read.readsCaller;
    for (const fault of faults) problems.push({ ...fault, nodeId: node.id, field: [...text.field] });
    if (compiled) (isCollected ? collected : fields).push(compiled);
  }
  if (problems.some(({ severity }) => severity === 'error'))
    return { resolve: null, collected, problems, readsCaller };
  try {
    return {
      resolve: resolver(config as JsonValue, fields, kind.resolved),
      collected,
      problems,
      readsCaller,
    };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const field = [...error.field];
    const message = `${kind.title} (${field.join('.')}): ${error.message}`;
    problems.push({ code: 'config_invalid', severity: 'error', message, nodeId: node.id, field });
    return { resolve: null, collected, problems, readsCaller };
  }
}

type Fault = Pick<Problem, 'code' | 'severity' | 'message' | 'start' | 'end'>;

function compileText(
  { field, text, as }: ConfigText,
  place: Place | undefined,
  world: World | null,
): { faults: Fault[]; compiled: CompiledField | null; readsCaller: boolean } {
  if (as === 'javascript') {
    return { faults: checkCode(text, place, world), compiled: null, readsCaller: /\bcaller\b/.test(text) };
  }
  if (!hasExpressions(text)) return { faults: [], compiled: null, readsCaller: false };
  const template = parseTemplate(text);
  if (template.faults.length > 0) {
    return {
      faults: template.faults.map((fault) => ({ ...fault, severity: 'error' })),
      compiled: null,
      readsCaller: false,
    };
  }
  const faults =
    world && place ? template.references.flatMap((reference) => checkReference(reference, place, world)) : [];
  const readsCaller = template.references.some(({ root }) => root === 'caller');
  return { faults, compiled: { field, evaluate: templateClosure(template) }, readsCaller };
}

/** Code may ask for a step that is not there and get undefined: it is warned of, as it is seldom meant. */
function checkCode(source: string, place: Place | undefined, world: World | null): Fault[] {
  if (!world || !place) return [];
  return stepNames(source).flatMap((name) => {
    const { fault } = checkStepName(name, place, world);
    return fault ? [{ ...fault, severity: 'warning' as const }] : [];
  });
}
