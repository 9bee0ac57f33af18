import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeContext, NodeKind } from '#lib/engine/kind.ts';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';
import { withMember } from '#lib/workflow/with-member.ts';
import { argumentFaults } from './mcp-tool/argument-faults.ts';
import { changeInWords, definitionChanges } from './mcp-tool/definition-changes.ts';

const config = z.strictObject({
  url: z.string().min(1, 'an address is needed').max(2000).meta({
    title: 'Server',
    description: 'The address of the server’s Streamable HTTP endpoint.',
    placeholder: 'https://mcp.example.com/mcp',
  }),
  connection: z.string().min(1).max(64).optional().meta({
    title: 'Connection',
    description: 'Stored credentials; sent only to the hosts the connection names.',
    widget: 'connection',
    connectionType: 'http',
  }),
  tool: z
    .strictObject({
      name: z.string().min(1).max(500),
      definition: z.record(z.string(), z.json()),
      hash: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal'),
    })
    .nullable()
    .default(null)
    .meta({
      title: 'Tool',
      description: 'Called only as long as its definition is the one that was chosen.',
      widget: 'mcp-tool',
    }),
  arguments: z.record(z.string(), z.json()).default({}).meta({
    title: 'Arguments',
    widget: 'mcp-tool-arguments',
    template: true,
  }),
  onToolError: z
    .enum(['fail', 'pass'])
    .default('fail')
    .meta({
      title: 'When the tool reports an error',
      widget: 'select',
      labels: { fail: 'fails the step', pass: 'is passed on' },
      advanced: true,
    }),
  timeoutMs: z
    .int()
    .min(1000)
    .max(300_000)
    .default(60_000)
    .meta({ title: 'Time limit', description: 'ms, connecting included.', advanced: true }),
});

const resolved = z.object({
  ...config.omit({ arguments: true }).shape,
  arguments: z.record(z.string(), z.custom<JsonValue>()),
});

