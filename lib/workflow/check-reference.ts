import type { PathName, Reference } from './expression-reference.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { JsonSchema } from './json.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { RanBefore } from './ran-before.ts';
import { mayHaveMethod, memberVerdict } from './schema-path.ts';
import { valueSchema } from './value-schema.ts';

/** What references are checked against. */
export interface World {
  graph: Graph;
  ran: RanBefore;
  /** By key: position in the graph, or -1 for a step that never runs. */
  steps: ReadonlyMap<string, number>;
  input: JsonSchema;
  /** Names of the project's environment values; null when they are not known. */
  env: ReadonlySet<string> | null;
}

type Fault = Pick<Problem, 'code' | 'severity' | 'message' | 'start' | 'end'>;

const RUN: JsonSchema = {
  type: 'object',
  properties: { id: { type: 'string' }, startedAt: { type: 'string' } },
  additionalProperties: false,
};

/** What is wrong with reading this at the node at position `at`. */
export function checkReference(reference: Reference, at: number, world: World): Fault[] {
  const { root, path } = reference;
  switch (root) {
    case 'input':
      return checkPath(reference, path, world.input);
    case 'run':
      return checkPath(reference, path, RUN);
    case 'env':
      return checkEnv(reference, world.env);
    case 'steps':
      return checkStep(reference, at, world);
  }
}

function checkEnv({ path }: Reference, env: World['env']): Fault[] {
  const [name] = path;
  if (!name || !env || env.has(name.name)) return [];
  const message = `The project has no environment value "${name.name}" yet: set it before publishing.`;
  return [faultAt(name, 'expression_missing_env', message, 'warning')];
}

function checkStep(reference: Reference, at: number, world: World): Fault[] {
  const [name, ...path] = reference.path;
  if (!name) return [];
  const step = checkStepName(name, at, world);
  if (step.fault) return [step.fault];
  const { node } = step;
  const faults = checkPath(reference, path, valueSchema(node));
  const [next] = path;
  if (!world.ran.certain(step.position, at) && (next ? !next.optional : reference.method !== null)) {
    const message = `"${name.name}" may not have run when this is read, and then the step fails: write ${name.name}?.${next?.name ?? reference.method}.`;
    faults.push(faultAt(name, 'expression_maybe_skipped', message, 'warning'));
  }
  return faults;
}

type StepVerdict = { fault: Fault } | { fault: null; node: GraphNode; position: number };

/** Whether a step of this name has run before the node at position `at`, or may have. */
export function checkStepName(
  name: Pick<PathName, 'name' | 'start' | 'end'>,
  at: number,
  { graph, ran, steps }: World,
): StepVerdict {
  const position = steps.get(name.name);
  if (position === undefined) {
    const guess = nearest(name.name, steps.keys());
    const hint = guess ? ` Did you mean ${guess}?` : '';
    return { fault: faultAt(name, 'expression_unknown_step', `There is no step "${name.name}".${hint}`) };
  }
  if (position === at) {
    return { fault: faultAt(name, 'expression_own_step', 'A step cannot read its own value.') };
  }
  const node = graph.nodes[position];
  if (!node || !ran.precedes(position, at)) {
    const message = `"${name.name}" has not run when this is read: it must come before this step.`;
    return { fault: faultAt(name, 'expression_not_upstream', message) };
  }
  return { fault: null, node, position };
}

function checkPath({ method, start, end }: Reference, path: readonly PathName[], root: JsonSchema): Fault[] {
  let schema = root;
  for (const name of path) {
    const verdict = memberVerdict(schema, name.name, root);
    if (!verdict.known) return [unknownField(name, verdict)];
    schema = verdict.schema;
  }
  if (method === null || mayHaveMethod(schema, method, root)) return [];
  const message = `What is read here has no method ${method}.`;
  return [faultAt({ start, end }, 'expression_unknown_method', message)];
}

function unknownField(
  name: PathName,
  { certain, names, guess }: { certain: boolean; names: string[]; guess: string | undefined },
): Fault {
  const listed = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  const hint = guess ? ` Did you mean ${guess}?` : names.length > 0 ? ` There is: ${listed}.` : '';
  const message = `There is no "${name.name}" here.${hint}`;
  return faultAt(name, 'expression_unknown_field', message, certain ? 'error' : 'warning');
}

function faultAt(
  { start, end }: { start: number; end: number },
  code: string,
  message: string,
  severity: Problem['severity'] = 'error',
): Fault {
  return { code, severity, message, start, end };
}
