import type { RunOutput } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { AnswerForm } from './answer-form.ts';
import { contentOf, MAX_FILE_BYTES } from './content.ts';
import { Fault } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { cacheHints } from './protocol.ts';
import { resourceNotFound } from './resource-not-found.ts';

/**
 * How `resources/read` answers: each part of the workflow's answer is one of the contents, under the URI that was asked
 * for; an embedded resource under its own. It has no result for a failure; a Fail step says that there is none.
 */
export function resourceForm(exchange: Exchange, uri: string): AnswerForm {
  return {
    async answer({ exchange: { caller, era }, workflow: { contract } }, output) {
      refuseLarge(output);
      const { mimeType = 'text/plain', pollMs = 0 } = contract.resource ?? {};
      const parts = await contentOf(output, caller.app.files.of(caller.project.id));
      const contents = parts.map((part) => contentsOf(part, { uri, mimeType }));
      // What is made anew at each reading is old at once.
      const hints =
        era === 'modern' ? { ...cacheHints(caller.project, caller.principal), ttlMs: pollMs } : {};
      return { contents, ...hints };
    },
    instead(why, text) {
      if (why === 'refused') throw resourceNotFound(exchange, uri, text);
      if (why === 'arguments') throw new Fault('invalid_params', text, { data: { uri } });
      throw new Fault(why === 'waiting' ? 'waiting' : 'failed', text, { data: { uri } });
    },
  };
}

function contentsOf(part: JsonObject, { uri, mimeType }: { uri: string; mimeType: string }): JsonObject {
  switch (part['type']) {
    case 'text':
      return { uri, mimeType, text: part['text']! };
    case 'resource':
      return part['resource'] as JsonObject;
    case 'resource_link':
      return { uri: part['uri']!, mimeType: 'text/uri-list', text: part['uri']! };
    default:
      return { uri, mimeType: part['mimeType']!, blob: part['data']! };
  }
}

/** Throws Fault: contents with a hole in them would pass for the whole. */
export function refuseLarge({ parts }: RunOutput): void {
  const bytes = parts.reduce((sum, part) => sum + ('file' in part ? part.file.bytes : 0), 0);
  if (bytes <= MAX_FILE_BYTES) return;
  throw new Fault(
    'failed',
    `The resource has ${bytes} bytes of files, and an answer carries at most ${MAX_FILE_BYTES}.`,
  );
}
