import type { Contract } from './contract.ts';
import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts';
import { distanceOf } from './nearest.ts';
import { definitionCost } from './token-cost.ts';

/** One piece of advice: what makes a model choose the tool wrongly, call it wrongly, or pay more than it needs to. */
export interface Advice {
  /** Stable identifier, for tests and documentation. */
  code: string;
  /** What is wrong and what to do, in a sentence. */
  message: string;
  /** What it takes from the score. */
  points: number;
  /** Path inside the document (`description`) or the arguments (`arguments`, `city`). */
  field: string[];
}

export interface Lint {
  /** 100 is a definition with which nothing is wrong; never below 0. */
  score: number;
  /** The costliest first. */
  advice: Advice[];
  /** About what the definition costs a model in every conversation. */
  tokens: number;
}

/** What a definition is looked at beside. All of it may be missing. */
export interface LintContext {
  /** Slug of the project: most clients put a server's name before the names of its tools. */
  project?: string;
  /** Names of the project's other tools. */
  others?: readonly string[];
  /** Characters of the answers of recorded runs, in any order. */
  answers?: readonly number[];
}

/**
 * What could be better in the definition of a workflow, for the model that has to choose it and to fill in its
 * arguments. Advises only: what makes a definition unusable is a problem (compile.ts), not advice.
 */
export function lint(contract: Contract, context: LintContext = {}): Lint {
  const advice = RULES.flatMap((rule) => rule(contract, context));
  const lost = advice.reduce((sum, { points }) => sum + points, 0);
  return {
    score: Math.max(0, 100 - lost),
    advice: advice.toSorted((one, other) => other.points - one.points),
    tokens: contract.kind === 'resource' ? 0 : definitionCost(contract),
  };
}

type Rule = (contract: Contract, context: LintContext) => Advice[];

/** Names that say nothing beside the tools of ten other servers. */
const GENERIC = new Set(
  'search find get list fetch query run execute call do create update delete add remove send read write check test process handle tool action helper data info main'.split(
    ' ',
  ),
);
/** Claude Code calls a tool `mcp__server__tool`; model providers take 64 characters. */
const CLAUDE_PREFIX = 'mcp____'.length;
const MAX_PREFIXED = 64;
/** Of the project and the tool together (mcp-proxy#45, fastapi_mcp#64). */
const MAX_CURSOR = 60;
const SHORT_DESCRIPTION = 40;
const LONG_DESCRIPTION = 1024;
/** Words with which a description says when a tool is the right one. */
const WHEN =
  /\b(use|uses|used|when|whenever|for|if|before|after|to|returns?|gives?|answers?|lists?|finds?|looks? up)\b/i;
const MAX_ARGUMENTS = 12;
const MAX_LEVELS = 3;
const DEAR_TOKENS = 800;
const VERY_DEAR_TOKENS = 2000;
/** Past 25,000 tokens Claude Code refuses an answer, or writes it to a file. */
const LARGE_ANSWER = 50_000;
const WRITES =
  /^(create|update|delete|remove|set|add|send|post|put|patch|write|cancel|approve|refund|book|order)_/;
const READS = /^(get|list|find|search|fetch|read|look_up|lookup|show|count|check|describe)_/;
const VAGUE = new Set([
  'data',
  'value',
  'input',
  'param',
  'arg',
  'args',
  'params',
  'payload',
  'obj',
  'object',
  'x',
]);
/** One kind of fault in many arguments takes no more than so many times its points. */
const MAX_TIMES = 4;

const RULES: readonly Rule[] = [
  genericName,
  lookAlike,
  prefixedLength,
  description,
  argumentDescriptions,
  vagueArguments,
  bounds,
  shape,
  hints,
  answer,
  cost,
];

/**
 * ChatGPT searches servers that have two tools of exactly these names, each with one argument: beside the other one the
 * name is no fault.
 */
const SEARCH_PAIR: Record<string, { other: string; argument: string }> = {
  search: { other: 'fetch', argument: 'query' },
  fetch: { other: 'search', argument: 'id' },
};

function genericName({ kind, name, inputSchema }: Contract, { others = [] }: LintContext): Advice[] {
  if (kind !== 'tool' || !GENERIC.has(name)) return [];
  const pair = Object.hasOwn(SEARCH_PAIR, name) ? SEARCH_PAIR[name] : undefined;
  const named = leaves(inputSchema).map(({ path }) => path.join('.'));
  if (pair && others.includes(pair.other) && named.length === 1 && named[0] === pair.argument) return [];
  const message = `"${name}" is a name that tools of other servers have, too: say what of, such as ${name}_orders.`;
  return [{ code: 'name_generic', message, points: 15, field: ['name'] }];
}

