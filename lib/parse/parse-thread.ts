import { parentPort } from 'node:worker_threads';
import type { ParseRequest } from '#lib/engine/capabilities.ts';
import { PARSE_LIMITS } from './limits.ts';
import { ParseError, tooLarge } from './parse-error.ts';
import { parseText } from './parse-text.ts';

/** What the thread says: the value as JSON, which is read faster than a copy is made, or what is wrong. */
export type ThreadAnswer =
  | { json: string }
  | { code: ParseError['code']; message: string; place: ParseError['place'] };

/** The thread that `createParser` starts: one text after the other. */
function answer(request: ParseRequest): ThreadAnswer {
  try {
    const json = JSON.stringify(parseText(request));
    if (json.length > PARSE_LIMITS.valueCharacters) throw tooLarge('What was read is larger than 10 MiB.');
    return { json };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { code, message, place } = error;
    return { code, message, place };
  }
}

parentPort?.on('message', (request: ParseRequest) => parentPort?.postMessage(answer(request)));
