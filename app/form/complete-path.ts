import { CALLER_SCHEMA } from '#lib/workflow/caller.ts';
import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { memberAccess } from './json-path.ts';
import type { FormScope, Sample } from './scope.ts';

/** A name that may follow. */
export interface PathOption {
  name: string;
  /** What replaces the text from `from` on, where it is not the name itself: `["x-id"]`. */
  insert?: string;
  /** `string`, `list of object` … */
  type: string;
  /** What it is, or its value in the last run. */
  note?: string;
}

export interface PathCompletion {
  /** Character of the text from which an option replaces it. */
  from: number;
  options: PathOption[];
  /** Type of what stands before the dot: decides which methods there are. */
  owner: 'list' | 'text' | 'number' | 'object' | 'unknown' | null;
}

const PATH = /(?:^|[^\w$.\])])((?:[A-Za-z_$][\w$]*)(?:\?\.\[?|\.|\[\d+\]|\["(?:[^"\\]|\\.)*"\]|[\w$]+)*)$/;

/** What may be written at the end of `text`, an expression up to the cursor. Null where no name can stand. */
export function completePath(text: string, scope: FormScope, sample: Sample | null): PathCompletion | null {
  const match = PATH.exec(text);
  if (!match) {
    return /(?:^|[\s(,[{:?!&|+\-*/%<>=])$/.test(text)
      ? { from: text.length, options: roots(), owner: null }
      : null;
  }
  const path = match[1]!;
  const dot = /(\?\.|\.)([\w$]*)$/.exec(path);
  if (!dot)
    return /[\]]$/.test(path) ? null : { from: text.length - path.length, options: roots(), owner: null };
  const names = namesOf(path.slice(0, dot.index));
  const place = find(names, scope, sample);
  if (!place) return null;
  const from = text.length - dot[2]!.length;
  const options = place.members.map((option): PathOption => {
    const access = memberAccess(option.name);
    // `["x-id"]` takes the dot's place; from there the editor has to replace one character more.
    return access.startsWith('.') ? option : { ...option, insert: access };
  });
  return { from, options, owner: place.owner };
}

function roots(): PathOption[] {
  return [
    { name: 'input', type: 'object', note: 'Arguments of the call' },
    { name: 'steps', type: 'object', note: 'Values of finished steps' },
    { name: 'env', type: 'object', note: 'Environment values of the project' },
    { name: 'run', type: 'object', note: 'This run' },
    { name: 'caller', type: 'object', note: 'Who calls' },
  ];
}

function namesOf(path: string): (string | number)[] {
  return [...path.matchAll(/[A-Za-z_$][\w$]*|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([name, index, quoted]) =>
      index !== undefined ? Number(index) : quoted !== undefined ? (JSON.parse(quoted) as string) : name,
  );
}

interface Place {
  members: PathOption[];
  owner: NonNullable<PathCompletion['owner']>;
}

function find([root, ...rest]: (string | number)[], scope: FormScope, sample: Sample | null): Place | null {
  switch (root) {
    case 'input':
      return membersAt({ schema: scope.input, value: sample?.input }, rest);
    case 'env':
      if (rest.length > 0) return membersAt({ schema: { type: 'string' }, value: undefined }, []);
      return {
        members: scope.env.map((name) => ({ name, type: 'string', note: sample?.env?.[name] })),
        owner: 'object',
      };
    case 'caller':
      return membersAt({ schema: CALLER_SCHEMA, value: undefined }, rest);
    case 'run': {
      if (rest.length > 0) return membersAt({ schema: { type: 'string' }, value: undefined }, []);
      const members = [
        { name: 'id', type: 'string', note: 'Names the run' },
        { name: 'startedAt', type: 'string', note: 'ISO date and time' },
      ];
      return { members, owner: 'object' };
    }
    case 'steps': {
      const [key, ...path] = rest;
      if (key === undefined) {
        const members = scope.steps.map((step) => ({
          name: step.key,
          type: typeWord(step.schema, sample?.steps[step.key]),
          note: step.title,
        }));
        return { members, owner: 'object' };
      }
      const step = scope.steps.find((given) => given.key === key);
      const value = sample && Object.hasOwn(sample.steps, key) ? sample.steps[key] : undefined;
      return membersAt({ schema: step?.schema ?? {}, value }, path);
    }
    default:
      return null;
  }
}

interface Known {
  schema: JsonSchema;
  value: JsonValue | undefined;
}

function membersAt(known: Known, path: (string | number)[]): Place {
  const at = path.reduce<Known>(inside, known);
  const properties = isJsonObject(at.schema['properties']) ? at.schema['properties'] : {};
  const values = isJsonObject(at.value) ? at.value : {};
  const names = new Set([...Object.keys(properties), ...Object.keys(values)]);
  const members = [...names].map((name): PathOption => {
    const { schema, value } = inside(at, name);
    const described = typeof schema['description'] === 'string' ? schema['description'] : undefined;
    return { name, type: typeWord(schema, value), note: value === undefined ? described : short(value) };
  });
  const owner = ownerWord(at);
  if (owner === 'list' || owner === 'text') members.push({ name: 'length', type: 'number' });
  return { members, owner };
}

function inside({ schema, value }: Known, step: string | number): Known {
  if (typeof step === 'number') {
    const { items } = schema;
    return {
      schema: isJsonObject(items) ? items : {},
      value: Array.isArray(value) ? value[step] : undefined,
    };
  }
  const properties = schema['properties'];
  const member = isJsonObject(properties) && Object.hasOwn(properties, step) ? properties[step] : undefined;
  const rest = schema['additionalProperties'];
  return {
    schema: isJsonObject(member) ? member : isJsonObject(rest) ? rest : {},
    value: isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined,
  };
}

function ownerWord({ schema, value }: Known): Place['owner'] {
  const type = typeWord(schema, value);
  if (type.startsWith('list')) return 'list';
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'object' ? 'object' : 'unknown';
}

function typeWord(schema: JsonSchema, value: JsonValue | undefined): string {
  const { type } = schema;
  if (type === 'array' || Array.isArray(value)) return 'list';
  if (typeof type === 'string') return type;
  if (value === undefined) return 'any';
  return value === null ? 'null' : typeof value;
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}
