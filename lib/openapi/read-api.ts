import { upgrade } from '@scalar/openapi-upgrader';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { Api, ApiFault } from './api.ts';
import { plainText } from './plain-text.ts';
import { readOperation } from './read-operation.ts';
import { readSchemes } from './read-scheme.ts';
import { readText } from './read-text.ts';
import { pointer, referenceFaults, resolved } from './reference.ts';
import { readServers } from './server-url.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const MOST_OPERATIONS = 5000;
const MOST_FAULTS = 300;

const NOTHING: Api = {
  title: '',
  version: '',
  description: '',
  server: '',
  otherServers: [],
  operations: [],
  schemes: [],
  faults: [],
  root: {},
};

/**
 * Reads a description of an API (Swagger 2.0, OpenAPI 3.0 to 3.2; JSON or YAML) that a stranger wrote. Nothing is
 * fetched. What is wrong comes back as faults; operations that are not touched by them can be used all the same.
 * `url`: where it was fetched, for servers that are given relative to it.
 */
export function readApi(text: string, url: string | null = null): Api {
  const read = readText(text);
  if ('faults' in read) return { ...NOTHING, faults: read.faults };
  const version = versionOf(read.root);
  if ('fault' in version) return { ...NOTHING, faults: [version.fault] };
  const faults = referenceFaults(read.root);
  const root = upgraded(version.root, faults);
  if (!root) return { ...NOTHING, faults };
  return apiOf(root, faults, url);
}

function apiOf(root: JsonObject, faults: ApiFault[], url: string | null): Api {
  const info = isJsonObject(root['info']) ? root['info'] : {};
  if (!isJsonObject(root['info'])) {
    faults.push({ severity: 'note', message: '"info" is missing: it names the API.', place: '#' });
  }
  const schemes = readSchemes(root, faults);
  const { server, others } = readServers(root['servers'], url);
  const operations = readOperations({ root, faults, schemes: schemes.map(({ name }) => name), url });
  const webhooks = isJsonObject(root['webhooks']) ? Object.keys(root['webhooks']).length : 0;
  if (webhooks > 0) {
    const what = webhooks === 1 ? '1 webhook is' : `${webhooks} webhooks are`;
    faults.push({
      severity: 'note',
      message: `${what} left out: they are calls that the API makes. A webhook of a workflow can receive them.`,
      place: '#/webhooks',
    });
  }
  return {
    title: plainText(info['title'], 120) || 'API',
    version: plainText(said(info['version']), 60),
    description: plainText(info['description'], 500),
    server,
    otherServers: others,
    operations,
    schemes,
    faults: faults.slice(0, MOST_FAULTS),
    root,
  };
}

function readOperations(world: {
  root: JsonObject;
  faults: ApiFault[];
  schemes: string[];
  url: string | null;
}): Api['operations'] {
  const { root, faults } = world;
  const operations: Api['operations'] = [];
  const { paths } = root;
  const fault = (message: string, ...place: string[]) =>
    faults.push({ severity: 'error', message, place: pointer(...place) });
  if (!isJsonObject(paths)) {
    if (!isJsonObject(root['webhooks'])) fault('"paths" is missing: there is nothing to call.', 'paths');
    return operations;
  }
  const names = new Map<string, string>();
  for (const [path, given] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue;
    if (!path.startsWith('/')) {
      fault(`The path ${JSON.stringify(path.slice(0, 200))} must begin with "/".`, 'paths', path);
      continue;
    }
    const item = resolved(root, given);
    if (!item) {
      fault('A path is an object with an operation for each method.', 'paths', path);
      continue;
    }
    for (const method of METHODS) {
      const found = item[method];
      if (found === undefined) continue;
      if (!isJsonObject(found)) {
        fault('An operation is an object.', 'paths', path, method);
        continue;
      }
      if (operations.length >= MOST_OPERATIONS) {
        fault(`There are more than ${MOST_OPERATIONS} operations: the rest is left out.`, 'paths');
        return operations;
      }
      const operation = readOperation({ ...world, path, method, item, operation: found });
      const { operationId } = operation;
      const other = operationId === '' ? undefined : names.get(operationId);
      if (other === undefined) names.set(operationId, operation.id);
      else {
        const message = `The operationId ${JSON.stringify(operationId)} is that of ${other} too.`;
        faults.push({ severity: 'note', message, place: pointer('paths', path, method, 'operationId') });
      }
      operations.push(operation);
    }
    if ('trace' in item) {
      const message = 'The method TRACE cannot be called.';
      faults.push({ severity: 'note', message, place: pointer('paths', path, 'trace') });
    }
  }
  if (operations.length === 0 && faults.length === 0) fault('There is no operation in it.', 'paths');
  return operations;
}

/** With the version as text: in YAML, `swagger: 2.0` is a number. */
function versionOf(root: JsonObject): { root: JsonObject } | { fault: ApiFault } {
  const swagger = said(root['swagger']);
  const openapi = said(root['openapi']);
  if (swagger === '2' || swagger.startsWith('2.0')) return { root: { ...root, swagger: '2.0' } };
  if (/^3\.[0-2](\.|$)/.test(openapi)) {
    return { root: { ...root, openapi: openapi.length === 3 ? `${openapi}.0` : openapi } };
  }
  if (openapi === '3') return { root: { ...root, openapi: '3.0.0' } };
  const given = swagger || openapi || said(root['swaggerVersion']);
  const message =
    given === ''
      ? 'It does not say which version it is: "openapi": "3.1.0", or "swagger": "2.0". Is this a description of an API?'
      : `Version ${given.slice(0, 20)} cannot be read: 2.0, 3.0, 3.1 and 3.2 can.`;
  return { fault: { severity: 'error', message, place: '#' } };
}

function said(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** As 3.1; null when it is too broken for that. */
function upgraded(root: JsonObject, faults: ApiFault[]): JsonObject | null {
  if (/^3\.[12]/.test(said(root['openapi']))) return root;
  try {
    return upgrade(root, '3.1') as unknown as JsonObject;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    faults.push({
      severity: 'error',
      message: `The document is not as its version says: ${plainText(message, 200)}`,
      place: '#',
    });
    return null;
  }
}
