import * as z from 'zod';
import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';

/** What every field says about itself. */
interface FieldWords {
  /** Member of the object it stands in; empty for the root and for items of a list. */
  name: string;
  title: string;
  description?: string;
  placeholder?: string;
  required: boolean;
  advanced: boolean;
  /** Stands beside a neighbour that is narrow too. */
  half: boolean;
  /** Every text inside may hold expressions. */
  template: boolean;
  showIf?: { field: string; in: JsonValue[] };
  initial?: JsonValue;
}

/** How a field is drawn; a kind's config and a run's arguments are both made of these. */
export type FieldControl =
  | {
      control: 'text';
      lines: 'one' | 'many';
      mono: boolean;
      numeric: boolean;
      minLength: number;
      format?: string;
    }
  | { control: 'number'; integer: boolean; minimum?: number; maximum?: number }
  | { control: 'boolean' }
  | { control: 'select'; options: Option[] }
  /** Any number of what is offered. */
  | { control: 'choices'; options: Option[] }
  | { control: 'code'; language: 'javascript' | 'json' }
  | { control: 'json' }
  /** Any value whose texts may hold expressions: as one text, as fields, or as JSON. */
  | { control: 'value'; shape: 'any' | 'object' }
  | { control: 'schema' }
  | { control: 'key-value' }
  | { control: 'connection'; type: 'http' | 'postgres' | undefined }
  | { control: 'knowledge-base' }
  | { control: 'workflow' }
  | { control: 'workflow-version' }
  | { control: 'mcp-tool' }
  | { control: 'workflow-arguments' }
  | { control: 'mcp-tool-arguments' }
  /** Not drawn. */
  | { control: 'id' }
  | { control: 'object'; fields: FieldSpec[] }
  | { control: 'list'; item: FieldSpec; minimum: number; maximum?: number }
  | { control: 'variant'; tag: string; variants: Variant[] }
  | { control: 'optional'; content: FieldSpec };

export interface Option {
  value: JsonValue;
  label: string;
}

export interface Variant {
  /** Value of the tag. */
  value: JsonValue;
  title: string;
  /** Without the tag. */
  fields: FieldSpec[];
}

export type FieldSpec = FieldWords & FieldControl;

const cache = new WeakMap<KindSpec, FieldSpec>();

/** The form of a kind's config, read off its schema and the hints in it. */
export function kindFields(kind: KindSpec): FieldSpec {
  const known = cache.get(kind);
  if (known) return known;
  const schema = z.toJSONSchema(kind.config, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const made = schemaFields(schema);
  cache.set(kind, made);
  return made;
}

/**
 * The form of a JSON Schema. What no control is made for (combinations of types, recursive parts) is edited as JSON.
 * The hints of `.meta()` in kind.ts stand beside the standard keywords.
 */
export function schemaFields(schema: JsonSchema): FieldSpec {
  return read(schema, { name: '', required: true, template: false, root: schema, depth: 0 });
}

interface Place {
  name: string;
  required: boolean;
  /** Of the field around it: the hint reaches everything inside. */
  template: boolean;
  root: JsonSchema;
  depth: number;
}

function read(given: JsonSchema, place: Place): FieldSpec {
  const schema = resolved(given, place.root);
  const template = schema['template'] === true || place.template;
  const words: FieldWords = {
    name: place.name,
    title: text(schema['title']) ?? titleOf(place.name),
    description: text(schema['description']),
    placeholder: text(schema['placeholder']),
    required: place.required,
    advanced: schema['advanced'] === true,
    half: schema['half'] === true,
    template,
    showIf: showIf(schema['showIf']),
    initial: schema['default'],
  };
  return { ...words, ...control(schema, { ...place, template }) };
}

function control(schema: JsonSchema, place: Place): FieldControl {
  const widget = schema['widget'];
  switch (widget) {
    case 'json':
      if (!place.template) return { control: 'json' };
      return { control: 'value', shape: schema['type'] === 'object' ? 'object' : 'any' };
    case 'connection': {
      const type = schema['connectionType'];
      return { control: 'connection', type: type === 'http' || type === 'postgres' ? type : undefined };
    }
    case 'text':
      return { control: 'text', lines: 'one', mono: false, numeric: false, minLength: 0 };
    case 'schema':
    case 'key-value':
    case 'knowledge-base':
    case 'workflow':
    case 'workflow-version':
    case 'mcp-tool':
    case 'workflow-arguments':
    case 'mcp-tool-arguments':
    case 'id':
      return { control: widget };
    case 'code':
      return { control: 'code', language: schema['language'] === 'json' ? 'json' : 'javascript' };
  }
  // A recursive schema would draw itself for ever.
  if (place.depth > 8) return { control: 'json' };
  if ('const' in schema)
    return { control: 'select', options: options([schema['const'] ?? null], schema['labels']) };
  const offered = offeredBy(schema);
  if (offered) return { control: 'select', options: offered };
  const either = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(either)) return union(either.filter(isJsonObject), place);
  const types = typeof schema['type'] === 'string' ? [schema['type']] : [];
  switch (types[0]) {
    case 'string':
      return {
        control: 'text',
        lines: widget === 'textarea' ? 'many' : 'one',
        mono: schema['language'] !== undefined,
        numeric: false,
        minLength: number(schema['minLength']) ?? 0,
        format: text(schema['format']),
      };
    case 'number':
    case 'integer':
      return {
        control: 'number',
        integer: types[0] === 'integer',
        minimum: number(schema['minimum']),
        maximum: number(schema['maximum']),
      };
    case 'boolean':
      return { control: 'boolean' };
    case 'array':
      if (!isJsonObject(schema['items'])) return { control: 'json' };
      if (!place.template) {
        const offered = offeredBy(resolved(schema['items'], place.root));
        if (offered) return { control: 'choices', options: offered };
      }
      return {
        control: 'list',
        item: read(schema['items'], { ...place, name: '', required: true, depth: place.depth + 1 }),
        minimum: number(schema['minItems']) ?? 0,
        maximum: number(schema['maxItems']),
      };
    case 'object':
      if (isJsonObject(schema['properties'])) return { control: 'object', fields: members(schema, place) };
      if (isTextSchema(schema['additionalProperties'])) return { control: 'key-value' };
  }
  return { control: 'json' };
}

