import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema, JsonValue } from './json.ts';
import { linearPattern } from './linear-pattern.ts';
import { nearest } from './nearest.ts';
import { type SchemaFault, schemaFaults } from './schema-limits.ts';

/**
 * Checks a value against a compiled JSON Schema; null when it fits, else one sentence per fault. `toMend` is for whoever
 * made the value and can make a better one: the sentences then also say what was given and what there is.
 */
export type Validate = (value: unknown, options?: { toMend: boolean }) => string[] | null;

/** A JSON Schema cannot be used. The message says where and why. */
export class SchemaError extends Error {
  override name = 'SchemaError';
  readonly faults: readonly SchemaFault[];

  constructor(faults: readonly SchemaFault[]) {
    super(
      faults
        .map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
        .join(' '),
    );
    this.faults = faults;
  }
}

/** Longest text that a pattern, and that a format, is tried on, in characters. Both take time with the length. */
const MAX_PATTERN_TEXT = 100_000;
const MAX_FORMAT_TEXT = 10_000;
/** Values whose faults are all told, by characters of JSON; of larger ones the first fault. */
const MAX_TOLD_CHARACTERS = 20_000;
const MAX_TOLD = 10;

/** Only the draft's own schema is ever compiled by it: it holds nothing of anybody's. */
const metaValidator = new Ajv2020({ strict: false, logger: false, validateFormats: false });

/**
 * Why a schema cannot be used: bounds (see `schemaFaults`) and the form of JSON Schema 2020-12. Empty when it can.
 * `names` asks that the names of properties suit clients too, `anchors` allows anchors of definitions.
 */
export function checkSchema(
  schema: JsonSchema,
  options: { names?: boolean; anchors?: boolean } = {},
): SchemaFault[] {
  const faults = schemaFaults(schema, options);
  if (faults.length > 0) return faults;
  const { $schema: _, ...plain } = schema;
  if (metaValidator.validateSchema(plain)) return [];
  return (metaValidator.errors ?? []).slice(0, MAX_TOLD).map((error) => ({
    code: 'schema_invalid',
    message: `This is not JSON Schema: ${error.message}.`,
    path: pathOf(error.instancePath),
  }));
}

/**
 * What validates values against a schema, compiled by an Ajv of its own, so that schemas of different tenants can
 * share nothing. No defaults are filled in and nothing is coerced; only own members count. Throws SchemaError.
 */
export function compileSchema(schema: JsonSchema): Validate {
  const faults = checkSchema(schema, { anchors: true });
  if (faults.length > 0) throw new SchemaError(faults);
  const { $schema: _schema, $id: _id, ...plain } = schema;
  const bounded = withTextBounds(plain) as JsonSchema;
  const fits = compileWith(bounded, false);
  let tellAll: ValidateFunction | undefined;
  return (value, { toMend } = { toMend: false }) => {
    if (fits(value)) return null;
    if (JSON.stringify(value ?? null).length > MAX_TOLD_CHARACTERS) return sentences(fits.errors, toMend);
    // Compiled when somebody first errs: to be told all faults at once saves a model several calls.
    tellAll ??= compileWith(bounded, true);
    tellAll(value);
    return sentences(tellAll.errors ?? fits.errors, toMend);
  };
}

function compileWith(schema: JsonSchema, allErrors: boolean): ValidateFunction {
  const ajv = new Ajv2020({
    strict: false,
    allErrors,
    ownProperties: true,
    verbose: true,
    validateSchema: false,
    meta: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(regularExpression, { code: 'linear' }) },
  });
  formats.default(ajv);
  try {
    return ajv.compile(schema);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SchemaError([
      { code: 'schema_invalid', message: `The schema does not compile: ${message}.`, path: [] },
    ]);
  }
}

/** Ajv keeps engines by their `toString`: without one of its own every pattern would be the first one. */
function regularExpression(pattern: string) {
  const compiled = linearPattern(pattern);
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
}

/** Words of JSON Schema whose members are names, not words. */
const NAMED = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];

