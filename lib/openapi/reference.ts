import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { ApiFault } from './api.ts';

const MOST_HOPS = 30;
const MOST_FAULTS = 100;

/** Words whose value is data, in which a `$ref` means nothing. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** What a local reference (`#/components/schemas/Pet`) points at; undefined when it leads nowhere or elsewhere. */
export function pointed(root: JsonObject, reference: string): JsonValue | undefined {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let at: JsonValue | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(name)];
    else at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

/** The value itself, or what its chain of references ends at; null when that is no object. */
export function resolved(root: JsonObject, value: JsonValue | undefined): JsonObject | null {
  let at = value;
  for (let hops = 0; isJsonObject(at) && typeof at['$ref'] === 'string'; hops += 1) {
    if (hops >= MOST_HOPS) return null;
    at = pointed(root, at['$ref']);
  }
  return isJsonObject(at) ? at : null;
}

/** `#/paths/~1pets/get` of its parts. */
export function pointer(...parts: string[]): string {
  return `#/${parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
}

interface Link {
  name: string;
  parent: Link | null;
}

/** Every reference that leads out of the document or nowhere, once each. Takes no recursion. */
export function referenceFaults(root: JsonObject): ApiFault[] {
  const faults: ApiFault[] = [];
  const seen = new Set<string>();
  const stack: { value: JsonValue; link: Link | null }[] = [{ value: root, link: null }];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { value, link } = entry;
    if (typeof value !== 'object' || value === null) continue;
    const reference = isJsonObject(value) ? value['$ref'] : undefined;
    if (typeof reference === 'string' && !seen.has(reference)) {
      seen.add(reference);
      const wrong = referenceFault(root, reference);
      if (wrong) faults.push({ severity: 'error', message: wrong, place: placeOf(link) });
      if (faults.length >= MOST_FAULTS) return faults;
    }
    const members = Object.entries(value);
    // The last is looked at first: turned round, faults come in the order of the text.
    for (const [name, member] of members.reverse()) {
      if (DATA.has(name) && link?.name !== 'properties') continue;
      if (typeof member === 'object' && member !== null)
        stack.push({ value: member, link: { name, parent: link } });
    }
  }
  return faults;
}

function referenceFault(root: JsonObject, reference: string): string | null {
  const shown = JSON.stringify(reference.slice(0, 200));
  if (!reference.startsWith('#')) {
    return `The reference ${shown} leads to another document, which is not fetched: bundle both into one.`;
  }
  return pointed(root, reference) === undefined ? `The reference ${shown} leads nowhere.` : null;
}

function placeOf(link: Link | null): string {
  const parts: string[] = [];
  for (let at = link; at; at = at.parent) parts.push(at.name);
  return pointer(...parts.reverse());
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
