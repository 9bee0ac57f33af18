import * as z from 'zod';
import type { HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeContext, NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { jsonExcess } from '#lib/workflow/json-excess.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';
import { withMember } from '#lib/workflow/with-member.ts';
import { anthropic } from './ai-model/anthropic.ts';
import { cutOff, providerError, refusesSchema } from './ai-model/failure.ts';
import { openai } from './ai-model/openai.ts';
import {
  type ModelProtocol,
  type ModelQuestion,
  type ModelReply,
  type ModelUsage,
  objectOf,
} from './ai-model/protocol.ts';
import { baseUrlOf, DATA_NOTE, dataSlot, imagesOf, repairWords, schemaNote } from './ai-model/question.ts';

/** As deep as expressions go: what is deeper nobody downstream could write as JSON again. */
const JSON_LIMITS = { depth: 200, values: Number.POSITIVE_INFINITY };

const PROTOCOLS = { openai, anthropic } satisfies Record<string, ModelProtocol>;

const isExpression = z.string().includes('{{', { error: 'a number or {{ an expression }}' });
const temperature = z.number().min(0).max(2);
const maxTokens = z.int().min(1).max(1_000_000);

const config = z.strictObject({
  provider: z
    .enum(['openai', 'anthropic'])
    .default('openai')
    .meta({
      title: 'Provider',
      widget: 'select',
      labels: { openai: 'OpenAI or compatible', anthropic: 'Anthropic' },
    }),
  connection: z.string().min(1).max(64).optional().meta({
    title: 'Connection',
    description: 'The key: a bearer token, or for Anthropic the header x-api-key.',
    widget: 'connection',
    connectionType: 'http',
  }),
  model: z
    .string()
    .min(1, 'name a model')
    .max(500)
    .meta({ title: 'Model', template: true, placeholder: 'gpt-5-mini' }),
  baseUrl: z.string().max(2000).optional().meta({
    title: 'Base URL',
    description:
      'Left out: https://api.openai.com/v1 or https://api.anthropic.com/v1. Ollama: http://localhost:11434/v1.',
    template: true,
    placeholder: 'https://openrouter.ai/api/v1',
  }),
  prompt: z
    .string()
    .min(1, 'say what the model is to do')
    .max(100_000)
    .meta({ title: 'User text', widget: 'textarea', template: true }),
  system: z.string().max(100_000).optional().meta({
    title: 'System text',
    description: 'Who the model is to be, and the rules it keeps.',
    widget: 'textarea',
    template: true,
  }),
  answer: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }).meta({ title: 'Text' }),
      z
        .strictObject({
          type: z.literal('json'),
          schema: z.record(z.string(), z.json()).meta({
            title: 'Schema',
            description:
              'A JSON Schema of an object. An answer that does not fit goes back to the model once.',
            widget: 'schema',
          }),
        })
        .meta({ title: 'JSON that fits a schema' }),
    ])
    .default({ type: 'text' })
    .meta({ title: 'Answer' }),
  data: z.json().optional().meta({
    title: 'Data',
    description:
      'What was not written by you (mails, pages, answers of services). The model sees it between marks, as data and not as instructions.',
    widget: 'json',
    template: true,
    placeholder: '{{ steps.fetch.body }}',
  }),
  images: z
    .array(z.string().min(1).meta({ title: 'Image', template: true, placeholder: '{{ steps.fetch.body }}' }))
    .max(20)
    .default([])
    .meta({ title: 'Images', description: 'Files, or https:// addresses that the provider opens.' }),
  temperature: z.union([temperature, isExpression]).optional().meta({
    title: 'Temperature',
    description: '0 to 2. Left out: the provider’s own. Some models take none.',
    template: true,
    advanced: true,
  }),
  maxTokens: z.union([maxTokens, isExpression]).optional().meta({
    title: 'Longest answer',
    description: 'Tokens. Left out: the provider’s own, 4096 for Anthropic.',
    template: true,
    advanced: true,
  }),
  timeoutMs: z
    .int()
    .min(1000)
    .max(300_000)
    .default(120_000)
    .meta({ title: 'Time limit', description: 'ms for each question to the model.', advanced: true }),
});

