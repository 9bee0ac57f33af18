import { expect, type Page } from '@playwright/test';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Steps by key, as `[kind, config]`; edges as `a -> b`, from another handle than `out` as `a.handle -> b`. */
export interface Drawn {
  name: string;
  steps: Record<string, [kind: string, config?: JsonObject]>;
  edges: string[];
}

/** A document of steps one behind the other. */
export function drawn({ name, steps, edges }: Drawn): WorkflowDocument {
  return {
    schemaVersion: 1,
    kind: 'tool',
    name,
    title: '',
    description: 'Made for a test.',
    settings: {},
    nodes: Object.entries(steps).map(([key, [kind, config]], index): WorkflowNode => {
      const spec = kinds.get(kind);
      if (!spec) throw new Error(`no kind ${kind}`);
      return {
        id: key,
        key,
        kind,
        config: { ...(structuredClone(spec.initial) as JsonObject), ...config },
        position: { x: index * 320, y: 0 },
      };
    }),
    edges: edges.map((text) => {
      const [from = '', to = ''] = text.split(' -> ');
      const [node = '', handle = 'out'] = from.split('.');
      return { id: text, from: { node, handle }, to: { node: to } };
    }),
  };
}

/** Calls the API as the person who is signed in on the page. */
export async function call<T>(page: Page, method: string, path: string, data?: unknown): Promise<T> {
  const origin = new URL(page.url()).origin;
  const response = await page.request.fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { origin },
    ...(data === undefined ? {} : { data }),
  });
  const text = await response.text();
  expect(response.ok(), `${method} ${path}: ${text}`).toBe(true);
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Makes a workflow in the project Orders, and publishes it; answers its id. */
export async function published(page: Page, drawing: Drawn): Promise<string> {
  const { name } = drawing;
  const at = '/projects/orders/workflows';
  const { id, revision } = await call<{ id: string; revision: number }>(page, 'POST', at, {
    name,
    document: drawn(drawing),
  });
  await call(page, 'POST', `${at}/${id}/publish`, { revision });
  return id;
}

/** Calls a published tool as a client that can do nothing but call; answers the result. */
export async function callTool(
  page: Page,
  tool: string,
  args: JsonObject,
): Promise<{ content: { type: string; text: string }[]; isError?: boolean }> {
  const { secret } = await call<{ secret: string }>(page, 'POST', '/projects/orders/keys', {
    name: `Key ${Date.now()}`,
  });
  const response = await page.request.post(`${new URL(page.url()).origin}/mcp/orders`, {
    headers: { authorization: `Bearer ${secret}`, 'user-agent': 'curl/8' },
    data: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } },
  });
  const answer = await response.json();
  expect(answer.result, JSON.stringify(answer)).toBeDefined();
  return answer.result;
}