function lookAlike({ name }: Contract, { others = [] }: LintContext): Advice[] {
  const twin = others.find((other) => other !== name && alike(other, name));
  if (twin === undefined) return [];
  const message = `"${name}" is easily taken for "${twin}". Give one of them a name that tells them apart.`;
  return [{ code: 'name_alike', message, points: 10, field: ['name'] }];
}

function prefixedLength({ kind, name }: Contract, { project }: LintContext): Advice[] {
  if (kind !== 'tool' || project === undefined) return [];
  const claude = CLAUDE_PREFIX + project.length + name.length;
  const cursor = project.length + name.length;
  if (claude <= MAX_PREFIXED && cursor <= MAX_CURSOR) return [];
  const message = `With the project's name before it, it has ${claude} characters; some clients leave out what has more than ${MAX_PREFIXED}. Shorten it, or add the server under a shorter name.`;
  return [{ code: 'name_long', message, points: 10, field: ['name'] }];
}

function description({ kind, title, description: text }: Contract): Advice[] {
  const said = text.trim();
  const field = ['description'];
  if (said === '') {
    return [{ code: 'description_missing', message: DESCRIBE, points: 40, field }];
  }
  const found: Advice[] = [];
  if (said.length < SHORT_DESCRIPTION || said.toLowerCase() === title.trim().toLowerCase()) {
    found.push({ code: 'description_short', message: DESCRIBE, points: 15, field });
  } else if (kind === 'tool' && !WHEN.test(said)) {
    const message =
      'The description does not say when to use it, or what it answers with. Models choose by that.';
    found.push({ code: 'description_when', message, points: 8, field });
  }
  if (said.length > LONG_DESCRIPTION) {
    const message = `The description has ${said.length} characters; some clients cut it at ${LONG_DESCRIPTION}. What matters belongs first.`;
    found.push({ code: 'description_long', message, points: 5, field });
  }
  return found;
}

const DESCRIBE = 'Describe in a sentence or two what it does, when to use it, and what it answers with.';

function argumentDescriptions(contract: Contract): Advice[] {
  const bare = leaves(contract.inputSchema).filter(({ schema }) => textOf(schema['description']) === '');
  return limited(bare, ({ path }) => ({
    code: 'argument_undescribed',
    message: `Say what "${path.join('.')}" means, and how it is written: models guess what is not said.`,
    points: 6,
    field: ['arguments', ...path],
  }));
}

function vagueArguments(contract: Contract): Advice[] {
  const vague = leaves(contract.inputSchema).filter(({ path }) => VAGUE.has(path.at(-1)!.toLowerCase()));
  return limited(vague, ({ path }) => ({
    code: 'argument_vague',
    message: `"${path.join('.')}" is a name for anything. Name what it holds.`,
    points: 3,
    field: ['arguments', ...path],
  }));
}

function bounds(contract: Contract): Advice[] {
  if (contract.kind !== 'tool') return [];
  const open = leaves(contract.inputSchema).filter(({ schema }) => isOpen(schema));
  return limited(open, ({ path, schema }) => ({
    code: 'argument_open',
    message:
      schema['type'] === 'string'
        ? `"${path.join('.')}" may be any text: choices, a format, a largest length or an example would say which.`
        : `"${path.join('.')}" may be any number: the smallest and the largest would say which.`,
    points: 1,
    field: ['arguments', ...path],
  }));
}

function shape({ inputSchema }: Contract): Advice[] {
  const found: Advice[] = [];
  const all = leaves(inputSchema);
  const field = ['arguments'];
  if (all.length > MAX_ARGUMENTS) {
    const message = `There are ${all.length} arguments. Models leave some out or make them up: more than ${MAX_ARGUMENTS} are better two tools.`;
    found.push({ code: 'arguments_many', message, points: all.length > 2 * MAX_ARGUMENTS ? 10 : 5, field });
  }
  const levels = Math.max(0, ...all.map(({ path }) => path.length));
  if (levels > MAX_LEVELS) {
    const message = `Arguments are nested ${levels} levels deep; models fill in flat ones better.`;
    found.push({ code: 'arguments_deep', message, points: 5, field });
  }
  if (['allOf', 'anyOf', 'oneOf', 'if', 'not'].some((word) => word in inputSchema)) {
    const message =
      'The arguments have a combinator at the root: Anthropic’s and OpenAI’s interfaces refuse such tools. Write the rule into the descriptions, and check it in a step.';
    found.push({ code: 'arguments_combined', message, points: 20, field });
  }
  if (JSON.stringify(inputSchema).includes('"$ref"')) {
    const message =
      'The arguments have references ($ref), which Gemini and some clients do not follow: write the parts out.';
    found.push({ code: 'arguments_referring', message, points: 5, field });
  }
  return found;
}

