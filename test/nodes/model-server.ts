import { buffer } from 'node:stream/consumers';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { serve } from '../egress/local-server.ts';

/** What the model says next: a text, data for the answer tool, or an HTTP answer as it is; `hang` never answers. */
export type Said =
  | { text: string; stop?: 'length' | 'refusal'; usage?: null }
  | { data: JsonValue }
  | { status: number; headers?: Record<string, string>; body?: JsonValue }
  | 'hang';

export interface Asked {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: JsonObject;
}

/** A model server for one test that speaks OpenAI's and Anthropic's protocol. It gives its answers in turn. */
export async function modelServer(...answers: Said[]) {
  const asked: Asked[] = [];
  let hanging = 0;
  const url = await serve(async (request, response) => {
    const body = JSON.parse((await buffer(request)).toString()) as JsonObject;
    asked.push({ path: request.url ?? '', headers: request.headers, body });
    const said: Said = answers.shift() ?? {
      status: 500,
      body: { error: { message: 'nothing more to say' } },
    };
    if (said === 'hang') {
      hanging += 1;
      response.on('close', () => {
        hanging -= 1;
      });
      return;
    }
    const isAnthropic = request.url?.endsWith('/messages');
    const { status, headers = {} } = 'status' in said ? said : { status: 200 };
    const answer = 'status' in said ? (said.body ?? {}) : isAnthropic ? messages(said) : completion(said);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(answer));
  });
  return { url, asked, hanging: () => hanging };
}

type Spoken = Extract<Said, { text: string } | { data: JsonValue }>;

function completion(said: Spoken): JsonObject {
  const content = 'text' in said ? said.text : JSON.stringify(said.data);
  const stop = 'text' in said ? said.stop : undefined;
  const message: JsonObject =
    stop === 'refusal'
      ? { role: 'assistant', content: null, refusal: content }
      : { role: 'assistant', content, refusal: null };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-test-1',
    choices: [{ index: 0, message, finish_reason: stop === 'length' ? 'length' : 'stop' }],
    ...(!('usage' in said) && { usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 } }),
  };
}

function messages(said: Spoken): JsonObject {
  const stop = 'text' in said ? said.stop : undefined;
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test-1',
    content:
      'text' in said
        ? [{ type: 'text', text: said.text }]
        : [{ type: 'tool_use', id: 'toolu_1', name: 'answer', input: said.data }],
    stop_reason:
      stop === 'length'
        ? 'max_tokens'
        : stop === 'refusal'
          ? 'refusal'
          : 'data' in said
            ? 'tool_use'
            : 'end_turn',
    usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 4 },
  };
}
