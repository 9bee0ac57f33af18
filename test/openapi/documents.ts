import type { JsonObject } from '#lib/workflow/json.ts';

/** The classic of 2.0: body parameters, form data, a file, two ways to sign in. */
export const PETSTORE_2: JsonObject = {
  swagger: '2.0',
  info: { title: 'Swagger Petstore', version: '1.0.7', description: 'A sample server.' },
  host: 'petstore.example.com',
  basePath: '/v2',
  schemes: ['https', 'http'],
  tags: [{ name: 'pet' }, { name: 'store' }],
  securityDefinitions: {
    api_key: { type: 'apiKey', name: 'api_key', in: 'header' },
    petstore_auth: {
      type: 'oauth2',
      authorizationUrl: 'https://petstore.example.com/oauth/authorize',
      flow: 'implicit',
      scopes: { 'read:pets': 'read your pets', 'write:pets': 'modify pets' },
    },
  },
  paths: {
    '/pet': {
      post: {
        tags: ['pet'],
        summary: 'Add a new pet to the store',
        operationId: 'addPet',
        consumes: ['application/json', 'application/xml'],
        produces: ['application/json', 'application/xml'],
        parameters: [
          {
            in: 'body',
            name: 'body',
            description: 'Pet object that needs to be added',
            required: true,
            schema: { $ref: '#/definitions/Pet' },
          },
        ],
        responses: { 405: { description: 'Invalid input' } },
        security: [{ petstore_auth: ['write:pets', 'read:pets'] }],
      },
    },
    '/pet/findByStatus': {
      get: {
        tags: ['pet'],
        summary: 'Finds Pets by status',
        description: 'Multiple status values can be provided with comma separated strings',
        operationId: 'findPetsByStatus',
        produces: ['application/json'],
        parameters: [
          {
            name: 'status',
            in: 'query',
            description: 'Status values to filter by',
            required: true,
            type: 'array',
            items: { type: 'string', enum: ['available', 'pending', 'sold'], default: 'available' },
            collectionFormat: 'multi',
          },
        ],
        responses: {
          200: {
            description: 'successful operation',
            schema: { type: 'array', items: { $ref: '#/definitions/Pet' } },
          },
        },
        security: [{ petstore_auth: ['read:pets'] }],
      },
    },
    '/pet/{petId}': {
      get: {
        tags: ['pet'],
        summary: 'Find pet by ID',
        operationId: 'getPetById',
        produces: ['application/json'],
        parameters: [{ name: 'petId', in: 'path', required: true, type: 'integer', format: 'int64' }],
        responses: { 200: { description: 'ok', schema: { $ref: '#/definitions/Pet' } } },
        security: [{ api_key: [] }],
      },
      post: {
        tags: ['pet'],
        summary: 'Updates a pet in the store with form data',
        operationId: 'updatePetWithForm',
        consumes: ['application/x-www-form-urlencoded'],
        parameters: [
          { name: 'petId', in: 'path', required: true, type: 'integer', format: 'int64' },
          { name: 'name', in: 'formData', required: false, type: 'string' },
          { name: 'status', in: 'formData', required: false, type: 'string' },
        ],
        responses: { 405: { description: 'Invalid input' } },
      },
      delete: {
        tags: ['pet'],
        summary: 'Deletes a pet',
        operationId: 'deletePet',
        parameters: [
          { name: 'api_key', in: 'header', required: false, type: 'string' },
          { name: 'petId', in: 'path', required: true, type: 'integer', format: 'int64' },
        ],
        responses: { 404: { description: 'Pet not found' } },
      },
    },
    '/pet/{petId}/uploadImage': {
      post: {
        tags: ['pet'],
        summary: 'uploads an image',
        operationId: 'uploadFile',
        consumes: ['multipart/form-data'],
        produces: ['application/json'],
        parameters: [
          { name: 'petId', in: 'path', required: true, type: 'integer', format: 'int64' },
          { name: 'additionalMetadata', in: 'formData', required: false, type: 'string' },
          { name: 'file', in: 'formData', required: false, type: 'file' },
        ],
        responses: {
          200: { description: 'ok', schema: { type: 'object', properties: { code: { type: 'integer' } } } },
        },
      },
    },
    '/store/inventory': {
      get: {
        tags: ['store'],
        summary: 'Returns pet inventories by status',
        operationId: 'getInventory',
        produces: ['application/json'],
        responses: {
          200: {
            description: 'ok',
            schema: { type: 'object', additionalProperties: { type: 'integer', format: 'int32' } },
          },
        },
        security: [{ api_key: [] }],
      },
    },
  },
  definitions: {
    Category: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } },
    Tag: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } },
    Pet: {
      type: 'object',
      required: ['name', 'photoUrls'],
      properties: {
        id: { type: 'integer', format: 'int64', readOnly: true },
        category: { $ref: '#/definitions/Category' },
        name: { type: 'string', example: 'doggie' },
        photoUrls: { type: 'array', items: { type: 'string' } },
        tags: { type: 'array', items: { $ref: '#/definitions/Tag' } },
        status: {
          type: 'string',
          description: 'pet status in the store',
          enum: ['available', 'pending', 'sold'],
        },
      },
    },
  },
};

