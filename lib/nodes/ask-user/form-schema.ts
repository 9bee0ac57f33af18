import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';

const NAME = /^[A-Za-z_][\w.-]{0,63}$/;
const FORMATS = ['email', 'uri', 'date', 'date-time'] as const;

const bound = z.number().optional();
const count = z.int().min(0).optional();

/** One field of a form, as it is drawn on the canvas. */
export const formField = z.strictObject({
  name: z
    .string()
    .regex(NAME, 'a name of letters, digits and _')
    .meta({ title: 'Name', placeholder: 'size', half: true }),
  type: z
    .enum(['text', 'number', 'integer', 'boolean', 'choice', 'choices'])
    .default('text')
    .meta({
      title: 'Type',
      widget: 'select',
      labels: {
        text: 'text',
        number: 'number',
        integer: 'whole number',
        boolean: 'yes or no',
        choice: 'one of several',
        choices: 'any of several',
      },
      half: true,
    }),
  title: z
    .string()
    .optional()
    .meta({ title: 'Label', placeholder: 'Size', description: 'Shown in place of the name.' }),
  description: z.string().optional().meta({ title: 'Description', widget: 'textarea' }),
  required: z.boolean().default(false).meta({ title: 'Required' }),
  default: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
    .optional()
    .meta({
      title: 'Filled in with',
      description: 'For yes or no: yes. For any of several: their values, with commas between.',
      widget: 'text',
      template: true,
      advanced: true,
    }),
  options: z
    .array(
      z.strictObject({
        value: z.string().min(1, 'a value is needed').meta({ title: 'Value', placeholder: 's', half: true }),
        title: z.string().optional().meta({ title: 'Shown as', placeholder: 'Small', half: true }),
      }),
    )
    .max(200)
    .optional()
    .meta({ title: 'Options', showIf: { field: 'type', in: ['choice', 'choices'] } }),
  format: z
    .enum(FORMATS)
    .optional()
    .meta({
      title: 'Format',
      widget: 'select',
      labels: { email: 'e-mail address', uri: 'address', date: 'date', 'date-time': 'date and time' },
      showIf: { field: 'type', in: ['text'] },
    }),
  minLength: count.meta({
    title: 'Shortest',
    half: true,
    advanced: true,
    showIf: { field: 'type', in: ['text'] },
  }),
  maxLength: count.meta({
    title: 'Longest',
    half: true,
    advanced: true,
    showIf: { field: 'type', in: ['text'] },
  }),
  minimum: bound.meta({
    title: 'Least',
    half: true,
    advanced: true,
    showIf: { field: 'type', in: ['number', 'integer'] },
  }),
  maximum: bound.meta({
    title: 'Most',
    half: true,
    advanced: true,
    showIf: { field: 'type', in: ['number', 'integer'] },
  }),
  minItems: count.meta({
    title: 'At least',
    half: true,
    advanced: true,
    showIf: { field: 'type', in: ['choices'] },
  }),
  maxItems: count.meta({
    title: 'At most',
    half: true,
    advanced: true,
    showIf: { field: 'type', in: ['choices'] },
  }),
});

export type FormField = z.output<typeof formField>;

/** The fields after their expressions were evaluated: what is filled in may be any value. */
export const resolvedField = formField.extend({ default: z.custom<JsonValue>().optional() });

/** The schema of a form, as MCP's elicitation allows it. `defaults`: with what is filled in. */
export function formSchema(
  fields: readonly (Omit<FormField, 'default'> & { default?: JsonValue | undefined })[],
  { defaults = true }: { defaults?: boolean } = {},
): JsonSchema {
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => {
        const schema = fieldSchema(field);
        const filled = defaults ? defaultOf(field) : undefined;
        return [field.name, filled === undefined ? schema : { ...schema, default: filled }];
      }),
    ),
    ...(required.length > 0 && { required }),
  };
}

function fieldSchema(field: Omit<FormField, 'default'>): JsonObject {
  const { type, title, description } = field;
  const words = { ...(title && { title }), ...(description && { description }) };
  switch (type) {
    case 'text':
      return { type: 'string', ...words, ...given(field, ['format', 'minLength', 'maxLength']) };
    case 'number':
    case 'integer':
      return { type, ...words, ...given(field, ['minimum', 'maximum']) };
    case 'boolean':
      return { type, ...words };
    case 'choice':
      return { type: 'string', ...words, ...choicesOf(field, 'oneOf') };
    case 'choices':
      return {
        type: 'array',
        ...words,
        ...given(field, ['minItems', 'maxItems']),
        // Without titles the values are text, which has to be said.
        items: isTitled(field) ? choicesOf(field, 'anyOf') : { type: 'string', ...choicesOf(field, 'anyOf') },
      };
  }
}