/** Calls a tool of another MCP server, as long as it is the tool that was chosen. */
export const mcpTool: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'mcp-tool',
  title: 'Call MCP tool',
  summary: 'Calls a tool of another MCP server, whose definition was looked at and pinned.',
  keywords: ['remote', 'server', 'client', 'model context protocol'],
  icon: 'plug',
  group: 'do',
  config,
  resolved,
  initial: { url: 'https://mcp.example.com/mcp', tool: null, arguments: {} },
  initialKey: 'call_tool',
  needs: ['mcp', 'schemas'],
  example: {
    summary: 'Asks the server of a parcel service where a parcel is.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { parcel: { type: 'string' } }, required: ['parcel'] },
        },
      },
      track: {
        config: {
          url: 'https://parcels.example.com/mcp',
          tool: {
            name: 'track',
            definition: {
              name: 'track',
              description: 'Says where a parcel is.',
              inputSchema: {
                type: 'object',
                properties: { number: { type: 'string' } },
                required: ['number'],
                additionalProperties: false,
              },
            },
            hash: '80e4d0c7e88993628ac9898d8f3766eda1736484d6795a273a1ce09c5900f5ac',
          },
          arguments: { number: '{{ input.parcel }}' },
        },
      },
      answer: { kind: 'output', config: { parts: [{ type: 'text', text: '{{ steps.track.text }}' }] } },
    },
    edges: ['arguments -> track', 'track -> answer'],
    input: { parcel: 'P-7' },
    world: {
      track: {
        asked: [
          {
            ask: 'mcp',
            request: { url: 'https://parcels.example.com/mcp', tool: 'track', arguments: { number: 'P-7' } },
            answer: { content: [{ type: 'text', text: 'P-7 is on its way to Bonn.' }], isError: false },
          },
        ],
      },
    },
    answer: { text: 'P-7 is on its way to Bonn.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ tool, onToolError }) => {
    // What a tool leaves that reports an error need not be what it promised.
    const promised = onToolError === 'fail' ? tool?.definition['outputSchema'] : undefined;
    const schema: JsonSchema = {
      type: 'object',
      properties: {
        text: { type: 'string' },
        content: { type: 'array', items: { type: 'object' } },
        isError: { type: 'boolean' },
      },
      required: ['text', 'content', 'isError'],
    };
    return withMember(schema, 'structured', isJsonObject(promised) ? promised : {});
  },
  describe: ({ url, tool }) => {
    const host = URL.parse(url)?.host ?? url;
    return oneLine(tool ? `${tool.name} at ${host}` : `a tool of ${host}`, 60);
  },
  check: ({ url, tool, arguments: given }) => {
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    if (!/^https?:\/\//i.test(url.trim())) {
      problems.push({
        code: 'mcp_url',
        severity: 'error',
        message: 'The address must begin with https:// or http://.',
        field: ['url'],
      });
    }
    if (!tool) {
      problems.push({
        code: 'mcp_tool_not_chosen',
        severity: 'error',
        message: 'Choose a tool of the server.',
        field: ['tool'],
      });
      return problems;
    }
    for (const { name, message } of argumentFaults(inputSchemaOf(tool.definition), given)) {
      problems.push({
        code: 'mcp_argument',
        severity: 'error',
        message,
        field: name === null ? ['arguments'] : ['arguments', name],
      });
    }
    return problems;
  },
  run: async (context) => {
    const { config: given, capabilities, signal } = context;
    const { tool } = given;
    if (!tool) throw new StepError('MCP_TOOL_MISSING', 'No tool was chosen for this step. Choose one.');
    checkArguments(context, inputSchemaOf(tool.definition));
    const { content, structured, isError } = await capabilities.mcp
      .call(
        {
          url: given.url.trim(),
          connectionId: given.connection,
          tool: { name: tool.name, hash: tool.hash },
          arguments: given.arguments,
          timeoutMs: Math.min(context.timeoutMs, given.timeoutMs),
        },
        signal,
      )
      .catch((error: unknown) => {
        throw withChanges(error, tool.definition);
      });
    const text = textOf(content);
    if (isError && given.onToolError === 'fail') {
      const words = text === '' ? 'It gave no reason.' : oneLine(text, 1000);
      throw new StepError('MCP_TOOL_ERROR', `The tool "${tool.name}" reported an error: ${words}`, {
        details: { content },
      });
    }
    return { value: { text, structured: structured ?? null, content, isError } };
  },
};

type Context = NodeContext<z.output<typeof resolved>>;

/** The whole check, by the pinned schema: sooner than the other side's, and with words for a model. */
function checkArguments({ config: given, capabilities }: Context, schema: JsonSchema): void {
  let faults: string[] | null;
  try {
    faults = capabilities.schemas.check(schema, given.arguments);
  } catch (error) {
    // A schema of somebody else's that is not understood here is for them to check.
    if (error instanceof StepError && error.code === 'SCHEMA_INVALID') return;
    throw error;
  }
  if (!faults) return;
  throw new StepError(
    'MCP_ARGUMENTS',
    `The arguments do not fit the tool: ${oneLine(faults.join('; '), 1000)}.`,
    {
      details: { field: ['arguments'], faults },
    },
  );
}

/** The same failure, with what has changed since the tool was chosen. */
function withChanges(error: unknown, pinned: JsonObject): unknown {
  if (!(error instanceof StepError) || error.code !== 'MCP_DEFINITION_CHANGED') return error;
  const { definition } = error.details;
  const changes = definitionChanges(pinned, isJsonObject(definition) ? definition : {}).map(changeInWords);
  return new StepError(error.code, error.message, { details: { ...error.details, changes }, cause: error });
}

/** All that is to be read, also in embedded resources. */
function textOf(content: readonly JsonObject[]): string {
  return content.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n');
}

function inputSchemaOf(definition: JsonObject): JsonSchema {
  const schema = definition['inputSchema'];
  return isJsonObject(schema) ? schema : {};
}
