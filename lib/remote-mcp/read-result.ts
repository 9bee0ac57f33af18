import type { CallToolResult } from '@modelcontextprotocol/client';
import type { FilesCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { jsonExcess } from '#lib/workflow/json-excess.ts';

/** As deep as expressions go: what is deeper nobody downstream could write as JSON again. */
const JSON_LIMITS = { depth: 200, values: Number.POSITIVE_INFINITY };

/** What a tool answered, as it may travel between steps. Throws StepError `MCP_ERROR` when it is nested too deeply. */
export async function readResult(
  result: CallToolResult,
  tool: string,
  files: FilesCapability,
): Promise<{ content: JsonObject[]; structured?: JsonValue; isError: boolean }> {
  const structured = result.structuredContent as JsonValue | undefined;
  const excess = structured === undefined ? null : jsonExcess(structured, JSON_LIMITS);
  if (excess) throw new StepError('MCP_ERROR', `The structured answer of "${tool}" ${excess}.`);
  return {
    content: await contentOf(result, tool, files),
    ...(structured !== undefined && { structured }),
    isError: result.isError === true,
  };
}

/** Bytes are stored, and what stays is their handle. */
async function contentOf(
  { content }: CallToolResult,
  tool: string,
  files: FilesCapability,
): Promise<JsonObject[]> {
  const parts: JsonObject[] = [];
  for (const [index, part] of content.entries()) {
    const store = async (base64: string, mimeType: string, name?: string): Promise<JsonObject> => {
      const data = Buffer.from(base64, 'base64');
      const named = name || `${tool}-${index + 1}.${mimeType.split(/[/;+]/)[1] ?? 'bin'}`;
      return { ...(await files.put({ name: fileName(named), mimeType, data })) };
    };
    switch (part.type) {
      case 'text':
        parts.push({ type: 'text', text: part.text });
        break;
      case 'image':
      case 'audio':
        parts.push({ type: part.type, file: await store(part.data, part.mimeType) });
        break;
      case 'resource': {
        const { uri, mimeType } = part.resource;
        const about: JsonObject = { type: 'resource', uri, mimeType: mimeType ?? null };
        if ('text' in part.resource) parts.push({ ...about, text: part.resource.text });
        else {
          const name = uri
            .replace(/[?#].*$/, '')
            .split('/')
            .at(-1);
          const file = await store(part.resource.blob, mimeType ?? 'application/octet-stream', name);
          parts.push({ ...about, file });
        }
        break;
      }
      case 'resource_link': {
        const { type, uri, name, mimeType = null, description = null } = part;
        parts.push({ type, uri, name, mimeType, description });
        break;
      }
    }
  }
  return parts;
}

function fileName(text: string): string {
  return text.replace(/[/\\\0]/g, '_').slice(0, 200) || 'download';
}
