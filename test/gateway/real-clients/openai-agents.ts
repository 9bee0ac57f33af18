import { MCPServerStreamableHttp, setTracingDisabled } from '@openai/agents-core';
import { answerOf, type RealClient, versionOf } from './client.ts';

/** The MCP client of the OpenAI Agents SDK. */
export const openAiAgents: RealClient = {
  name: `the OpenAI Agents SDK ${versionOf('@openai/agents-core')}`,
  protocol: '2026-07-28',
  can: {},
  async connect({ url, key }) {
    setTracingDisabled(true);
    const requestInit = { headers: { Authorization: `Bearer ${key}` } };
    const server = new MCPServerStreamableHttp({ url, name: 'patchbay', requestInit });
    await server.connect();
    return {
      tools: () => server.listTools(),
      call: async (name, args) => answerOf(await server.callToolResult(name, args)),
      close: () => server.close(),
    };
  },
};
