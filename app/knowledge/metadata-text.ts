import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** A line of metadata as it is typed. */
export interface MetadataLine {
  name: string;
  text: string;
}

/** A value as one would type it: texts bare, unless they would be read as something else. */
export function metadataText(value: JsonValue): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return metadataValue(value) === value ? value : JSON.stringify(value);
}

/** What a typed text means: a number, true, false, null, JSON in its brackets or quotes; all else is a text. */
export function metadataValue(text: string): JsonValue {
  const trimmed = text.trim();
  if (/^(-?(0|[1-9]\d{0,14})(\.\d{1,9})?|true|false|null)$/.test(trimmed) || /^["[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as JsonValue;
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}

export function metadataLines(metadata: JsonObject): MetadataLine[] {
  return Object.entries(metadata).map(([name, value]) => ({ name, text: metadataText(value ?? null) }));
}

/** The object of the lines; those without a name are left out. Null where a name stands twice. */
export function metadataOf(lines: readonly MetadataLine[]): JsonObject | null {
  const named = lines.filter(({ name }) => name.trim() !== '');
  const entries = named.map(({ name, text }): [string, JsonValue] => [name.trim(), metadataValue(text)]);
  const metadata = Object.fromEntries(entries);
  return Object.keys(metadata).length === entries.length ? metadata : null;
}
