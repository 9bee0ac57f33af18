import { describe, expect, it } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { operationDetail, operationLines } from '#lib/openapi/operation-lines.ts';
import { operationWorkflow } from '#lib/openapi/operation-workflow.ts';
import { readApi } from '#lib/openapi/read-api.ts';
import { freeName, nameOfPath, toolName } from '#lib/openapi/tool-name.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { largeApi, PETSTORE_2, SHOP_3_0, WEATHER_3_1 } from './documents.ts';

const text = (value: JsonValue): string => JSON.stringify(value);
const minimal = (paths: object, more: object = {}): JsonObject => ({
  openapi: '3.1.0',
  info: { title: 'T', version: '1' },
  servers: [{ url: 'https://a.example' }],
  paths: paths as JsonObject,
  ...(more as JsonObject),
});
const ok = { responses: { 200: { description: 'ok' } } };

describe('descriptions', () => {
  it.each([
    ['2.0', text(PETSTORE_2), 7],
    ['3.0', text(SHOP_3_0), 6],
    ['3.1 as YAML', WEATHER_3_1, 1],
    ['1,000 operations', text(largeApi(1000)), 1000],
  ])('of version %s give workflows without a problem', (_name, source, count) => {
    const api = readApi(source);
    const lines = operationLines(api);
    expect(lines).toHaveLength(count);
    expect(new Set(lines.map(({ name }) => name)).size).toBe(count);
    for (const [at, line] of lines.entries()) {
      expect([line.id, line.faults]).toEqual([line.id, []]);
      // Of a thousand alike, some.
      if (at % 100 > 6) continue;
      const document = operationWorkflow(
        api,
        api.operations[at]!,
        { name: line.name },
        { base: '{{ env.T_URL }}' },
      );
      const { problems, contract } = compile(document, kinds, { env: ['T_URL'] });
      expect([line.id, problems]).toEqual([line.id, []]);
      expect(contract!.inputSchema['type']).toBe('object');
      expect(JSON.stringify(contract)).not.toMatch(
        /"(\$ref|allOf|oneOf|discriminator|nullable|xml|readOnly)":/,
      );
    }
  });

  it('say the version as a number in YAML, and have no server of their own', () => {
    const api = readApi(
      'swagger: 2.0\ninfo: {title: T, version: 1}\npaths: {/a: {get: {responses: {}}}}',
      'https://d.example/x/api.yaml',
    );
    expect(api).toMatchObject({ version: '1', faults: [], operations: [{ id: 'GET /a' }] });
  });

  it.each<[name: string, source: string, faults: { message: string; place: string }[]]>([
    ['nothing', '  ', [{ message: 'The text is empty.', place: 'line 1' }]],
    [
      'a page',
      '<!doctype html><html>',
      [{ message: expect.stringContaining('This is a page'), place: 'line 1' }],
    ],
    [
      'JSON that breaks off',
      '{\n "openapi": "3.1.0",\n "info": {',
      [{ message: expect.stringContaining('neither JSON nor YAML'), place: 'line 3' }],
    ],
    [
      'YAML with a key twice',
      'openapi: 3.1.0\npaths: {}\npaths: {}',
      [{ message: expect.stringContaining('unique'), place: 'line 3' }],
    ],
    [
      'a list',
      '[1]',
      [{ message: 'A description of an API is an object; this is something else.', place: 'line 1' }],
    ],
    ['another document', '{"name":"x"}', [{ message: expect.stringContaining('which version'), place: '#' }]],
    [
      'an old version',
      '{"swaggerVersion":"1.2"}',
      [{ message: 'Version 1.2 cannot be read: 2.0, 3.0, 3.1 and 3.2 can.', place: '#' }],
    ],
    [
      'no paths',
      text({ openapi: '3.1.0', info: {} }),
      [{ message: '"paths" is missing: there is nothing to call.', place: '#/paths' }],
    ],
    [
      'aliases that explode',
      `openapi: 3.1.0\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`,
      [{ message: expect.stringContaining('The YAML cannot be read'), place: 'line 1' }],
    ],
    ['an alias of itself', 'openapi: 3.1.0\na: &a [*a]', [{ message: expect.any(String), place: 'line 1' }]],
  ])('that are %s list why', (_name, source, faults) => {
    const api = readApi(source);
    expect(api.operations).toEqual([]);
    expect(api.faults.map(({ message, place }) => ({ message, place }))).toEqual(faults);
  });

  it('list every fault with its place, and keep what is not touched by it', () => {
    const api = readApi(
      text(
        minimal(
          {
            pets: { get: ok },
            '/a': { get: { ...ok, parameters: [{ name: 'x' }, { $ref: '#/components/parameters/gone' }] } },
            '/b': { get: { ...ok, parameters: [{ name: 'id', in: 'path', required: true }] }, post: 7 },
            '/c': { get: { ...ok, operationId: 'same' }, put: { ...ok, operationId: 'same' }, trace: ok },
            '/d/{id}': {
              get: {
                responses: {
                  200: { content: { 'application/json': { schema: { $ref: 'other.yaml#/X' } } } },
                },
              },
            },
          },
          { components: { securitySchemes: { strange: { type: 'mutualTLS' } } } },
        ),
      ),
    );
    expect(api.faults.map(({ place, message }) => `${place}: ${message}`)).toEqual([
      '#/paths/~1a/get/parameters/1: The reference "#/components/parameters/gone" leads nowhere.',
      '#/paths/~1d~1{id}/get/responses/200/content/application~1json/schema: The reference "other.yaml#/X" leads to another document, which is not fetched: bundle both into one.',
      '#/components/securitySchemes/strange: "strange" is a way to sign in that is not known here: operations that need it are called without.',
      '#/paths/pets: The path "pets" must begin with "/".',
      '#/paths/~1a/get/parameters/0: GET /a: The parameter 1 is none: it needs "name", and "in" (path, query, header or cookie).',
      '#/paths/~1a/get/parameters/1: GET /a: The parameter 2 is none: it needs "name", and "in" (path, query, header or cookie).',
      '#/paths/~1b/get/parameters/0: GET /b: The parameter "id" is not in the path.',
      '#/paths/~1b/post: An operation is an object.',
      '#/paths/~1c/put/operationId: The operationId "same" is that of GET /c too.',
      '#/paths/~1c/trace: The method TRACE cannot be called.',
    ]);
    expect(operationLines(api).map(({ id, name, faults }) => [id, name, faults.length])).toEqual([
      ['GET /a', 'get_a', 2],
      ['GET /b', 'get_b', 1],
      ['GET /c', 'same', 0],
      ['PUT /c', 'same_2', 0],
      ['GET /d/{id}', 'get_d_by_id', 0],
    ]);
  });

  it('survive schemas that contain themselves, also through allOf and oneOf', () => {
    const api = readApi(
      text(
        minimal(
          {
            '/n': {
              post: {
                requestBody: {
                  content: { 'application/json': { schema: { $ref: '#/components/schemas/N' } } },
                },
                ...ok,
              },
            },
          },
          {
            components: {
              schemas: {
                N: {
                  allOf: [
                    { $ref: '#/components/schemas/N' },
                    {
                      type: 'object',
                      properties: {
                        next: { oneOf: [{ $ref: '#/components/schemas/N' }, { type: 'null' }] },
                        a: { $ref: '#/components/schemas/A' },
                      },
                    },
                  ],
                },
                A: { $ref: '#/components/schemas/B' },
                B: { $ref: '#/components/schemas/A' },
              },
            },
          },
        ),
      ),
    );
    const document = operationWorkflow(api, api.operations[0]!, { name: 'n' }, { base: 'https://a.example' });
    expect(compile(document, kinds).problems).toEqual([]);
  });

  it('give model providers schemas they take: nullable, allOf, oneOf, names, patterns, formats', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      properties: {
        a: { oneOf: [{ type: 'string' }, { type: 'null' }] },
        b: {
          allOf: [{ type: 'object', properties: { x: { type: 'string' } } }, { required: ['x'] }],
          description: 'Both',
        },
        c: {
          anyOf: [
            { type: 'string', maxLength: 3 },
            { type: 'integer', format: 'int32' },
          ],
        },
        'd e': { type: 'string', pattern: '^(?=x)', format: 'date', default: '2026-01-01' },
        f: { type: 'object', properties: { 'g h': { type: 'string' } } },
        r: { type: 'string', readOnly: true },
        u: { type: 'array', uniqueItems: true, items: { type: ['string', 'null'], enum: ['p', 'q'] } },
      },
    };
    const api = readApi(
      text(
        minimal({
          '/x': {
            post: { requestBody: { required: true, content: { 'application/json': { schema } } }, ...ok },
          },
        }),
      ),
    );
    const document = operationWorkflow(api, api.operations[0]!, { name: 'x' }, { base: 'https://a.example' });
    expect(compile(document, kinds).problems).toEqual([]);
    expect(document.nodes[0]!.config['schema']).toEqual({
      type: 'object',
      properties: {
        a: { type: ['string', 'null'] },
        b: { type: 'object', description: 'Both', properties: { x: { type: 'string' } }, required: ['x'] },
        c: { anyOf: [{ type: 'string', maxLength: 3 }, { type: 'integer' }] },
        d_e: { type: 'string', format: 'date', description: 'Default: 2026-01-01.' },
        f: { type: 'object', description: 'Also takes "g h".' },
        u: { type: 'array', items: { type: ['string', 'null'], enum: ['p', 'q', null] } },
      },
      required: ['a'],
      additionalProperties: false,
    });
    expect(document.nodes[1]!.config['body']).toEqual({
      type: 'json',
      value: Object.fromEntries(
        [
          ['a', 'a'],
          ['b', 'b'],
          ['c', 'c'],
          ['d e', 'd_e'],
          ['f', 'f'],
          ['u', 'u'],
        ].map(([name, argument]) => [name, `{{ input.${argument} }}`]),
      ),
    });
  });

  it('hold nothing that nobody sees', () => {
    const api = readApi(
      text(
        minimal({
          '/x': {
            get: {
              ...ok,
              summary: 'Lists\u200b <b>pets</b><!-- obey -->',
              parameters: [{ name: 'q', in: 'query', description: 'a\u202eb' }],
            },
          },
        }),
      ),
    );
    const document = operationWorkflow(api, api.operations[0]!, {}, { base: 'https://a.example' });
    expect(document.description).toBe('Lists pets.');
    expect(compile(document, kinds).problems).toEqual([]);
  });

  it('name both the arguments of one name by their places', () => {
    const api = readApi(
      text(
        minimal({
          '/x/{id}': {
            put: {
              ...ok,
              parameters: [
                { name: 'id', in: 'query' },
                { name: 'filter[name]', in: 'query' },
                { name: 'constructor', in: 'query' },
              ],
              requestBody: { content: { 'application/json': { schema: { properties: { id: {} } } } } },
            },
          },
        }),
      ),
    );
    expect(api.operations[0]!.arguments.map(({ id, argument }) => [id, argument])).toEqual([
      ['query.id', 'id'],
      ['query.filter[name]', 'filter_name'],
      ['query.constructor', 'constructor_value'],
      ['path.id', 'id_path'],
      ['body.id', 'id_body'],
    ]);
  });

  it('cost less the less a caller sees', () => {
    const api = readApi(text(SHOP_3_0));
    const [orders] = api.operations;
    const whole = operationDetail(api, orders!, { name: 'orders' });
    const hidden = operationDetail(api, orders!, {
      name: 'orders',
      arguments: Object.fromEntries(whole.arguments.map(({ id }) => [id, { hidden: true }])),
    });
    expect(hidden.tokens).toBeGreaterThan(10);
    expect(hidden.tokens).toBeLessThan(whole.tokens / 3);
  });
});

describe('names of tools', () => {
  it.each([
    ['listPetsByID', 'list_pets_by_id'],
    ['repos/list-for-org', 'repos_list_for_org'],
    ['Pets.GetV2HTTPStatus', 'pets_get_v2_http_status'],
    ['42-answers', 'answers'],
    ['Crème brûlée', 'creme_brulee'],
    ['a'.repeat(60), 'a'.repeat(45)],
    ['one two three four five six seven eight nine ten', 'one_two_three_four_five_six_seven_eight_nine'],
    ['!!!', 'operation'],
  ])('%s → %s', (given, name) => {
    expect(toolName(given)).toBe(name);
  });

  it('are made of the path where there is nothing else', () => {
    expect(nameOfPath('GET', '/v1/pets/{petId}/photos')).toBe('get_pets_by_pet_id_photos');
  });

  it('are free', () => {
    expect(freeName('a', new Set(['a', 'a_2']))).toBe('a_3');
    expect(freeName('b'.repeat(45), new Set(['b'.repeat(45)]))).toBe(`${'b'.repeat(43)}_2`);
  });
});
