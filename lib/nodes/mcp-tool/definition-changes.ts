import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { sameJson } from '#lib/workflow/same-json.ts';
import { oneLine } from '#lib/workflow/text.ts';

/** One difference between two definitions of a tool. Undefined: it is not there. */
export interface DefinitionChange {
  /** Where: `inputSchema.properties.city.description`. */
  path: string;
  before: JsonValue | undefined;
  now: JsonValue | undefined;
}

/** What differs between a definition that was accepted and the one of now, in the order in which it is read. */
export function definitionChanges(before: JsonObject, now: JsonObject): DefinitionChange[] {
  const changes: DefinitionChange[] = [];
  compare(before, now, { path: [], changes });
  return changes;
}

/** A difference on one line: `description: "Finds." → "Finds and deletes."`. */
export function changeInWords({ path, before, now }: DefinitionChange): string {
  if (before === undefined) return `${path}: added ${shown(now)}`;
  if (now === undefined) return `${path}: removed ${shown(before)}`;
  return `${path}: ${shown(before)} → ${shown(now)}`;
}

/** Lists and texts are compared whole: where they differ both are shown. */
function compare(
  before: JsonValue | undefined,
  now: JsonValue | undefined,
  at: { path: string[]; changes: DefinitionChange[] },
): void {
  if (isJsonObject(before) && isJsonObject(now) && at.path.length < 64) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const own = (value: JsonObject) => (Object.hasOwn(value, name) ? value[name] : undefined);
      compare(own(before), own(now), { ...at, path: [...at.path, name] });
    }
  } else if (!sameJson(before ?? null, now ?? null)) {
    at.changes.push({ path: at.path.join('.'), before, now });
  }
}

function shown(value: JsonValue | undefined): string {
  return oneLine(JSON.stringify(value ?? null), 300);
}