/** A copy in which every text that a pattern or a format looks at has a greatest length. */
function withTextBounds(value: JsonValue, areNames = false): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withTextBounds(item));
  if (typeof value !== 'object' || value === null) return value;
  const copy: { [key: string]: JsonValue } = {};
  for (const [name, member] of Object.entries(value)) {
    const isData = !areNames && ['enum', 'const', 'default', 'examples'].includes(name);
    copy[name] = isData ? member : withTextBounds(member, !areNames && NAMED.includes(name));
  }
  if (areNames) return copy;
  const bound = Math.min(
    typeof value['pattern'] === 'string' ? MAX_PATTERN_TEXT : Number.POSITIVE_INFINITY,
    typeof value['format'] === 'string' ? MAX_FORMAT_TEXT : Number.POSITIVE_INFINITY,
    typeof value['maxLength'] === 'number' ? value['maxLength'] : Number.POSITIVE_INFINITY,
  );
  if (Number.isFinite(bound)) copy['maxLength'] = bound;
  return copy;
}

/** `/items/2/price must be number, got string`. */
function sentences(errors: readonly ErrorObject[] | null | undefined, toMend: boolean): string[] {
  const say = (error: ErrorObject) => (toMend ? sentence(error) + hint(error) : sentence(error));
  const told = new Set((errors ?? []).filter(({ keyword }) => keyword !== 'if').map(say));
  const list = [...told].slice(0, MAX_TOLD);
  if (told.size > MAX_TOLD) list.push(`and ${told.size - MAX_TOLD} more`);
  return list.length > 0 ? list : ['the value does not fit the schema'];
}

function sentence({ instancePath, keyword, params, message, data }: ErrorObject): string {
  const place = instancePath === '' ? 'the value' : instancePath;
  switch (keyword) {
    case 'required':
      return `${place === 'the value' ? '' : place}/${params['missingProperty']} is missing`;
    case 'additionalProperties':
      return `${instancePath}/${params['additionalProperty']} is not known`;
    case 'unevaluatedProperties':
      return `${instancePath}/${params['unevaluatedProperty']} is not known`;
    case 'type':
      return `${place} must be ${[params['type']].flat().join(' or ')}, got ${typeOf(data)}`;
    case 'enum':
      return `${place} must be one of ${cut(JSON.stringify(params['allowedValues']).slice(1, -1))}`;
    case 'const':
      return `${place} must be ${cut(JSON.stringify(params['allowedValue']))}`;
    case 'format':
      return `${place} must be a valid ${params['format']}`;
    case 'pattern':
      return `${place} must match the pattern ${cut(String(params['pattern']))}`;
    default:
      return `${place} ${(message ?? 'does not fit').replace('must NOT', 'must not')}`;
  }
}

/** What was given, or what there is instead: for the one who made the value. */
function hint({ keyword, params, data, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'required': {
      const type = parentSchema?.['properties']?.[params['missingProperty']]?.type;
      return type === undefined ? '' : ` (${[type].flat().join(' or ')})`;
    }
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return namesHint(
        params['additionalProperty'] ?? params['unevaluatedProperty'],
        Object.keys(parentSchema?.['properties'] ?? {}),
      );
    case 'type':
      return typeof data === 'object' ? '' : ` ${excerpt(data)}`;
    case 'enum': {
      const values: unknown[] = params['allowedValues'];
      const texts = values.filter((value) => typeof value === 'string');
      const guess = typeof data === 'string' ? nearest(data, texts) : undefined;
      return `, got ${excerpt(data)}${guess === undefined ? '' : `; did you mean ${JSON.stringify(guess)}?`}`;
    }
    default:
      return typeof data === 'object' ? '' : `, got ${excerpt(data)}`;
  }
}

function namesHint(name: string, known: string[]): string {
  const guess = nearest(name, known);
  if (guess !== undefined) return `; did you mean ${guess}?`;
  return known.length > 0 ? `; known are ${cut(known.join(', '))}` : '; nothing is expected here';
}

/** Characters of a value that are told. */
const MAX_EXCERPT = 80;

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT - 1)}…` : text;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
