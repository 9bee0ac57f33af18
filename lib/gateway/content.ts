import { isUtf8 } from 'node:buffer';
import type { FileHandle, FilesCapability } from '#lib/engine/capabilities.ts';
import type { OutputPart, RunOutput } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Files of one answer, together. They are sent in base64, a third longer, and clients refuse more. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** The parts of an answer as MCP content. Files are read here, and only here become base64. */
export async function contentOf(output: RunOutput, files: FilesCapability): Promise<JsonObject[]> {
  const content: JsonObject[] = [];
  let bytes = 0;
  for (const part of output.parts) {
    if ('file' in part) {
      bytes += part.file.bytes;
      content.push(bytes > MAX_FILE_BYTES ? leftOut(part) : await fileContent(part, files));
    } else if (part.type === 'resource') {
      const { uri, mimeType, text } = part;
      content.push({ type: 'resource', resource: { uri, mimeType, text } });
    } else {
      const { role: _, ...rest } = part;
      content.push({ ...rest } as JsonObject);
    }
  }
  return content;
}

/** Links as texts, for clients of a revision that has none. */
export function linksAsTexts(content: readonly JsonObject[]): JsonObject[] {
  return content.map((item) => {
    if (item['type'] !== 'resource_link') return item;
    return { type: 'text', text: `${item['name']}: ${item['uri']}` };
  });
}

type FilePart = Extract<OutputPart, { file: FileHandle }>;

async function fileContent(part: FilePart, files: FilesCapability): Promise<JsonObject> {
  const data = Buffer.from(await files.get(part.file));
  if (part.type !== 'resource') {
    return { type: part.type, data: data.toString('base64'), mimeType: part.file.mimeType };
  }
  const { uri, mimeType } = part;
  // As text a model reads it; many clients drop bytes.
  const body: JsonObject =
    isTextual(mimeType) && isUtf8(data) ? { text: data.toString() } : { blob: data.toString('base64') };
  return { type: 'resource', resource: { uri, mimeType, ...body } };
}

function isTextual(mimeType: string): boolean {
  return /^text\/|^application\/(json|xml|yaml|javascript|x-ndjson)\b|\+(json|xml)\b/i.test(mimeType);
}

function leftOut({ type, file }: FilePart): JsonObject {
  const text = `[${type} "${file.name}", ${file.bytes} bytes, was left out: an answer carries at most ${MAX_FILE_BYTES} bytes of files]`;
  return { type: 'text', text };
}
