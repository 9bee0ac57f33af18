import { CALLER_SCHEMA } from './caller.ts';
import type { PathName, Reference } from './expression-reference.ts';
import type { JsonSchema } from './json.ts';
import { type KnownSchemas, schemaSeen } from './known-schemas.ts';
import { nearest } from './nearest.ts';
import { type Place, type Seen, seenFrom } from './place.ts';
import type { Problem } from './problem.ts';
import { mayHaveMethod, memberVerdict } from './schema-path.ts';

/** What references are checked against. */
export interface World {
  known: KnownSchemas;
  /** By key of every step: the key of the container it stands in, and whether it takes another step back. */
  steps: ReadonlyMap<string, { container: string | null; isUndo: boolean }>;
  /** Names of the project's environment values; null when they are not known. */
  env: ReadonlySet<string> | null;
}

type Fault = Pick<Problem, 'code' | 'severity' | 'message' | 'start' | 'end'>;

const RUN: JsonSchema = {
  type: 'object',
  properties: { id: { type: 'string' }, startedAt: { type: 'string' } },
  additionalProperties: false,
};

/** What is wrong with reading this at this place. */
export function checkReference(reference: Reference, place: Place, world: World): Fault[] {
  const { root, path } = reference;
  switch (root) {
    case 'input':
      return checkPath(reference, path, world.known.input);
    case 'run':
      return checkPath(reference, path, RUN);
    case 'caller':
      return checkPath(reference, path, CALLER_SCHEMA);
    case 'env':
      return checkEnv(reference, world.env);
    case 'steps':
      return checkStep(reference, place, world);
  }
}

function checkEnv({ path }: Reference, env: World['env']): Fault[] {
  const [name] = path;
  if (!name || !env || env.has(name.name)) return [];
  const message = `The project has no environment value "${name.name}" yet: set it before publishing.`;
  return [faultAt(name, 'expression_missing_env', message, 'warning')];
}

function checkStep(reference: Reference, place: Place, world: World): Fault[] {
  const [name, ...path] = reference.path;
  if (!name) return [];
  const { fault, seen } = checkStepName(name, place, world);
  if (fault) return [fault];
  const faults = checkPath(reference, path, schemaSeen(seen, world.known));
  const [next] = path;
  if (seen.when === 'maybe' && (next ? !next.optional : reference.method !== null)) {
    const message = `"${name.name}" may not have run when this is read, and then the step fails: write ${name.name}?.${next?.name ?? reference.method}.`;
    faults.push(faultAt(name, 'expression_maybe_skipped', message, 'warning'));
  }
  return faults;
}

type StepVerdict = { fault: Fault; seen: null } | { fault: null; seen: Seen };

/** Whether a step of this name has run before this place, or may have. */
export function checkStepName(
  name: Pick<PathName, 'name' | 'start' | 'end'>,
  place: Place,
  { steps }: World,
): StepVerdict {
  const fault = (code: string, message: string): StepVerdict => ({
    fault: faultAt(name, code, message),
    seen: null,
  });
  const step = steps.get(name.name);
  if (!step) {
    const guess = nearest(name.name, steps.keys());
    const hint = guess ? ` Did you mean ${guess}?` : '';
    return fault('expression_unknown_step', `There is no step "${name.name}".${hint}`);
  }
  const seen = seenFrom(place, name.name);
  if (seen?.when === 'own') {
    return fault('expression_own_step', 'A step cannot read its own value.');
  }
  if (seen?.when === 'certain' || seen?.when === 'maybe') return { fault: null, seen };
  if (step.isUndo) {
    const message = `"${name.name}" takes another step back and runs only for that: its value cannot be read.`;
    return fault('expression_undo_step', message);
  }
  if (!seen && step.container !== null && !isAround(place, step.container)) {
    const message = `"${name.name}" runs inside "${step.container}", once for each item: read what that collects, steps.${step.container}.`;
    return fault('expression_inside', message);
  }
  const message = `"${name.name}" has not run when this is read: it must come before this step.`;
  return fault('expression_not_upstream', message);
}

/** Whether a place is inside the container with this key. */
function isAround({ level }: Place, container: string): boolean {
  for (let { outer } = level; outer; outer = outer.level.outer) {
    if (outer.level.graph.nodes[outer.at]!.node.key === container) return true;
  }
  return false;
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