const json = z.custom<JsonValue>().optional();
/** A number, also one that an expression left as text; nothing where it left nothing. */
const given = <Schema extends z.ZodType<number, number>>(schema: Schema) =>
  z.preprocess(
    (value) => (value === null || value === '' ? undefined : value),
    z.coerce.number().pipe(schema).optional(),
  );

const resolved = z.object({
  ...config.pick({ provider: true, connection: true, answer: true, timeoutMs: true }).shape,
  baseUrl: json,
  model: json,
  system: json,
  prompt: json,
  data: json,
  images: z.array(json).default([]),
  temperature: given(temperature),
  maxTokens: given(maxTokens),
});

/** Asks a language model. */
export const aiModel: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'ai-model',
  title: 'AI model',
  summary: 'Asks a language model, and takes its answer as text or as data that fits a schema.',
  keywords: [
    'llm',
    'openai',
    'gpt',
    'chatgpt',
    'anthropic',
    'claude',
    'ollama',
    'gemini',
    'mistral',
    'prompt',
    'chat',
    'completion',
    'agent',
  ],
  icon: 'sparkles',
  group: 'do',
  config,
  resolved,
  initial: { provider: 'openai', model: 'gpt-5-mini', prompt: '{{ input.text }}', answer: { type: 'text' } },
  initialKey: 'ask_model',
  needs: ['http', 'files', 'schemas', 'log'],
  example: {
    summary: 'Says what somebody wants who wrote a mail, and how urgent it is.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { mail: { type: 'string' } }, required: ['mail'] },
        },
      },
      sort: {
        config: {
          provider: 'openai',
          model: 'gpt-5-mini',
          system: 'You sort the mail of a shop.',
          prompt: 'What does the sender want, and is it urgent?',
          data: '{{ input.mail }}',
          answer: {
            type: 'json',
            schema: {
              type: 'object',
              properties: { wish: { type: 'string' }, urgent: { type: 'boolean' } },
              required: ['wish', 'urgent'],
              additionalProperties: false,
            },
          },
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [], structured: { value: '{{ steps.sort.json }}' } },
      },
    },
    edges: ['arguments -> sort', 'sort -> answer'],
    input: { mail: 'My order 7 did not arrive, and the party is tomorrow.' },
    world: {
      sort: {
        asked: [
          {
            ask: 'http',
            request: { method: 'POST', url: 'https://api.openai.com/v1/chat/completions' },
            answer: {
              json: {
                model: 'gpt-5-mini',
                choices: [
                  {
                    message: { role: 'assistant', content: '{"wish":"find order 7","urgent":true}' },
                    finish_reason: 'stop',
                  },
                ],
                usage: { prompt_tokens: 120, completion_tokens: 14 },
              },
            },
          },
        ],
      },
    },
    answer: {
      text: '{"wish":"find order 7","urgent":true}',
      structured: { wish: 'find order 7', urgent: true },
    },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ answer }) => outputSchema(answer),
  describe: ({ model, prompt }) => oneLine(`${templateLabel(model)}: ${templateLabel(prompt)}`, 60),
  check: ({ baseUrl = '', answer }) => {
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    if (baseUrl !== '' && !baseUrl.trimStart().startsWith('{{') && !/^\s*https?:\/\//i.test(baseUrl)) {
      problems.push({
        code: 'model_base_url',
        severity: 'error',
        message: 'The address must begin with https:// or http://.',
        field: ['baseUrl'],
      });
    }
    if (answer.type === 'json' && answer.schema['type'] !== 'object') {
      problems.push({
        code: 'model_schema_not_object',
        severity: 'error',
        message: 'Models answer with objects: set "type" to "object", and put a list into a member of it.',
        field: ['answer', 'schema'],
      });
    }
    return problems;
  },
  run: async (context) => {
    const { answer } = context.config;
    const asking = await questionOf(context);
    if (answer.type === 'text') {
      const { reply, usage } = await ask(context, asking, NO_USAGE);
      tell(context, reply, usage);
      if (reply.stopReason === 'length') {
        if (reply.text === '') throw cutOff(reply);
        context.log('warn', 'The answer was cut: the model reached the limit of its length.');
      }
      return { value: { text: reply.text, ...factsOf(reply, usage) } };
    }
    return await askForJson(context, asking, answer.schema);
  },
};

