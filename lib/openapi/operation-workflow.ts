import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import type { Api, ApiArgument, ApiOperation, OperationChoice } from './api.ts';
import { expression, literal, literalText, member } from './expression-text.ts';
import { flatSchema, typesOf } from './flat-schema.ts';
import { operationDescription, operationName, operationTitle } from './operation-words.ts';
import {
  cookieTemplate,
  fromInput,
  headerTemplate,
  pathTemplate,
  queryFields,
  type Source,
} from './parameter-template.ts';
import { plainText } from './plain-text.ts';
import { annotationsOf, REQUEST, type RequestParts, requestDocument } from './request-document.ts';
import { cutSchema, projection } from './response-fields.ts';
import { toolSchema } from './tool-schema.ts';

export interface OperationPlace {
  /** What the path follows: an address, or an expression that gives one. */
  base: string;
  /** Ids of the connections that hold the secrets, by the name of the scheme. */
  connections?: Readonly<Record<string, string>> | undefined;
}

/** An argument as it is after the choices were made. */
interface Said {
  argument: ApiArgument;
  /** Name for the caller; null when the caller does not see it. */
  name: string | null;
  /** Null when it is not sent at all. */
  source: Source | null;
  description: string;
}

/** One operation as a workflow: Input, HTTP request, Output. The same choices make the same document. */
export function operationWorkflow(
  api: Api,
  operation: ApiOperation,
  choice: OperationChoice,
  place: OperationPlace,
): WorkflowDocument {
  const said = operation.arguments.map((argument) => sayArgument(argument, choice));
  const files = said.filter(({ argument, source }) => source && isFile(api, operation, argument));
  return requestDocument({
    name: choice.name ?? operationName(operation),
    title: choice.title ?? operationTitle(operation),
    description: choice.description ?? operationDescription(api, operation),
    annotations: annotationsOf(operation.method),
    input: inputSchema(api, said, files),
    before: files.map(({ argument, source }, at) => fileStep(argument, source!, at)),
    request: requestConfig(api, operation, { said, files, place }),
    output: outputConfig(api, operation, choice.fields),
  });
}

/** What keeps these choices from giving a tool that works; empty when they do. */
export function choiceFaults(operation: ApiOperation, choice: OperationChoice): string[] {
  const said = operation.arguments.map((argument) => sayArgument(argument, choice));
  const names = said.flatMap(({ name }) => (name === null ? [] : [name]));
  const faults = said
    .filter(({ argument, source }) => argument.required && source === null)
    .map(
      ({ argument }) => `"${argument.name}" must be sent: show it to the caller, or give it a fixed value.`,
    );
  for (const name of new Set(names.filter((one, at) => names.indexOf(one) !== at))) {
    faults.push(`Two arguments are named "${name}".`);
  }
  return faults;
}

function sayArgument(argument: ApiArgument, choice: OperationChoice): Said {
  const own = choice.arguments?.[argument.id] ?? {};
  const description = own.description ?? argument.description;
  if (own.value !== undefined)
    return { argument, name: null, source: { value: own.value, text: '' }, description };
  if (own.hidden) return { argument, name: null, source: null, description };
  const name = own.name ?? argument.argument;
  return { argument, name, source: fromInput(name), description };
}

function inputSchema(api: Api, said: Said[], files: Said[]): JsonSchema {
  const shown = said.filter(({ name }) => name !== null);
  const schema = toolSchema(
    api.root,
    {
      type: 'object',
      properties: Object.fromEntries(
        shown.map((one) => {
          const { name, argument, description } = one;
          const deprecated = argument.deprecated ? 'Deprecated.' : '';
          const words = [
            description,
            deprecated,
            files.includes(one) ? 'The bytes of the file in base64.' : '',
          ];
          const flat = flatSchema(api.root, files.includes(one) ? { type: 'string' } : argument.schema);
          return [name!, { ...flat, description: words.filter(Boolean).join(' ') }];
        }),
      ),
      required: shown.filter(({ argument }) => argument.required).map(({ name }) => name!),
    },
    'arguments',
  );
  return { ...schema, additionalProperties: false };
}

/** A field of a form that is sent as a file. */
function isFile(api: Api, { body }: ApiOperation, argument: ApiArgument): boolean {
  if (body?.type !== 'multipart' || argument.in !== 'body') return false;
  const flat = flatSchema(api.root, argument.schema);
  return flat['format'] === 'binary' || ('contentMediaType' in flat && flat['contentEncoding'] === undefined);
}

function fileStep(
  argument: ApiArgument,
  source: Source,
  at: number,
): NonNullable<RequestParts['before']>[number] {
  const content = source.value === undefined ? expression(source.text) : literalText(source.value);
  return {
    key: fileKey(at),
    kind: 'make-file',
    config: {
      name: plainText(argument.name, 100) || 'file',
      mimeType: 'application/octet-stream',
      content,
      encoding: 'base64',
    },
  };
}

/** A file that nobody gave is not sent. */
function fileSource({ argument, source }: Sent, key: string): string {
  const always = argument.required || source.value !== undefined;
  return always ? `steps.${key}` : `${source.text} == null ? undefined : steps.${key}`;
}

function fileKey(at: number): string {
  return at === 0 ? 'file' : `file_${at + 1}`;
}