/** Values that a schema offers one by one, each with its title; undefined for one that does not. */
function offeredBy(schema: JsonSchema): Option[] | undefined {
  if (Array.isArray(schema['enum'])) return options(schema['enum'], schema['labels']);
  const either = schema['oneOf'] ?? schema['anyOf'];
  if (!Array.isArray(either) || either.length === 0) return undefined;
  const offered = either.filter(isJsonObject).flatMap((branch) => {
    const value = branch['const'];
    return value === undefined || 'properties' in branch
      ? []
      : [{ value, label: text(branch['title']) ?? String(value) }];
  });
  return offered.length === either.length ? offered : undefined;
}

/** One of several schemas: something or null, a number or an expression, objects told apart by a tag. */
function union(branches: JsonSchema[], place: Place): FieldControl {
  const real = branches.filter((branch) => branch['type'] !== 'null');
  const [first, ...others] = real;
  if (first && others.length === 0) {
    const content = read(first, { ...place, name: '', required: true });
    return content.control === 'object'
      ? { control: 'optional', content }
      : control(resolved(first, place.root), place);
  }
  if (
    real.every(({ type }) => type === 'number' || type === 'integer' || type === 'string') &&
    place.template
  ) {
    return { control: 'text', lines: 'one', mono: false, numeric: true, minLength: 0 };
  }
  const tag = tagOf(real);
  if (tag === null) return { control: 'json' };
  return {
    control: 'variant',
    tag,
    variants: real.map((branch) => {
      const properties = branch['properties'] as Record<string, JsonSchema>;
      const value = properties[tag]?.['const'] ?? null;
      return {
        value,
        title: text(branch['title']) ?? titleOf(String(value)),
        fields: members(branch, place).filter(({ name }) => name !== tag),
      };
    }),
  };
}

function members(schema: JsonSchema, place: Place): FieldSpec[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(schema['properties'] as Record<string, JsonValue>).map(([name, member]) =>
    read(isJsonObject(member) ? member : {}, {
      ...place,
      name,
      required: required.includes(name),
      depth: place.depth + 1,
    }),
  );
}

/** The member that is a different constant in each branch. */
function tagOf(branches: JsonSchema[]): string | null {
  const [first] = branches;
  if (!first || !isJsonObject(first['properties'])) return null;
  const isTag = (name: string): boolean =>
    branches.every(({ properties }) => {
      const member = isJsonObject(properties) ? properties[name] : undefined;
      return isJsonObject(member) && 'const' in member;
    });
  return Object.keys(first['properties']).find(isTag) ?? null;
}

/** Follows a local reference; the words beside it win over those behind it. */
function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#')) return schema;
  let target: JsonValue | undefined = root;
  for (const part of reference.split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    target = isJsonObject(target) && Object.hasOwn(target, name) ? target[name] : undefined;
  }
  const { $ref: _, ...beside } = schema;
  return isJsonObject(target) && !('$ref' in target) ? { ...target, ...beside } : beside;
}

function options(values: JsonValue[], labels: JsonValue | undefined): { value: JsonValue; label: string }[] {
  return values.map((value) => {
    const key = String(value);
    const label = isJsonObject(labels) && Object.hasOwn(labels, key) ? labels[key] : undefined;
    return { value, label: capitalized(text(label)) ?? key };
  });
}

/** Words at the head of a choice. A value that stands for itself is left as it is. */
function capitalized(words: string | undefined): string | undefined {
  return words && words.charAt(0).toUpperCase() + words.slice(1);
}

function showIf(hint: JsonValue | undefined): { field: string; in: JsonValue[] } | undefined {
  if (!isJsonObject(hint) || typeof hint['field'] !== 'string' || !Array.isArray(hint['in']))
    return undefined;
  return { field: hint['field'], in: hint['in'] };
}

function isTextSchema(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && value['type'] === 'string';
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: JsonValue | undefined): number | undefined {
  // zod writes the bounds of a safe integer, which say nothing to a person.
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** `order_id` → `Order id`, `maxBytes` → `Max bytes`. */
function titleOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
