import { isJsonObject, type JsonObject, type JsonSchema } from '#lib/workflow/json.ts';
import type { McpClient } from './mcp-client.ts';
import { templateVariables } from './uri-template.ts';

export type OfferKind = 'tool' | 'resource' | 'template' | 'prompt';

/** One thing that a server offers, as its list has it. */
export interface Offer {
  /** `tool:find_order`: in the address of the page. */
  id: string;
  kind: OfferKind;
  /** Of a resource its URI, of a template its URI with `{variables}`. */
  name: string;
  title: string;
  description: string;
  /** What the list says, whole. */
  definition: JsonObject;
}

export interface Offers {
  /** What the server said of itself. */
  server: JsonObject;
  items: Offer[];
}

const LISTS: { kind: OfferKind; method: string; member: string; name: string }[] = [
  { kind: 'tool', method: 'tools/list', member: 'tools', name: 'name' },
  { kind: 'resource', method: 'resources/list', member: 'resources', name: 'uri' },
  { kind: 'template', method: 'resources/templates/list', member: 'resourceTemplates', name: 'uriTemplate' },
  { kind: 'prompt', method: 'prompts/list', member: 'prompts', name: 'name' },
];

/** Says hello and reads every list. Throws McpError. */
export async function readOffers(client: McpClient, signal: AbortSignal): Promise<Offers> {
  const server = await client.begin(signal);
  const lists = await Promise.all(
    LISTS.map(async ({ kind, method, member, name }) => {
      const items = await client.list(method, member, signal);
      return items.map((definition) => offerOf(kind, String(definition[name]), definition));
    }),
  );
  return { server, items: lists.flat() };
}

function offerOf(kind: OfferKind, name: string, definition: JsonObject): Offer {
  const { title, name: called, description } = definition;
  return {
    id: `${kind}:${name}`,
    kind,
    name,
    title: String(title ?? called ?? name),
    description: typeof description === 'string' ? description : '',
    definition,
  };
}

/** The schema of what has to be given: arguments, or the variables of a template. */
export function argumentsSchema({ kind, name, definition }: Offer): JsonSchema {
  switch (kind) {
    case 'tool':
      return isJsonObject(definition['inputSchema']) ? definition['inputSchema'] : { type: 'object' };
    case 'resource':
      return { type: 'object', properties: {} };
    case 'template':
      return textsSchema(templateVariables(name).map((variable) => ({ name: variable, required: true })));
    case 'prompt':
      return textsSchema(
        (Array.isArray(definition['arguments']) ? definition['arguments'] : []).filter(isJsonObject),
      );
  }
}

function textsSchema(members: readonly JsonObject[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      members.map(({ name, title, description }) => [
        String(name),
        {
          type: 'string',
          ...(title !== undefined && { title }),
          ...(description !== undefined && { description }),
        },
      ]),
    ),
    required: members.filter(({ required }) => required === true).map(({ name }) => name ?? ''),
  };
}