type Context = NodeContext<z.output<typeof resolved>>;

interface Asking {
  protocol: ModelProtocol;
  baseUrl: string;
  question: ModelQuestion;
}

interface Asked {
  /** How it was asked in the end. */
  asking: Asking;
  reply: ModelReply;
  usage: ModelUsage;
}

const NO_USAGE: ModelUsage = { inputTokens: null, outputTokens: null };

async function questionOf(context: Context): Promise<Asking> {
  const { config: given } = context;
  const protocol = PROTOCOLS[given.provider];
  const text = [asText(given.prompt), dataSlot(given.data)].filter((part) => part.trim() !== '').join('\n\n');
  if (text === '') {
    throw new StepError('MODEL_PROMPT', 'There is nothing to ask the model: the user text is empty.', {
      details: { field: ['prompt'] },
    });
  }
  const hasData = given.data !== undefined;
  const question: ModelQuestion = {
    model: asText(given.model).trim(),
    system: [asText(given.system), hasData ? DATA_NOTE : ''].filter(Boolean).join('\n\n'),
    text,
    images: await imagesOf(given.images, context.capabilities.files),
    temperature: given.temperature,
    maxTokens: given.maxTokens,
    schema: given.answer.type === 'json' ? given.answer.schema : null,
    repair: null,
  };
  return { protocol, baseUrl: baseUrlOf(asText(given.baseUrl), protocol), question };
}

async function askForJson(context: Context, asking: Asking, schema: JsonSchema) {
  const first = await ask(context, asking, NO_USAGE);
  let { reply, usage } = first;
  let read = readJson(context, reply, schema);
  if (read.faults) {
    if (reply.stopReason === 'length') {
      tell(context, reply, usage);
      throw cutOff(reply);
    }
    context.log(
      'warn',
      `The answer does not fit its schema, so the model is asked again: ${read.faults.join('; ')}`,
    );
    const question = { ...first.asking.question, repair: { reply, words: repairWords(read.faults) } };
    ({ reply, usage } = await ask(context, { ...first.asking, question }, usage));
    read = readJson(context, reply, schema);
  }
  tell(context, reply, usage);
  if (read.faults) {
    if (reply.stopReason === 'length') throw cutOff(reply);
    throw new StepError(
      'MODEL_JSON',
      `The model’s answer does not fit the schema, even after it was told why: ${oneLine(read.faults.join('; '), 500)}.`,
      { details: { faults: read.faults, answer: read.text.slice(0, 4000), ...factsOf(reply, usage) } },
    );
  }
  return { value: { json: read.value, ...factsOf(reply, usage) } };
}

type Read = { value: JsonValue; faults: null } | { faults: string[]; text: string };

/** The answer as data that fits the schema, or what is wrong with it. */
function readJson({ capabilities }: Context, reply: ModelReply, schema: JsonSchema): Read {
  let value = reply.data;
  // Models like to put JSON into a fence, with or without being asked.
  const text = value === undefined ? reply.text.trim().replace(/^```\w*\s*\n([\s\S]*?)\n?```$/, '$1') : '';
  if (value === undefined) {
    try {
      value = JSON.parse(text) as JsonValue;
    } catch (error) {
      return { faults: [`the answer is not JSON (${(error as Error).message})`], text };
    }
  }
  const excess = jsonExcess(value, JSON_LIMITS);
  const faults = excess ? [`the answer ${excess}`] : capabilities.schemas.check(schema, value);
  return faults ? { faults, text: text || JSON.stringify(value) } : { value, faults: null };
}

/**
 * One question, one answer. A provider that refuses to be told a schema is asked once more with the schema in the
 * text. Throws StepError: `MODEL_ERROR`, `MODEL_REFUSED`, and those of the HTTP capability.
 */
