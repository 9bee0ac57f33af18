/** What a schema says, in the words and tables of the documentation. */
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export const code = (text: string) => `\`${text}\``;
export const codes = (names: Iterable<string>) => [...names].map(code).join(' ');

/** A row for each field of an object, and for those inside it. `under` is the path they begin with: `body.`. */
export function fieldRows(schema: JsonSchema, under: string): string[][] {
  const required = schema['required'] as string[] | undefined;
  return Object.entries(schema['properties'] as Record<string, JsonSchema>).flatMap(([name, field]) => {
    const path = `${under}${name}`;
    // The constant by which alternatives differ has its row where they begin.
    if ('const' in field) return [];
    const given = field['default'];
    const fallback = required?.includes(name)
      ? 'required'
      : isPlain(given)
        ? code(JSON.stringify(given))
        : '';
    const row = [code(path), valueWords(field), fallback, meaning(field)];
    return [row, ...innerRows(field, path)];
  });
}

function innerRows(field: JsonSchema, path: string): string[][] {
  const inner = field['type'] === 'array' ? (field['items'] as JsonSchema) : field;
  const at = field['type'] === 'array' ? `${path}[]` : path;
  const tagged = alternatives(inner, 'oneOf');
  if (tagged.length > 0) {
    const names = tagged.map(tagOf);
    const tags = [code(`${at}.type`), names.map((name) => code(`"${name}"`)).join(' '), 'required', ''];
    return [tags, ...taggedRows(tagged, `${at}.`)];
  }
  const objects = [inner, ...alternatives(inner, 'anyOf')].filter((schema) => schema['properties']);
  return objects.flatMap((schema) => fieldRows(schema, `${at}.`));
}

/** The fields of all alternatives; one that several share has one row, which names them. */
function taggedRows(tagged: JsonSchema[], path: string): string[][] {
  const rows = tagged.flatMap((schema) =>
    fieldRows(schema, path).map((row) => ({ row, tag: tagOf(schema) })),
  );
  const shared = Map.groupBy(rows, ({ row }) => JSON.stringify(row));
  return [...shared.values()].map((same) => {
    const words = `Of ${same.map(({ tag }) => code(tag)).join(', ')}. `;
    return same[0]!.row.with(-1, `${words}${same[0]!.row.at(-1)}`);
  });
}

function alternatives(schema: JsonSchema, word: 'oneOf' | 'anyOf'): JsonSchema[] {
  return (schema[word] ?? []) as JsonSchema[];
}

function tagOf(schema: JsonSchema): string {
  return (schema['properties'] as { type: { const: string } }).type.const;
}

function isPlain(value: JsonValue | undefined): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value));
}

function valueWords(field: JsonSchema): string {
  const words = plainWords(field);
  return field['template'] === true ? `${words}, with expressions` : words;
}

function plainWords(field: JsonSchema): string {
  const { type, minimum, maximum, widget } = field;
  if (Array.isArray(field['enum']))
    return field['enum'].map((value) => code(JSON.stringify(value))).join(' ');
  if (widget === 'schema') return 'JSON Schema';
  if (widget === 'json') return 'JSON';
  if (widget === 'key-value') return 'texts by name';
  if (widget === 'connection') return 'a connection';
  if (widget === 'knowledge-base') return 'a knowledge base';
  if (type === 'integer') return `whole number, ${grouped(minimum)} to ${grouped(maximum)}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return `list, at most ${field['maxItems']}`;
  if (alternatives(field, 'oneOf').length > 0) return 'one of these';
  const either = alternatives(field, 'anyOf');
  if (either.length > 0) {
    const known = either.map((schema) => (schema['type'] === 'null' ? 'null' : plainWords(schema)));
    return [...new Set(known)].join(' or ');
  }
  if (type === 'string')
    return field['maxLength'] ? `text, at most ${grouped(field['maxLength'])} characters` : 'text';
  return type === 'number' ? 'number' : 'object';
}

function meaning({ title, description, labels }: JsonSchema): string {
  const words = [`*${title}*.`, description ? ` ${description}` : ''];
  if (labels) {
    const known = Object.entries(labels as Record<string, string>);
    words.push(` ${known.map(([value, label]) => `${code(value)} ${label}`).join(', ')}.`);
  }
  return words.join('');
}

export function grouped(value: JsonValue | undefined): string {
  return Number(value).toLocaleString('en');
}