/** Orders of a shop, 3.0: every style of parameter, nullable, allOf, a server with variables, a tree that contains itself. */
export const SHOP_3_0: JsonObject = {
  openapi: '3.0.3',
  info: { title: 'Order desk', version: '2.1' },
  servers: [
    {
      url: 'https://{region}.shop.example.com:{port}/api',
      variables: { region: { default: 'eu', enum: ['eu', 'us'] }, port: { default: '443' } },
    },
  ],
  security: [{ token: [] }],
  paths: {
    '/orders': {
      get: {
        operationId: 'orders/list',
        tags: ['orders'],
        parameters: [
          { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'integer' } } },
          { name: 'tags', in: 'query', explode: false, schema: { type: 'array', items: { type: 'string' } } },
          {
            name: 'states',
            in: 'query',
            style: 'pipeDelimited',
            explode: false,
            schema: { type: 'array', items: { type: 'string' } },
          },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            explode: true,
            schema: {
              type: 'object',
              properties: { customer: { type: 'string' }, 'min-total': { type: 'number', nullable: true } },
            },
          },
          {
            name: 'page',
            in: 'query',
            schema: {
              type: 'object',
              properties: { limit: { type: 'integer' }, cursor: { type: 'string' } },
            },
          },
          { name: 'sort', in: 'query', content: { 'application/json': { schema: { type: 'object' } } } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
          { name: 'X-Groups', in: 'header', schema: { type: 'array', items: { type: 'string' } } },
          { name: 'view', in: 'cookie', schema: { type: 'string' } },
          { name: 'theme', in: 'cookie', schema: { type: 'string' } },
        ],
        responses: {
          200: {
            description: 'Orders',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    data: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
                    next: { type: 'string', nullable: true },
                  },
                },
              },
            },
          },
        },
      },
      post: {
        operationId: 'orders/create',
        tags: ['orders'],
        summary: 'Place an order',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/NewOrder' } } },
        },
        responses: {
          201: {
            description: 'Made',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
          },
        },
      },
    },
    '/orders/{id}/lines/{lines}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        summary: 'Lines of an order',
        parameters: [
          {
            name: 'lines',
            in: 'path',
            required: true,
            schema: { type: 'array', items: { type: 'integer' } },
          },
        ],
        responses: { 200: { description: 'Text', content: { 'text/csv': { schema: { type: 'string' } } } } },
      },
    },
    '/categories': {
      get: {
        operationId: 'categories',
        security: [],
        responses: {
          200: {
            description: 'A tree',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Category' } } },
          },
          204: { description: 'None' },
        },
      },
      post: {
        operationId: 'makeCategory',
        requestBody: {
          content: { 'application/merge-patch+json': { schema: { $ref: '#/components/schemas/Category' } } },
        },
        responses: { 204: { description: 'Done' } },
      },
    },
    '/pay': {
      post: {
        operationId: 'pay',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                oneOf: [{ $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/Transfer' }],
                discriminator: { propertyName: 'kind' },
              },
            },
          },
        },
        responses: { 200: { description: 'A receipt', content: { 'application/pdf': {} } } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      NewOrder: {
        allOf: [
          { $ref: '#/components/schemas/Base' },
          {
            type: 'object',
            required: ['lines'],
            properties: {
              lines: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  required: ['sku'],
                  properties: {
                    sku: { type: 'string' },
                    quantity: { type: 'integer', minimum: 1, default: 1 },
                  },
                },
              },
            },
          },
        ],
      },
      Base: {
        type: 'object',
        required: ['customer'],
        properties: {
          customer: { type: 'string', description: 'Number of the customer', pattern: '^C\\d+$' },
          note: { type: 'string', nullable: true, maxLength: 200 },
          created_at: { type: 'string', format: 'date-time', readOnly: true },
        },
      },
      Order: {
        allOf: [
          { $ref: '#/components/schemas/NewOrder' },
          {
            type: 'object',
            required: ['id'],
            properties: {
              id: { type: 'string', format: 'uuid' },
              total: { type: 'number' },
              owner: { type: 'object', properties: { login: { type: 'string' }, name: { type: 'string' } } },
            },
          },
        ],
      },
      Category: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          parent: { $ref: '#/components/schemas/Category' },
          children: { type: 'array', items: { $ref: '#/components/schemas/Category' } },
        },
      },
      Card: {
        type: 'object',
        required: ['number'],
        properties: { kind: { type: 'string' }, number: { type: 'string' } },
      },
      Transfer: {
        type: 'object',
        required: ['iban'],
        properties: { kind: { type: 'string' }, iban: { type: 'string' } },
      },
    },
  },
};