function isTitled({ options = [] }: Pick<FormField, 'options'>): boolean {
  return options.some(({ title }) => title);
}

/** As values alone, or each with its title: the two forms that clients know. */
function choicesOf(field: Pick<FormField, 'options'>, how: 'oneOf' | 'anyOf'): JsonObject {
  const { options = [] } = field;
  if (!isTitled(field)) return { enum: options.map(({ value }) => value) };
  return { [how]: options.map(({ value, title }) => ({ const: value, title: title || value })) };
}

function given(field: Omit<FormField, 'default'>, names: readonly (keyof typeof field)[]): JsonObject {
  const found: JsonObject = {};
  for (const name of names) if (field[name] !== undefined) found[name] = field[name] as JsonValue;
  return found;
}

/** What is typed into a form is text: as what the field takes, or nothing when it is none. */
function defaultOf(field: {
  type: FormField['type'];
  default?: JsonValue | undefined;
}): JsonValue | undefined {
  const { type, default: filled } = field;
  if (filled === undefined || filled === null || filled === '') return undefined;
  switch (type) {
    case 'text':
    case 'choice':
      return typeof filled === 'object' ? JSON.stringify(filled) : String(filled);
    case 'number':
    case 'integer': {
      const number = Number(filled);
      if (!Number.isFinite(number)) return undefined;
      return type === 'integer' ? Math.round(number) : number;
    }
    case 'boolean':
      return filled === true || filled === 'true' || filled === 'yes';
    case 'choices':
      return (Array.isArray(filled) ? filled : String(filled).split(',')).map((one) => String(one).trim());
  }
}

/**
 * What keeps a schema from being a form that clients can show: one level of text, numbers, yes or no and choices (MCP
 * 2025-11-25, `ElicitRequestFormParams.requestedSchema`). One sentence, or null.
 */
export function schemaProblem(schema: JsonObject): string | null {
  if (schema['type'] !== 'object') return 'A form is an object: set "type" to "object".';
  const properties = schema['properties'];
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) {
    return 'Ask for something: name the fields under "properties".';
  }
  for (const [name, field] of Object.entries(properties)) {
    const fault = isJsonObject(field) ? fieldProblem(field) : 'must be a schema';
    if (fault) return `"${name}" ${fault}.`;
  }
  const { required } = schema;
  if (required === undefined) return null;
  const known =
    Array.isArray(required) &&
    required.every((name) => typeof name === 'string' && Object.hasOwn(properties, name));
  return known ? null : '"required" may name only fields of the form.';
}

function fieldProblem(field: JsonObject): string | null {
  const nested = ['properties', '$ref', 'allOf', 'if', 'not', 'patternProperties'].find(
    (word) => field[word] !== undefined,
  );
  if (nested !== undefined) return `cannot have "${nested}": clients show one level only`;
  switch (field['type']) {
    case 'boolean':
    case 'number':
    case 'integer':
      return null;
    case 'string':
      return stringProblem(field);
    case 'array':
      return arrayProblem(field);
    default:
      return 'must have the type string, number, integer, boolean, or array of choices';
  }
}

function stringProblem(field: JsonObject): string | null {
  const { format, enumNames } = field;
  if (format !== undefined && !FORMATS.some((known) => known === format)) {
    return `can have the format ${FORMATS.join(', ')}, and no other`;
  }
  if (field['enum'] !== undefined && !isTextList(field['enum'])) return 'can offer only texts in "enum"';
  if (enumNames !== undefined && !isTextList(enumNames)) return 'must name its choices by texts';
  return field['oneOf'] === undefined || isTitledList(field['oneOf'])
    ? null
    : 'must offer its choices as { "const": "…", "title": "…" }';
}

function arrayProblem({ items }: JsonObject): string | null {
  if (isJsonObject(items) && (isTextList(items['enum']) || isTitledList(items['anyOf']))) return null;
  return 'must offer choices: "items" with "enum", or with "anyOf" of { "const", "title" }';
}

function isTextList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

function isTitledList(value: JsonValue | undefined): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (one) => isJsonObject(one) && typeof one['const'] === 'string' && typeof one['title'] === 'string',
    )
  );
}