function requestConfig(
  api: Api,
  operation: ApiOperation,
  { said, files, place }: { said: Said[]; files: Said[]; place: OperationPlace },
): JsonObject {
  const sent = said.filter((one): one is Said & { source: Source } => one.source !== null);
  const at = (where: ApiArgument['in']) => sent.filter(({ argument }) => argument.in === where);
  const inPath = new Map(at('path').map((one) => [one.argument.name, one]));
  const path = literalText(operation.path).replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const one = inPath.get(name);
    return one ? pathTemplate(api.root, one.argument, one.source) : whole;
  });
  const query = Object.assign(
    {},
    ...at('query').map(({ argument, source }) => queryFields(api.root, argument, source)),
  ) as JsonObject;
  const headers: JsonObject = {};
  for (const { argument, source } of at('header')) {
    headers[argument.name] = headerTemplate(api.root, argument, source);
  }
  const cookies = cookieTemplate(
    at('cookie').map(({ argument, source }) => ({ name: argument.name, source })),
  );
  if (cookies !== null) headers['cookie'] = cookies;
  const { response, scheme } = operation;
  const connection = scheme === null ? undefined : place.connections?.[scheme];
  if (response.type !== 'none' && !response.contentType.includes('*'))
    headers['accept'] = response.contentType;
  const body = bodyConfig(api, operation, { sent: at('body'), files });
  if (body?.contentType) headers['content-type'] = body.contentType;
  return {
    method: operation.method,
    url: `${operation.server ?? place.base}${path}`,
    ...(Object.keys(query).length > 0 && { query }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body && { body: body.config }),
    ...(connection !== undefined && { connection }),
    ...(response.type === 'file' && { response: 'file' }),
  };
}

type Sent = Said & { source: Source };

function bodyConfig(
  api: Api,
  { body }: ApiOperation,
  { sent, files }: { sent: Sent[]; files: Said[] },
): { config: JsonObject; contentType?: string } | null {
  if (!body) return null;
  const { type, contentType, flat } = body;
  const [first] = sent;
  if (!first) return flat && type === 'json' ? { config: { type: 'json', value: {} } } : null;
  const other = /^application\/json\s*$/i.test(contentType) ? {} : { contentType };
  if (type === 'raw') {
    const text =
      first.source.value === undefined ? expression(first.source.text) : literalText(first.source.value);
    return { config: { type: 'raw', contentType, text } };
  }
  const given = ({ source }: Sent): JsonValue =>
    source.value === undefined ? expression(source.text) : literal(source.value);
  if (type === 'json') {
    const value = flat
      ? Object.fromEntries(sent.map((one) => [one.argument.name, given(one)]))
      : given(first);
    return { config: { type: 'json', value }, ...other };
  }
  const fields = Object.assign(
    {},
    ...sent.map((one) => {
      const { argument, source } = one;
      if (files.includes(one))
        return { [argument.name]: expression(fileSource(one, fileKey(files.indexOf(one)))) };
      // Objects in a form are written as JSON, as the standard has it.
      const plain = typesOf(flatSchema(api.root, argument.schema)).includes('object');
      if (plain && source.value === undefined) return { [argument.name]: expression(source.text) };
      return queryFields(api.root, argument, source);
    }),
  ) as JsonObject;
  return { config: { type, fields } };
}

/** `fields` left out: all of the answer. */
function outputConfig(api: Api, { response }: ApiOperation, fields: string[] | undefined): JsonObject {
  const source = `steps.${REQUEST}.body`;
  if (response.type === 'none')
    return { parts: [{ type: 'text', text: `Done: status ${expression(`steps.${REQUEST}.status`)}.` }] };
  if (response.type === 'text') return { parts: [{ type: 'text', text: expression(source) }] };
  if (response.type === 'file') return { parts: [filePart(response.contentType, source)] };
  const schema = toolSchema(api.root, response.schema, 'answer');
  const types = typesOf(schema);
  if (types.length === 0 && fields === undefined)
    return { parts: [{ type: 'text', text: expression(source) }] };
  const chosen = fields && fields.length > 0 && !isLeaf(schema) ? fields : undefined;
  const cut = chosen ? cutSchema(schema, chosen) : schema;
  const value = chosen
    ? projection(schema, chosen, { source, maybe: response.mayBeEmpty })
    : expression(source);
  const structured = types.includes('object')
    ? {
        value: chosen || !response.mayBeEmpty ? value : expression(`${source} ?? {}`),
        schema: asObject(cut),
      }
    : {
        value: { [types.includes('array') ? 'items' : 'value']: value },
        schema: {
          type: 'object',
          properties: { [types.includes('array') ? 'items' : 'value']: orNull(cut) },
        },
      };
  return { parts: [], structured };
}

function isLeaf(schema: JsonSchema): boolean {
  return !typesOf(schema).some((type) => type === 'object' || type === 'array');
}

function asObject({ anyOf: _, ...schema }: JsonSchema): JsonSchema {
  return { ...schema, type: 'object' };
}

function orNull(schema: JsonSchema): JsonSchema {
  const types = [schema['type']].flat().filter((type) => typeof type === 'string');
  return types.length === 0 || types.includes('null') ? schema : { ...schema, type: [...types, 'null'] };
}

function filePart(contentType: string, source: string): JsonObject {
  const file = expression(source);
  if (/^image\//i.test(contentType)) return { type: 'image', file };
  if (/^audio\//i.test(contentType)) return { type: 'audio', file };
  return {
    type: 'resource',
    uri: `file://answer/${expression(member('run', 'id'))}`,
    content: { type: 'file', file },
  };
}
