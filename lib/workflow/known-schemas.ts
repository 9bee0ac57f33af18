import { collectField, lastSteps } from './collect.ts';
import type { Reference } from './expression-reference.ts';
import type { JsonSchema, JsonValue } from './json.ts';
import type { Level } from './levels.ts';
import { type Place, type Seen, seenFrom } from './place.ts';
import { memberVerdict } from './schema-path.ts';
import { hasExpressions, parseTemplate } from './template.ts';
import { valueSchema } from './value-schema.ts';

const ANYTHING: JsonSchema = {};

/** What is known about values without running. */
export interface KnownSchemas {
  /** The arguments. */
  input: JsonSchema;
  /** By body: the item at hand, and what is collected of one. */
  items: Map<Level, JsonSchema>;
  collected: Map<Level, JsonSchema>;
}

/** Reads off the steps what the values of containers look like, in the order in which they come about. */
export function learnSchemas(top: Level): KnownSchemas {
  const start = top.graph.nodes.find(({ kind }) => kind.role === 'start');
  const known: KnownSchemas = {
    input: start?.kind.contractInput?.(start.config) ?? {},
    items: new Map(),
    collected: new Map(),
  };
  learn(top, known);
  return known;
}

/** Calls itself for each level of nesting, of which there are few. */
function learn(level: Level, known: KnownSchemas): void {
  for (const [at, { kind, config }] of level.graph.nodes.entries()) {
    const body = level.bodies.get(at);
    if (!body) continue;
    const { over, itemSchema } = kind.body!;
    const source = over === undefined ? undefined : (config as Record<string, JsonValue>)[over];
    const place: Place = { level, at, as: 'step' };
    // Whatever may be missing is not there while an item is: the container would have failed.
    const list = typeof source === 'string' ? textSchema(source, place, { known, missing: false }) : ANYTHING;
    known.items.set(body, itemSchema(config, list));
    learn(body, known);
    known.collected.set(body, collectedSchema(body, known));
  }
}

/** The value of a step, as it is seen. */
export function schemaSeen(
  { level, position }: Pick<Seen, 'level' | 'position'>,
  known: KnownSchemas,
): JsonSchema {
  const entry = level.graph.nodes[position]!;
  if (position === 0 && level.outer) return known.items.get(level) ?? ANYTHING;
  const { kind, config } = entry;
  const body = level.bodies.get(position);
  if (!body) return valueSchema(entry, kind.outputSchema(config));
  return valueSchema(entry, kind.body!.valueSchema(config, known.collected.get(body) ?? ANYTHING));
}

function collectedSchema(level: Level, known: KnownSchemas): JsonSchema {
  const written = collectField(level);
  const { nodes } = level.graph;
  if (written === null) {
    if (nodes.length === 1) return requiredMember(known.items.get(level) ?? ANYTHING, 'item', ANYTHING);
    const [last, ...others] = lastSteps(level);
    if (last === undefined || others.length > 0 || !level.ran.always(last)) return ANYTHING;
    return schemaSeen({ level, position: last }, known);
  }
  const place: Place = { level, at: 0, as: 'end' };
  return typeof written === 'string' ? textSchema(written, place, { known, missing: true }) : ANYTHING;
}

/** `missing`: whether what may be missing has to be reckoned with. */
interface Manner {
  known: KnownSchemas;
  missing: boolean;
}

/** What a text with expressions becomes, where that is certain: a text, or what a lone path reads. */
function textSchema(text: string, place: Place, manner: Manner): JsonSchema {
  if (!hasExpressions(text)) return { type: 'string' };
  const { parts, faults } = parseTemplate(text);
  if (faults.length > 0) return ANYTHING;
  const meaningful = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  const [only] = meaningful;
  if (meaningful.length > 1 || typeof only !== 'object') return { type: 'string' };
  const [reference] = only.references;
  return only.isPath && reference ? pathSchema(reference, place, manner) : ANYTHING;
}

function pathSchema({ root, path }: Reference, place: Place, { known, missing }: Manner): JsonSchema {
  if (root === 'input') return memberOf(known.input, path, missing);
  const [name, ...rest] = path;
  if (root !== 'steps' || !name) return ANYTHING;
  const seen = seenFrom(place, name.name);
  if (!seen || seen.when === 'own' || seen.when === 'later') return ANYTHING;
  if (missing && seen.when === 'maybe') return ANYTHING;
  return memberOf(schemaSeen(seen, known), rest, missing);
}

function memberOf(root: JsonSchema, path: Reference['path'], missing: boolean): JsonSchema {
  let schema = root;
  for (const { name } of path) {
    if (missing) schema = requiredMember(schema, name, root);
    else {
      const verdict = memberVerdict(schema, name, root);
      schema = verdict.known ? verdict.schema : ANYTHING;
    }
  }
  return schema;
}

function requiredMember(schema: JsonSchema, name: string, root: JsonSchema): JsonSchema {
  const required = schema['required'];
  if (!Array.isArray(required) || !required.includes(name)) return ANYTHING;
  const verdict = memberVerdict(schema, name, root);
  return verdict.known ? verdict.schema : ANYTHING;
}
