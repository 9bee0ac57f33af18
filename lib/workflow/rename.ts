import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { stepNames } from './javascript-references.ts';
import type { JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';
import { referencesOf } from './template.ts';
import { type ConfigText, configTexts, type Field } from './template-fields.ts';

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
  let changed = false;
  const nodes = document.nodes.map((node) => {
    const renamed = renameIn(node, oldKey, newKey, kinds.get(node.kind));
    changed ||= renamed !== node;
    return renamed;
  });
  return changed ? { ...document, nodes } : document;
}

function renameIn(
  node: WorkflowNode,
  oldKey: string,
  newKey: string,
  kind: KindSpec | undefined,
): WorkflowNode {
  let { config } = node;
  for (const text of kind ? configTexts(kind, config) : []) {
    const renamed = renameText(text, oldKey, newKey);
    if (renamed !== text.text) config = replaced(config, text.field, renamed) as WorkflowNode['config'];
  }
  if (node.key === oldKey) return { ...node, key: newKey, config };
  return config === node.config ? node : { ...node, config };
}

function renameText({ text, as }: ConfigText, oldKey: string, newKey: string): string {
  const edits =
    as === 'javascript'
      ? stepNames(text).map((name) => ({
          ...name,
          replacement: name.shorthand ? `${newKey}: ${oldKey}` : newKey,
        }))
      : referencesOf(text)
          .filter(({ root }) => root === 'steps')
          .flatMap(({ path }) => path.slice(0, 1))
          .map((name) => ({ ...name, replacement: newKey }));
  let result = text;
  const wanted = edits.filter(({ name }) => name === oldKey).sort((a, b) => b.start - a.start);
  for (const { start, end, replacement } of wanted) {
    const written = text.slice(start, end);
    // `steps['fetch']` keeps its quotes.
    const quote = /^['"`]/.test(written) ? written[0]! : '';
    result = result.slice(0, start) + quote + replacement + quote + result.slice(end);
  }
  return result;
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
