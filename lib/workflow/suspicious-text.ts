import type { Contract } from './contract.ts';
import { isJsonObject, type JsonValue } from './json.ts';

/** A text of a definition that somebody has to look at before models read it. */
export interface SuspiciousText {
  /** Where it stands: `description`, `arguments.city.description`. */
  at: string;
  /** What is odd about it. */
  found: string;
}

/**
 * Markup that models take for more than text: tags of HTML, comments, blocks as `<IMPORTANT>`, and fences of prompts. A
 * placeholder as `<city>` is none of these.
 */
const MARKUP: RegExp[] = [
  /<!--/,
  /<\/[A-Za-z][\w:-]{0,40}\s*>/,
  /<(?:script|style|iframe|img|svg|div|span|br|table|form|input|button|object|embed|link|meta|base)(?:\s[^<>]{0,200})?\/?>/i,
  /<[a-z][\w-]{0,20}\s[^<>=]{0,60}=[^<>]{0,200}>/i,
  /<(?:important|system|assistant|user|instructions?|secret|hidden|admin|tool|prompt|rules?|critical|override)(?:[\s:_-][^<>]{0,60})?>/i,
  /<[A-Z][A-Z_]{3,40}>/,
  /<\|[a-z_]{1,30}\|>/,
  /\[\/?(?:INST|SYSTEM|SYS)\]/,
];

/** Words by which a definition speaks to a model about other tools, or asks it to keep something from people. */
const ORDERS: RegExp[] = [
  /\b(?:ignore|disregard|forget) (?:all |any |the )?(?:previous|prior|earlier|above|other) (?:instructions?|rules?|messages?|prompts?)\b/i,
  /\b(?:do not|don't|never) (?:tell|inform|mention|show|reveal)[^.]{0,40}\b(?:user|human|person|people)\b/i,
  /\bbefore (?:using|calling) (?:this|any(?: other)?|other) tools?\b[^.]{0,60}\b(?:read|send|call|include|pass)\b/i,
];

/** All such texts that clients of a workflow are shown, in their order. */
export function suspiciousTexts(contract: Contract): SuspiciousText[] {
  const found: SuspiciousText[] = [];
  const look = (text: string, at: string) => {
    const what = oddIn(text);
    if (what !== null) found.push({ at, found: what });
  };
  look(contract.title, 'title');
  look(contract.description, 'description');
  lookThrough(contract.inputSchema, 'arguments', look);
  if (contract.outputSchema) lookThrough(contract.outputSchema, 'answer', look);
  return found;
}

/** What is odd about a text that models are shown, in a few characters of it; null for nothing. */
export function oddIn(text: string): string | null {
  for (const pattern of [...MARKUP, ...ORDERS]) {
    const match = pattern.exec(text);
    if (match) return match[0].slice(0, 60);
  }
  return null;
}

/** All texts and names of members: a schema is shown to models whole. */
function lookThrough(value: JsonValue, at: string, look: (text: string, at: string) => void): void {
  if (typeof value === 'string') look(value, at);
  else if (Array.isArray(value)) for (const item of value) lookThrough(item, at, look);
  else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === 'pattern') continue;
      const path = name === 'properties' || name === 'items' || name === '$defs' ? at : `${at}.${name}`;
      look(name, path);
      lookThrough(member, path, look);
    }
  }
}
