import { createMCPClient, ElicitationRequestSchema } from '@ai-sdk/mcp';
import { answerOf, type RealClient, versionOf } from './client.ts';

function sdkClient(protocol: '2026-07-28' | '2025-11-25'): RealClient {
  return {
    name: `the AI SDK (@ai-sdk/mcp ${versionOf('@ai-sdk/mcp')}), ${protocol}`,
    protocol,
    can: { elicitation: true },
    async connect({ url, key }, person) {
      const headers = { Authorization: `Bearer ${key}` };
      const client = await createMCPClient({
        transport: { type: 'http', url, headers },
        clientName: `ai-sdk ${protocol}`,
        protocolVersionDiscovery: protocol === '2026-07-28',
        ...(person && { capabilities: { elicitation: {} } }),
      });
      if (person) {
        client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => ({
          action: 'accept',
          content: person(params.message),
        }));
      }
      return {
        tools: async () => (await client.listTools()).tools,
        async call(name, args) {
          const tools = await client.tools();
          const options = { toolCallId: 'call', messages: [], context: {} };
          return answerOf(await tools[name]!.execute(args, options));
        },
        close: () => client.close(),
      };
    },
  };
}

/** The MCP client of the AI SDK; a tool is executed as the SDK does it for a model. */
export const aiSdks: RealClient[] = [sdkClient('2026-07-28'), sdkClient('2025-11-25')];
