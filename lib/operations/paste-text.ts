import type { Principal } from '#lib/db/principal.ts';
import { documentFormat } from '#lib/workflow/document-formats.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { type PutOutcome, putDocument } from './put-document.ts';

/** Adds a text as a document; a name that does not say what it is gets the ending of Markdown. */
export function pasteText(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  { name, text, metadata }: { name: string; text: string; metadata?: JsonObject | undefined },
): Promise<PutOutcome> {
  const named = documentFormat(name) ? name : `${name}.md`;
  return putDocument(app, principal, at, {
    path: named,
    name: named,
    data: new TextEncoder().encode(text),
    ...(metadata && { metadata }),
  });
}
