import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import {
  countOf,
  listOf,
  type ModelImage,
  type ModelProtocol,
  type ModelQuestion,
  objectOf,
  textOf,
} from './protocol.ts';

/**
 * Chat completions as OpenAI defined them, and Ollama, vLLM, OpenRouter, LM Studio and others speak them
 * (https://platform.openai.com/docs/api-reference/chat).
 */
export const openai: ModelProtocol = {
  baseUrl: 'https://api.openai.com/v1',
  path: '/chat/completions',
  headers: {},
  // Not all who take `response_format` heed it: a model that reads the schema fits it more often.
  showsSchema: false,
  body: (question, baseUrl) => {
    const { model, temperature, maxTokens, schema } = question;
    return {
      model,
      messages: messagesOf(question),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { [tokenLimitName(baseUrl)]: maxTokens }),
      ...(schema && {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', schema, strict: isStrict(schema) },
        },
      }),
    };
  },
  reply: (body) => {
    const choice = objectOf(listOf(body['choices'])[0]);
    if (!isMessage(choice['message'])) return null;
    const message = objectOf(choice['message']);
    const refusal = textOf(message['refusal']);
    const finish = choice['finish_reason'];
    const refused = refusal !== '' || finish === 'content_filter';
    const usage = objectOf(body['usage']);
    return {
      text: refusal || contentText(message['content']),
      data: undefined,
      model: textOf(body['model']),
      stopReason: refused ? 'refusal' : finish === 'length' ? 'length' : 'stop',
      usage: {
        inputTokens: countOf(usage['prompt_tokens']),
        outputTokens: countOf(usage['completion_tokens']),
      },
      message: { role: 'assistant', content: contentText(message['content']) },
    };
  },
};

function messagesOf({ system, text, images, repair }: ModelQuestion): JsonValue[] {
  const messages: JsonValue[] = [];
  if (system !== '') messages.push({ role: 'system', content: system });
  // A plain text where there is nothing but text: some servers know no other content.
  const content =
    images.length === 0 ? text : [{ type: 'text', text }, ...images.map((image) => imagePart(image))];
  messages.push({ role: 'user', content });
  if (repair) messages.push(repair.reply.message, { role: 'user', content: repair.words });
  return messages;
}

function imagePart(image: ModelImage): JsonObject {
  const url = 'url' in image ? image.url : `data:${image.mimeType};base64,${image.base64}`;
  return { type: 'image_url', image_url: { url } };
}

/** Whatever else a server calls a message is not an answer, and not an empty one either. */
function isMessage(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const content = value['content'] ?? null;
  return content === null || typeof content === 'string' || Array.isArray(content);
}

/** A text, or a list of parts of which the texts count. */
function contentText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => textOf(objectOf(part)['text']))
    .join('');
}

/** OpenAI's own models refuse `max_tokens`; many other servers know no other name. */
function tokenLimitName(baseUrl: string): string {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  return /(^|\.)openai\.(com|azure\.com)$/.test(host) ? 'max_completion_tokens' : 'max_tokens';
}

/** Words that OpenAI takes in a strict schema; with any other it refuses the call. */
const STRICT_WORDS = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'title',
  'description',
  '$ref',
  '$defs',
]);

/** Whether every object is closed and requires all its members, which is what OpenAI enforces word by word. */
function isStrict(schema: JsonValue | undefined): boolean {
  const { properties, required, additionalProperties, items, anyOf, $defs, ...rest } = objectOf(schema);
  if (!Object.keys(rest).every((word) => STRICT_WORDS.has(word))) return false;
  if (rest['type'] === 'object' || properties !== undefined) {
    const names = Object.keys(objectOf(properties));
    const all = listOf(required);
    if (additionalProperties !== false || !names.every((name) => all.includes(name))) return false;
  }
  const inner = [
    ...Object.values(objectOf(properties)),
    ...Object.values(objectOf($defs)),
    ...listOf(anyOf),
    ...(items === undefined ? [] : [items]),
  ];
  return inner.every(isStrict);
}
