import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { ApiArgument, ApiFault, ApiOperation, ApiResponse } from './api.ts';
import { distinctNames } from './argument-names.ts';
import { argumentsOfBody, type BodyArguments } from './body-arguments.ts';
import { plainParagraphs, plainText } from './plain-text.ts';
import { pointer, resolved } from './reference.ts';
import { serverUrl } from './server-url.ts';

interface Given {
  root: JsonObject;
  faults: ApiFault[];
  /** Names of the schemes that are known. */
  schemes: string[];
  url: string | null;
  path: string;
  method: string;
  /** The path's own object. */
  item: JsonObject;
  operation: JsonObject;
}

/** An operation as it can be called; what is wrong with it is among its own faults and those of the whole. */
export function readOperation(given: Given): ApiOperation {
  const { root, path, operation } = given;
  const method = given.method.toUpperCase();
  const id = `${method} ${path}`;
  const own: string[] = [];
  const fault = (message: string, ...place: string[]) => {
    own.push(message);
    given.faults.push({
      severity: 'error',
      message: `${id}: ${message}`,
      place: pointer('paths', path, given.method, ...place),
      operation: id,
    });
  };
  const parameters = parametersOf(given, fault);
  const body = bodyOf(given, fault);
  const [server] = [operation['servers'], given.item['servers']].filter((list) => Array.isArray(list)).flat();
  const { tags } = operation;
  return {
    id,
    method,
    path,
    operationId: plainText(operation['operationId'], 200),
    tag: plainText(Array.isArray(tags) ? tags[0] : undefined, 80),
    summary: plainText(operation['summary'] ?? given.item['summary'], 200),
    description: plainParagraphs(operation['description'] ?? given.item['description'], 1200),
    deprecated: operation['deprecated'] === true,
    arguments: distinctNames([...parameters, ...(body?.arguments ?? [])]),
    body: body?.body ?? null,
    response: responseOf(root, operation['responses']),
    scheme: schemeOf(given),
    server: serverUrl(server, given.url) || null,
    faults: own,
  };
}

type Fault = (message: string, ...place: string[]) => void;

function parametersOf({ root, path, item, operation }: Given, fault: Fault): ApiArgument[] {
  const byId = new Map<string, ApiArgument>();
  const inPath = new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!));
  const lists = [item['parameters'], operation['parameters']];
  for (const list of lists) {
    if (list !== undefined && !Array.isArray(list)) fault('"parameters" must be a list.', 'parameters');
    for (const [at, one] of (Array.isArray(list) ? list : []).entries()) {
      const parameter = resolved(root, one);
      const read = parameter && argumentOf(root, parameter);
      if (!read) {
        fault(
          `The parameter ${at + 1} is none: it needs "name", and "in" (path, query, header or cookie).`,
          'parameters',
          String(at),
        );
        continue;
      }
      if (read.in === 'path' && !inPath.has(read.name)) {
        const name = JSON.stringify(read.name.slice(0, 80));
        fault(`The parameter ${name} is not in the path.`, 'parameters', String(at));
        continue;
      }
      if (read.in === 'header' && IGNORED_HEADERS.has(read.name.toLowerCase())) continue;
      byId.set(read.id, read);
    }
  }
  for (const name of inPath) {
    if (byId.has(`path.${name}`)) continue;
    // Many descriptions forget them; the path says enough.
    byId.set(`path.${name}`, { ...plainArgument('path', name), required: true });
  }
  return [...byId.values()];
}

/** Said by other parts of a description: media types and security. */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

const STYLES = { path: 'simple', query: 'form', header: 'simple', cookie: 'form', body: 'form' };

function plainArgument(place: ApiArgument['in'], name: string): ApiArgument {
  return {
    id: `${place}.${name}`,
    in: place,
    name,
    argument: name,
    required: false,
    deprecated: false,
    description: '',
    schema: { type: 'string' },
    style: STYLES[place],
    explode: place === 'query' || place === 'cookie',
    asJson: false,
  };
}

function argumentOf(root: JsonObject, parameter: JsonObject): ApiArgument | null {
  const { name, in: place, style, explode, content } = parameter;
  if (typeof name !== 'string' || name === '' || name.length > 200) return null;
  if (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'cookie') return null;
  const plain = plainArgument(place, name);
  const medium = isJsonObject(content) ? Object.values(content)[0] : undefined;
  const schema = isJsonObject(medium) ? medium['schema'] : parameter['schema'];
  const actualStyle = typeof style === 'string' ? style : plain.style;
  return {
    ...plain,
    required: place === 'path' || parameter['required'] === true,
    deprecated: parameter['deprecated'] === true,
    description: plainText(parameter['description'] ?? resolved(root, schema)?.['description'], 400),
    schema: isJsonObject(schema) ? schema : {},
    style: actualStyle,
    explode: typeof explode === 'boolean' ? explode : actualStyle === 'form',
    asJson: medium !== undefined,
  };
}

function bodyOf({ root, operation, method }: Given, fault: Fault): BodyArguments | null {
  if (operation['requestBody'] === undefined || ['get', 'head'].includes(method)) return null;
  const body = resolved(root, operation['requestBody']);
  if (!body || !isJsonObject(body['content'])) {
    fault('"requestBody" has no "content".', 'requestBody');
    return null;
  }
  return argumentsOfBody(root, body);
}

/** The first way to call it that can be gone; null when it needs none. */
function schemeOf({ root, operation, schemes }: Given): string | null {
  const demands = operation['security'] ?? root['security'];
  if (!Array.isArray(demands)) return null;
  const ways = demands.filter(isJsonObject).map((demand) => Object.keys(demand));
  const known = ways.filter((names) => names.length > 0 && names.every((name) => schemes.includes(name)));
  const [best] = known.sort((one, other) => one.length - other.length);
  return best?.[0] ?? null;
}

function responseOf(root: JsonObject, responses: JsonValue | undefined): ApiResponse {
  const good = Object.entries(isJsonObject(responses) ? responses : {})
    .filter(([status]) => /^2(\d\d|XX)$/i.test(status))
    .sort(([one], [other]) => one.localeCompare(other));
  const all =
    good.length > 0 || !isJsonObject(responses)
      ? good
      : Object.entries(responses).filter(([s]) => s === 'default');
  const read = all.map(([, response]) => contentOf(root, resolved(root, response)));
  const some = read.find(({ type }) => type !== 'none') ?? { type: 'none' as const };
  if (some.type !== 'json') return some;
  return { ...some, mayBeEmpty: read.some(({ type }) => type === 'none') };
}

function contentOf(root: JsonObject, response: JsonObject | null): ApiResponse {
  const content = isJsonObject(response?.['content']) ? Object.entries(response['content']) : [];
  const json = content.find(([type]) => isJsonType(type));
  if (json) {
    const [contentType, medium] = json;
    const schema = resolved(root, medium)?.['schema'];
    return { type: 'json', contentType, schema: isJsonObject(schema) ? schema : {}, mayBeEmpty: false };
  }
  const [first] = content;
  if (!first) return { type: 'none' };
  const [contentType] = first;
  const isText = /^text\/|[/+](xml|yaml|csv|javascript)|^\*\/\*/i.test(contentType);
  return { type: isText ? 'text' : 'file', contentType };
}

function isJsonType(type: string): boolean {
  return /^(application|text)\/([\w.+-]+\+)?json\b/i.test(type);
}