async function ask(context: Context, asking: Asking, before: ModelUsage): Promise<Asked> {
  let used = asking;
  let response = await send(context, used);
  if (refusesSchema(response) && used.question.schema) {
    context.log('info', 'The provider takes no schema: it is told to the model in the text.');
    const { schema, ...question } = used.question;
    const system = [question.system, schemaNote(schema)].filter(Boolean).join('\n\n');
    used = { ...used, question: { ...question, system, schema: null } };
    response = await send(context, used);
  }
  const reply = replyOf(context, response, used);
  const usage = {
    inputTokens: plus(before.inputTokens, reply.usage.inputTokens),
    outputTokens: plus(before.outputTokens, reply.usage.outputTokens),
  };
  if (reply.stopReason === 'refusal') {
    tell(context, reply, usage);
    const words = reply.text === '' ? 'It gave no reason.' : `It said: ${oneLine(reply.text, 300)}`;
    throw new StepError('MODEL_REFUSED', `The model refused to answer. ${words}`, {
      details: { answer: reply.text.slice(0, 4000), ...factsOf(reply, usage) },
    });
  }
  return { asking: used, reply, usage };
}

function send(context: Context, { protocol, baseUrl, question }: Asking): Promise<HttpResponse> {
  const { config: given, capabilities, signal } = context;
  const { schema, system } = question;
  const shown =
    schema && !protocol.showsSchema ? [system, schemaNote(schema)].filter(Boolean).join('\n\n') : system;
  const timeoutMs = Math.min(context.timeoutMs, given.timeoutMs);
  return capabilities.http.request(
    {
      method: 'POST',
      url: `${baseUrl}${protocol.path}`,
      headers: { ...protocol.headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(protocol.body({ ...question, system: shown }, baseUrl)),
      connectionId: given.connection,
      timeoutMs,
      // A model may think for as long as it may take before its first byte.
      quietMs: timeoutMs,
      followRedirects: false,
    },
    signal,
  );
}

function replyOf(
  context: Context,
  response: HttpResponse,
  { protocol, baseUrl, question }: Asking,
): ModelReply {
  const text = new TextDecoder().decode(response.body);
  let body: JsonObject = {};
  try {
    body = objectOf(JSON.parse(text) as JsonValue);
  } catch {
    // Said below, with the beginning of what came instead.
  }
  const host = new URL(baseUrl).host;
  if (response.status !== 200 || (body['error'] ?? null) !== null) {
    throw providerError(response, { body, text, host, now: context.capabilities.now() });
  }
  const reply = protocol.reply(body);
  if (reply) return { ...reply, model: reply.model || question.model };
  throw new StepError(
    'MODEL_ERROR',
    `${host} did not answer in the form of this provider: check the provider and the base URL.`,
    { details: { status: response.status, body: text.slice(0, 2000) } },
  );
}

function factsOf({ model, stopReason }: ModelReply, usage: ModelUsage) {
  return { model, usage: { ...usage }, stopReason };
}

function tell(context: Context, { model }: ModelReply, { inputTokens, outputTokens }: ModelUsage): void {
  const count = (tokens: number | null) => (tokens === null ? 'an untold number of' : String(tokens));
  context.log('info', `${model}: ${count(inputTokens)} tokens read, ${count(outputTokens)} written.`);
}

function plus(one: number | null, other: number | null): number | null {
  return one === null ? other : one + (other ?? 0);
}

function outputSchema(answer: z.output<typeof config>['answer']): JsonSchema {
  const tokens = { type: ['integer', 'null'] };
  const facts: JsonObject = {
    model: { type: 'string' },
    usage: {
      type: 'object',
      properties: { inputTokens: tokens, outputTokens: tokens },
      required: ['inputTokens', 'outputTokens'],
    },
    stopReason: { enum: ['stop', 'length'] },
  };
  const schema: JsonSchema = { type: 'object', properties: facts, required: Object.keys(facts) };
  return answer.type === 'text'
    ? withMember(schema, 'text', { type: 'string' })
    : withMember(schema, 'json', answer.schema);
}
