import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { tokenCost } from '#lib/workflow/token-cost.ts';

/** What a model reads of a result: clients show it the texts or the structured value. */
export interface ResultSize {
  /** Characters of the texts together. */
  text: number;
  /** Characters of the structured value as JSON; null where there is none. */
  structured: number | null;
  /** About what the larger of both costs. */
  tokens: number;
}

/** Measures the result of a tool, a prompt or a resource. */
export function resultSize(result: JsonObject): ResultSize {
  const texts = textsOf(result).join('\n');
  const value = result['structuredContent'];
  const structured = value === undefined ? null : JSON.stringify(value);
  const larger = structured !== null && structured.length > texts.length ? structured : texts;
  return {
    text: textsOf(result).reduce((sum, text) => sum + text.length, 0),
    structured: structured?.length ?? null,
    tokens: tokenCost(larger),
  };
}

function textsOf({ content, contents, messages }: JsonObject): string[] {
  return [...listOf(content), ...listOf(contents), ...listOf(messages)].flatMap((item) => {
    const inner = isJsonObject(item['content']) ? item['content'] : item;
    const text = isJsonObject(inner['resource']) ? inner['resource']['text'] : inner['text'];
    return typeof text === 'string' ? [text] : [];
  });
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
