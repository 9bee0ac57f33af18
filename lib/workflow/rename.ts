import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { inputNames, stepNames } from './javascript-references.ts';
import type { JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';
import { referencesOf } from './template.ts';
import { type ConfigText, configTexts, type Field } from './template-fields.ts';

/** A place in a text where a name stands: an identifier, or a text in quotes. */
interface NamePlace {
  name: string;
  start: number;
  end: number;
  /** `{ fetch }` of a destructuring, where the name is that of a variable too. */
  shorthand?: boolean;
}

/** Where a text names what is to be renamed. */
type FindNames = (text: ConfigText) => NamePlace[];

/**
 * The document with a node's key changed, and with it every expression and every line of code that names it; the
 * given one is left as it is. What does not parse is not touched. Answers the same document when nothing changes.
 */
export function renameKey(
  document: WorkflowDocument,
  oldKey: string,
  newKey: string,
  kinds: ReadonlyMap<string, KindSpec>,
): WorkflowDocument {
  if (oldKey === newKey) return document;
  const find: FindNames = ({ text, as }) =>
    as === 'javascript'
      ? stepNames(text)
      : referencesOf(text)
          .filter(({ root }) => root === 'steps')
          .flatMap(({ path }) => path.slice(0, 1));
  return withNodes(document, (node) => {
    const renamed = renameIn(node, { find, from: oldKey, to: newKey }, kinds);
    return node.key === oldKey ? { ...renamed, key: newKey } : renamed;
  });
}

/**
 * The document after an argument got another name: every expression and every line of code that reads it, by `input` or
 * as the value of the start, and what is said about arguments elsewhere (completions, the URI of a resource). The
 * schema itself has the new name already.
 */
export function renameArgument(
  document: WorkflowDocument,
  from: string,
  to: string,
  kinds: ReadonlyMap<string, KindSpec>,
): WorkflowDocument {
  if (from === to) return document;
  const start = document.nodes.find((node) => kinds.get(node.kind)?.role === 'start')?.key;
  const find: FindNames = ({ text, as }) =>
    as === 'javascript'
      ? inputNames(text)
      : referencesOf(text).flatMap(({ root, path }) => {
          if (root === 'input') return path.slice(0, 1);
          return root === 'steps' && path[0]?.name === start ? path.slice(1, 2) : [];
        });
  const renamed = withNodes(document, (node) => renameIn(node, { find, from, to }, kinds));
  const settings = renameInSettings(renamed.settings, from, to);
  return settings === renamed.settings ? renamed : { ...renamed, settings };
}

function withNodes(
  document: WorkflowDocument,
  change: (node: WorkflowNode) => WorkflowNode,
): WorkflowDocument {
  const nodes = document.nodes.map(change);
  return nodes.some((node, index) => node !== document.nodes[index]) ? { ...document, nodes } : document;
}

interface Renaming {
  find: FindNames;
  from: string;
  to: string;
}

function renameIn(
  node: WorkflowNode,
  renaming: Renaming,
  kinds: ReadonlyMap<string, KindSpec>,
): WorkflowNode {
  const kind = kinds.get(node.kind);
  let { config } = node;
  for (const text of kind ? configTexts(kind, config) : []) {
    const renamed = renameText(text, renaming);
    if (renamed !== text.text) config = replaced(config, text.field, renamed) as WorkflowNode['config'];
  }
  return config === node.config ? node : { ...node, config };
}

function renameText(found: ConfigText, { find, from, to }: Renaming): string {
  let result = found.text;
  const places = find(found).filter(({ name }) => name === from);
  for (const place of places.toSorted((a, b) => b.start - a.start)) {
    const { start, end, replacement } = replacementAt(found.text, place, to);
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  return result;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** How a name is written in the place of another one, and what of the text gives way to it. */
function replacementAt(
  text: string,
  { name, start, end, shorthand }: NamePlace,
  to: string,
): { start: number; end: number; replacement: string } {
  const written = text.slice(start, end);
  // `steps['fetch']` keeps its quotes.
  const quote = /^['"`]/.test(written) ? written[0]! : '';
  if (quote) return { start, end, replacement: quoted(to, quote) };
  const plain = IDENTIFIER.test(to);
  if (shorthand) return { start, end, replacement: `${plain ? to : quoted(to, "'")}: ${name}` };
  if (plain) return { start, end, replacement: to };
  // `input.order` becomes `input['order-id']`, and a name in a pattern a text.
  const access = /(\?)?\.\s*$/.exec(text.slice(0, start));
  if (!access) return { start, end, replacement: quoted(to, "'") };
  return { start: access.index, end, replacement: `${access[1] ? '?.' : ''}[${quoted(to, "'")}]` };
}

function quoted(text: string, quote: string): string {
  return (
    quote + text.replace(/[\\'"`]/g, (sign) => (sign === '\\' || sign === quote ? `\\${sign}` : sign)) + quote
  );
}

function renameInSettings(
  settings: WorkflowDocument['settings'],
  from: string,
  to: string,
): WorkflowDocument['settings'] {
  let next = settings;
  const { completions, resource } = settings;
  if (completions && Object.hasOwn(completions, from)) {
    const entries = Object.entries(completions).map(([name, values]) => [name === from ? to : name, values]);
    next = { ...next, completions: Object.fromEntries(entries) };
  }
  const uri = resource && renameVariable(resource.uri, from, to);
  return resource && uri !== undefined && uri !== resource.uri
    ? { ...next, resource: { ...resource, uri } }
    : next;
}

/** The variables of a URI template; one cannot have a name with other signs, and is then left to whoever wrote it. */
function renameVariable(uri: string, from: string, to: string): string {
  if (!/^\w+$/.test(to)) return uri;
  return uri.replace(/\{([+#./;?&]?)([^{}]*)\}/g, (_, operator: string, list: string) => {
    const names = list.split(',').map((name) => {
      const [bare = '', rest = ''] = [/^[^:*]*/.exec(name)?.[0], /[:*].*$/.exec(name)?.[0]];
      return bare === from ? to + rest : name;
    });
    return `{${operator}${names.join(',')}}`;
  });
}

/** A copy with another text at this place; what does not lie on the way to it is shared. */
function replaced(value: JsonValue, [name, ...rest]: Field, text: string): JsonValue {
  if (name === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === name ? replaced(item, rest, text) : item));
  }
  const object = value as { [key: string]: JsonValue };
  return { ...object, [name]: replaced(object[name]!, rest, text) };
}
