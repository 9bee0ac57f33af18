import type { ParseRequest } from '#lib/engine/capabilities.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { jsonExcess } from '#lib/workflow/json-excess.ts';
import { parseCsv } from './csv.ts';
import { parseHtml } from './html.ts';
import { parseJson } from './json.ts';
import { PARSE_LIMITS } from './limits.ts';
import { ParseError } from './parse-error.ts';
import { parseXml } from './xml.ts';

/** Reads a text as data. Throws ParseError. Takes as long as the text makes it take: see `createParser`. */
export function parseText(request: ParseRequest): JsonValue {
  const value = read(request);
  const excess = jsonExcess(value, PARSE_LIMITS);
  if (excess) throw new ParseError(`What was read ${excess}.`);
  return value;
}

function read(request: ParseRequest): JsonValue {
  switch (request.format) {
    case 'json':
      return parseJson(request.text);
    case 'csv':
      return parseCsv(request);
    case 'xml':
      return parseXml(request.text);
    case 'html':
      return parseHtml(request);
  }
}