function hints({ kind, name, annotations: { readOnlyHint, destructiveHint } }: Contract): Advice[] {
  if (kind !== 'tool') return [];
  const field = ['settings', 'annotations'];
  if (readOnlyHint === true && destructiveHint === true) {
    const message = 'It is said to only read, and to destroy. One of the two is wrong.';
    return [{ code: 'hints_contrary', message, points: 10, field }];
  }
  if (readOnlyHint === true && WRITES.test(name)) {
    const message = `It is said to only read, but "${name}" sounds as if it changes something: clients would not ask first.`;
    return [{ code: 'hints_doubtful', message, points: 10, field }];
  }
  if (readOnlyHint === undefined && destructiveHint === undefined) {
    const message = READS.test(name)
      ? 'If it changes nothing, mark it as only reading: clients then call it without asking.'
      : 'Say whether it only reads or may destroy: clients take the worst for granted and ask each time.';
    return [{ code: 'hints_missing', message, points: 5, field }];
  }
  return [];
}

function answer({ kind, outputSchema }: Contract, { answers = [] }: LintContext): Advice[] {
  if (kind !== 'tool') return [];
  const found: Advice[] = [];
  if (!outputSchema) {
    const message =
      'It promises no form for its answer. Clients and programs rely on structured content that is.';
    found.push({ code: 'answer_unpromised', message, points: 3, field: ['answer'] });
  }
  const typical = median(answers);
  if (typical !== null && typical > LARGE_ANSWER) {
    const message = `Its answers have ${typical.toLocaleString('en')} characters as a rule; clients cut or refuse those over ${LARGE_ANSWER.toLocaleString('en')}. Answer with the fields that are needed, or in pages.`;
    found.push({ code: 'answer_large', message, points: 10, field: ['answer'] });
  }
  return found;
}

function cost(contract: Contract): Advice[] {
  if (contract.kind === 'resource') return [];
  const tokens = definitionCost(contract);
  if (tokens <= DEAR_TOKENS) return [];
  const message = `The definition costs about ${tokens.toLocaleString('en')} tokens in every conversation, used or not. Shorten descriptions, or leave out arguments that nobody needs.`;
  return [
    { code: 'definition_dear', message, points: tokens > VERY_DEAR_TOKENS ? 10 : 5, field: ['arguments'] },
  ];
}

interface Leaf {
  path: string[];
  schema: JsonSchema;
}

/** The arguments that hold a value, those within objects too; objects themselves only where nothing is known of them. */
function leaves(schema: JsonSchema, path: string[] = []): Leaf[] {
  const { properties } = schema;
  const named = isJsonObject(properties) ? Object.entries(properties) : [];
  if (named.length === 0) return path.length === 0 ? [] : [{ path, schema }];
  return named.flatMap(([name, inner]) => leaves(isJsonObject(inner) ? inner : {}, [...path, name]));
}

function isOpen(schema: JsonSchema): boolean {
  if (schema['type'] === 'string') {
    return !['enum', 'const', 'format', 'pattern', 'maxLength', 'examples', 'default'].some(
      (word) => word in schema,
    );
  }
  if (schema['type'] !== 'number' && schema['type'] !== 'integer') return false;
  return !['enum', 'const', 'minimum', 'maximum', 'examples', 'default'].some((word) => word in schema);
}

function limited(found: Leaf[], advise: (leaf: Leaf) => Advice): Advice[] {
  return found.slice(0, MAX_TIMES).map(advise);
}

/** Whether two names have the same words, or differ in a letter or two. */
function alike(one: string, other: string): boolean {
  const words = (name: string): string => name.split('_').map(singular).toSorted().join('_');
  return (
    words(one) === words(other) || (Math.min(one.length, other.length) > 4 && distanceOf(one, other) <= 1)
  );
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

function median(values: readonly number[]): number | null {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? null;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}
