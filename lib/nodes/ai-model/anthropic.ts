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

/** This API takes no question without a limit. */
const DEFAULT_MAX_TOKENS = 4096;

/** The tool whose arguments are the answer, where data is asked for. */
const ANSWER_TOOL = 'answer';

/** Anthropic's messages (https://docs.anthropic.com/en/api/messages). */
export const anthropic: ModelProtocol = {
  baseUrl: 'https://api.anthropic.com/v1',
  path: '/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  showsSchema: true,
  body: (question) => {
    const { model, system, temperature, maxTokens = DEFAULT_MAX_TOKENS, schema } = question;
    return {
      model,
      max_tokens: maxTokens,
      ...(system !== '' && { system }),
      ...(temperature !== undefined && { temperature }),
      ...(schema && {
        tools: [{ name: ANSWER_TOOL, description: 'Takes your answer.', input_schema: schema }],
        tool_choice: { type: 'tool', name: ANSWER_TOOL, disable_parallel_tool_use: true },
      }),
      messages: messagesOf(question),
    };
  },
  reply: (body) => {
    if (!Array.isArray(body['content'])) return null;
    const blocks = body['content'].map(objectOf);
    const usage = objectOf(body['usage']);
    return {
      text: blocks.map((block) => (block['type'] === 'text' ? textOf(block['text']) : '')).join(''),
      data: answerBlock(blocks)?.['input'],
      model: textOf(body['model']),
      stopReason: stopReasonOf(body['stop_reason']),
      usage: {
        // What came out of the provider's cache was read too, and is paid for.
        inputTokens: sum([
          usage['input_tokens'],
          usage['cache_creation_input_tokens'],
          usage['cache_read_input_tokens'],
        ]),
        outputTokens: countOf(usage['output_tokens']),
      },
      message: { role: 'assistant', content: body['content'] },
    };
  },
};

function messagesOf({ text, images, repair }: ModelQuestion): JsonValue[] {
  const content = [...images.map((image) => imageBlock(image)), { type: 'text', text }];
  const messages: JsonValue[] = [{ role: 'user', content }];
  if (repair) {
    const call = answerBlock(listOf(objectOf(repair.reply.message)['content']).map(objectOf));
    // A call of a tool has to be answered as one.
    const told: JsonObject = call
      ? { type: 'tool_result', tool_use_id: call['id'] ?? '', is_error: true, content: repair.words }
      : { type: 'text', text: repair.words };
    messages.push(repair.reply.message, { role: 'user', content: [told] });
  }
  return messages;
}

function imageBlock(image: ModelImage): JsonObject {
  const source: JsonObject =
    'url' in image
      ? { type: 'url', url: image.url }
      : { type: 'base64', media_type: image.mimeType, data: image.base64 };
  return { type: 'image', source };
}

function answerBlock(blocks: readonly JsonObject[]): JsonObject | undefined {
  return blocks.find((block) => block['type'] === 'tool_use' && block['name'] === ANSWER_TOOL);
}

function stopReasonOf(reason: JsonValue | undefined): 'stop' | 'length' | 'refusal' {
  if (reason === 'refusal') return 'refusal';
  return reason === 'max_tokens' || reason === 'model_context_window_exceeded' ? 'length' : 'stop';
}

function sum(counts: readonly (JsonValue | undefined)[]): number | null {
  const told = counts.filter((count) => typeof count === 'number');
  return told.length === 0 ? null : told.reduce((total, count) => total + count, 0);
}
