import type { AnswerSample } from '#app/data/types.ts';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { countFields, inferSchema, widenSchema } from '#lib/workflow/infer-schema.ts';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { misfit } from '#lib/workflow/misfit.ts';

/** What recorded answers say about the form that an Output step promises. */
export interface AnswerForm {
  /** How many recorded answers were looked at. */
  runs: number;
  /** The form that was promised by hand; null where there is none. */
  promised: JsonSchema | null;
  /** Recorded answers that break it, and the first fault of the newest of them. */
  broken: number;
  fault: string | null;
  /** The form to promise: of all that was answered, or the promised one with room for what broke it. */
  proposed: JsonSchema;
  /** How many fields that has. */
  fields: number;
  /** The step's config with that promise. */
  config: WorkflowNode['config'];
}

/** Reads the form off recorded answers; null where none of them is of the form that the step answers with now. */
export function answerForm(
  config: WorkflowNode['config'],
  samples: readonly AnswerSample[],
): AnswerForm | null {
  const source = sourceOf(config);
  if (!source) return null;
  const values = samples
    .map(({ structured, parsed }) => (source.text ? parsed : structured))
    .filter(source.fits);
  if (values.length === 0) return null;
  const { promised } = source;
  const faults = promised ? values.map((value) => misfit(promised, value)) : [];
  const broken = faults.filter((fault) => fault !== null);
  const proposed = promised
    ? widenSchema(promised, values, (schema, value) => misfit(schema, value) !== null)
    : inferSchema(values);
  return {
    runs: values.length,
    promised,
    broken: broken.length,
    fault: broken[0] ?? null,
    proposed,
    fields: countFields(proposed),
    config: { ...config, structured: { value: source.value, schema: proposed } },
  };
}

interface Source {
  /** What the structured answer is made of. */
  value: JsonValue;
  promised: JsonSchema | null;
  /** The answer is a text that is data; it would become the structured answer as well. */
  text: boolean;
  /** Whether a recorded answer is of the form that the step answers with now. */
  fits: (answer: JsonValue) => boolean;
}

function sourceOf({ structured, parts }: WorkflowNode['config']): Source | null {
  if (isJsonObject(structured as JsonValue)) {
    const { value = null, schema } = structured as JsonObject;
    const names = isJsonObject(value) ? Object.keys(value).sort().join('\n') : null;
    return {
      value,
      promised: isJsonObject(schema) ? schema : null,
      text: false,
      fits: (answer) =>
        isJsonObject(answer) && (names === null || Object.keys(answer).sort().join('\n') === names),
    };
  }
  const [part, ...others] = Array.isArray(parts) ? (parts as JsonValue[]) : [];
  if (!isJsonObject(part) || others.length > 0 || part['type'] !== 'text') return null;
  const { text } = part;
  if (typeof text !== 'string' || !ONE_EXPRESSION.test(text.trim())) return null;
  return { value: text.trim(), promised: null, text: true, fits: isJsonObject };
}

/** A text that keeps the type of what it holds. */
const ONE_EXPRESSION = /^\{\{(?:(?!\}\})[\s\S])*\}\}$/;

/** One field of a form, in words. */
export interface FieldLine {
  /** `lines[].qty` */
  path: string;
  /** `whole number`, `text (date-time) or nothing` */
  words: string;
  /** Whether every answer has it. */
  always: boolean;
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  object: 'object',
  array: 'list',
  null: 'nothing',
};

/** The fields of a form, in words, those of objects and lists after them. */
export function fieldLines(schema: JsonSchema, path = '', always = true): FieldLine[] {
  const { properties, items, required } = schema;
  const needed = new Set(Array.isArray(required) ? required : []);
  const own: FieldLine[] = path === '' ? [] : [{ path, words: typeWords(schema), always }];
  const members = isJsonObject(properties) ? Object.entries(properties) : [];
  return [
    ...own,
    ...members.flatMap(([name, member]) =>
      fieldLines(
        isJsonObject(member) ? member : {},
        path === '' ? name : `${path}.${name}`,
        needed.has(name),
      ),
    ),
    // A list of plain values is said in its own line.
    ...(isJsonObject(items) && (isJsonObject(items['properties']) || isJsonObject(items['items']))
      ? fieldLines(items, `${path}[]`).slice(1)
      : []),
  ];
}

function typeWords(schema: JsonSchema): string {
  const { type, format, items } = schema;
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (types.length === 0) return 'anything';
  return types
    .map((one) => {
      const word = WORDS[String(one)] ?? String(one);
      if (one === 'string' && typeof format === 'string') return `${word} (${format})`;
      if (
        one === 'array' &&
        isJsonObject(items) &&
        typeof items['type'] === 'string' &&
        !isJsonObject(items['properties'])
      )
        return `${word} of ${WORDS[items['type']] ?? items['type']}`;
      return word;
    })
    .join(' or ');
}
