import { findOffered, mayReadOffered } from '#lib/operations/offered.ts';
import { completeResult } from './call-result.ts';
import { contentOf } from './content.ts';
import type { Exchange } from './exchange.ts';
import { cacheHints } from './protocol.ts';
import { refuseLarge } from './resource-form.ts';

/** `resources/read` of a document of a knowledge base, as it was uploaded; null when the URI is none of these. */
export async function readDocument(exchange: Exchange, uri: string): Promise<string | null> {
  const { app, project, principal } = exchange.caller;
  const found = mayReadOffered(principal, project) ? await findOffered(app, project, uri) : null;
  if (!found) return null;
  const { storageKey, name, mimeType, bytes } = found;
  const output = {
    parts: [{ type: 'resource' as const, uri, mimeType, file: { file: storageKey, name, mimeType, bytes } }],
  };
  refuseLarge(output);
  const parts = await contentOf(output, app.files.of(project.id));
  const contents = parts.map((part) => part['resource']!);
  const hints = exchange.era === 'modern' ? { ...cacheHints(project, principal) } : {};
  return completeResult(exchange, { contents, ...hints });
}