/** 3.1 as YAML: webhooks, type lists, a key in the query, a server relative to where it was fetched. */
export const WEATHER_3_1 = `openapi: 3.1.0
info:
  title: Weather
  version: 2026-11-21
servers:
  - url: /v4
security:
  - key: []
paths:
  /forecast/{place}:
    summary: Weather of a place
    get:
      tags: [forecast]
      description: |
        The weather of the next days.

        Call it once a day.
      parameters:
        - name: place
          in: path
          required: true
          schema: { type: string, examples: [Berlin] }
        - name: days
          in: query
          description: How many days
          schema: { type: [integer, "null"], minimum: 1, maximum: 14, default: 3 }
        - $ref: "#/components/parameters/Unit"
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  days:
                    type: array
                    items:
                      type: object
                      properties:
                        date: { type: string }
                        temperature: { type: [number, "null"] }
                        wind: { const: calm }
webhooks:
  storm:
    post:
      responses: { "200": { description: ok } }
components:
  securitySchemes:
    key: { type: apiKey, in: query, name: appid }
  parameters:
    Unit: { name: unit, in: query, schema: { type: string, enum: [metric, imperial] } }
`;

/** As large companies publish them: many operations that share deep schemas. */
export function largeApi(operations: number): JsonObject {
  const user = {
    type: 'object',
    required: ['id', 'login'],
    properties: Object.fromEntries([
      ['id', { type: 'integer', description: 'Number of the user' }],
      ['login', { type: 'string' }],
      ...Array.from({ length: 20 }, (_, at) => [`url_${at}`, { type: 'string', format: 'uri' }]),
    ]),
  };
  const repository = {
    type: 'object',
    properties: Object.fromEntries([
      ['id', { type: 'integer' }],
      ['full_name', { type: 'string', description: 'Owner and name' }],
      ['owner', { $ref: '#/components/schemas/User' }],
      ['parent', { $ref: '#/components/schemas/Repository' }],
      ['topics', { type: 'array', items: { type: 'string' } }],
      ...Array.from({ length: 40 }, (_, at) => [`field_${at}`, { type: 'string', nullable: true }]),
    ]),
  };
  const paths: JsonObject = {};
  for (let at = 0; at < operations; at += 1) {
    const method = ['get', 'post', 'patch', 'delete'][at % 4]!;
    const path = `/resources_${Math.floor(at / 4)}/{owner}/{number}`;
    paths[path] = {
      ...(paths[path] as JsonObject | undefined),
      [method]: {
        operationId: `resources-${Math.floor(at / 4)}/${method}`,
        tags: [`group ${at % 37}`],
        summary: `Does the thing number ${at}`,
        description: `What ${method} does with resource ${at}, in as many words as such documents have for it.`,
        parameters: [
          { $ref: '#/components/parameters/owner' },
          { name: 'number', in: 'path', required: true, schema: { type: 'integer' } },
          {
            name: 'per_page',
            in: 'query',
            description: 'Results per page',
            schema: { type: 'integer', default: 30 },
          },
        ],
        ...(method === 'post' || method === 'patch'
          ? {
              requestBody: {
                content: {
                  'application/json': {
                    schema: {
                      type: 'object',
                      properties: {
                        title: { type: 'string' },
                        assignees: { type: 'array', items: { $ref: '#/components/schemas/User' } },
                      },
                    },
                  },
                },
              },
            }
          : {}),
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Repository' } },
              },
            },
          },
        },
      },
    };
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Large', version: '1' },
    servers: [{ url: 'https://api.large.example.com' }],
    paths,
    components: {
      parameters: {
        owner: { name: 'owner', in: 'path', required: true, schema: { type: 'string' } },
      },
      schemas: { User: user, Repository: repository },
    },
  };
}
