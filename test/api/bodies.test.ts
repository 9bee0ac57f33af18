import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { type Ids, type Operation, openRoutes, operationsOf, type Routes } from './every-route.ts';

/**
 * Every route that takes a JSON body, as the OpenAPI document has them × every field of that body × what an attacker
 * puts there: operators of the database layer, values of another type, texts without end, and fields that nobody asked
 * for. The same bodies as they should be are the control, in tenancy.test.ts for those of projects.
 */
let routes: Routes;
let targets: Target[];

interface Target {
  operation: Operation;
  /** By name; of a body that has several forms, those of all. */
  fields: Record<string, JsonObject>;
  /** A body that is right, where one is known; otherwise made of the schema. */
  sample: JsonObject;
}

/** Puts in the place of a text what is none: it must be refused, and neither compared with nor looked up. */
const NO_TEXTS: JsonValue[] = [
  { not: '' },
  { contains: '' },
  { startsWith: '', mode: 'insensitive' },
  ['a'],
  {},
  0,
];
const LONG = 'x'.repeat(300_000);

/** What a body never says: the session and the address do. */
const UNASKED: JsonObject = {
  organizationId: 'other',
  projectId: 'other',
  userId: 'other',
  createdBy: 'other',
  createdAt: '2001-01-01T00:00:00.000Z',
  id: 'chosen',
  isAdmin: true,
};

/**
 * Bodies that are refused as a whole before their fields are looked at, or that end what the others need: what they
 * take is tried where they are tested.
 */
const LEFT_OUT = new Set([
  // A message of MCP as it is: ../gateway/fuzz.test.ts.
  'POST /projects/{project}/try',
]);

beforeAll(async () => {
  routes = await openRoutes();
  const { components } = routes.document;
  const resolve = (schema: JsonObject): JsonObject => {
    const ref = schema['$ref'];
    return typeof ref === 'string' ? components.schemas[ref.split('/').pop()!]! : schema;
  };
  targets = operationsOf(routes.document).flatMap((operation) => {
    const { method, path } = operation;
    const content = routes.document.paths[path]?.[method.toLowerCase()]?.requestBody?.content;
    const schema = content?.['application/json']?.schema;
    if (!schema || LEFT_OUT.has(`${method} ${path}`)) return [];
    const sample = (routes.bodyOf(operation, routes.acme) ?? {}) as JsonObject;
    const fields = fieldsOf(resolve(schema));
    return [{ operation, fields, sample: { ...made(resolve(schema)), ...sample } }];
  });

  function fieldsOf(schema: JsonObject): Record<string, JsonObject> {
    const forms = [schema['oneOf'], schema['anyOf'], schema['allOf']].flat() as (JsonObject | undefined)[];
    const all = forms.map((form) => (form ? fieldsOf(resolve(form)) : {}));
    return Object.assign({}, ...all, schema['properties'] as JsonObject | undefined);
  }
  /** Something of this form. */
  function made(schema: JsonObject): JsonObject {
    const properties = (schema['properties'] ?? {}) as Record<string, JsonObject>;
    const required = (schema['required'] ?? []) as string[];
    return Object.fromEntries(required.map((name) => [name, anyOf(resolve(properties[name] ?? {}))]));
  }
  function anyOf(schema: JsonObject): JsonValue {
    if (Array.isArray(schema['enum'])) return schema['enum'][0]!;
    if (schema['type'] === 'object') return made(schema);
    const simple: Record<string, JsonValue> = { array: [], boolean: true, integer: 1, number: 1, null: null };
    return simple[String([schema['type']].flat()[0])] ?? 'some text';
  }
});
afterAll(() => routes?.server.close());

/** As the owner, whose every call is let in: what stops the body is the body. */
async function send({ operation: { method, path } }: Target, body: JsonValue) {
  const ids = { ...routes.acme, ...ELSEWHERE } as Ids & Record<string, string>;
  const address = path.replace(/\{(\w+)\}/g, (_match, name: string) => ids[name as keyof Ids]);
  // A sign-in, and whatever ends or exchanges the session, in a browser that has none.
  const open = /^\/(setup|password-reset|invitation|session(?!\/organization))/.test(path);
  const browser = open ? routes.server.browser() : routes.server.owner;
  return browser.send(method, address, body);
}
const ELSEWHERE = { token: 'zzzzzzzzzzzzzzzz' };

/** Fields of the schema that take a text and nothing else. */
function textFields({ fields }: Target): string[] {
  return Object.entries(fields).flatMap(([name, { type }]) =>
    [type].flat().includes('string') ? [name] : [],
  );
}

const nameOf = ({ operation: { method, path } }: Target) => `${method} ${path}`;

/** Refused, by whichever rule comes first; too many tries of a password count as that. */
const REFUSED = [400, 413, 429];

describe('bodies of requests', () => {
  it('are known for all routes that take one', () => {
    expect(targets.length).toBeGreaterThan(50);
    expect(targets.flatMap(textFields).length).toBeGreaterThan(60);
  });

  it('take no operators, lists and numbers for texts', async () => {
    for (const target of targets) {
      for (const field of textFields(target)) {
        const answers = await Promise.all(
          NO_TEXTS.map((value) => send(target, { ...target.sample, [field]: value })),
        );
        for (const [index, { status, body }] of answers.entries()) {
          const name = `${nameOf(target)} ${field} ${JSON.stringify(NO_TEXTS[index])}`;
          expect(REFUSED, `${name}: ${status} ${JSON.stringify(body)}`).toContain(status);
          // For this field, and not for another.
          if (status === 400) expect(body.detail, name).toMatch(new RegExp(`\\b${field}\\b`));
        }
      }
    }
  });

  it('are refused with fields that nobody asked for, and nothing of them is applied', async () => {
    for (const target of targets) {
      const unasked: JsonObject = { ...UNASKED, role: 'owner' };
      const names = Object.keys(unasked).filter((name) => !(name in target.fields));
      const more = Object.fromEntries(names.map((name) => [name, unasked[name]!]));
      const { status, body } = await send(target, { ...target.sample, ...more });
      const name = `${nameOf(target)}: ${status} ${JSON.stringify(body)}`;
      expect(REFUSED, name).toContain(status);
      if (status === 400) for (const each of names) expect(body.detail, name).toContain(`"${each}"`);
    }
    const { prisma } = routes.server.app.db;
    expect(await prisma.project.count({ where: { id: 'chosen' } })).toBe(0);
    expect(await prisma.member.count({ where: { role: 'owner' } })).toBe(2);
  });

  it('of any form and size end no request in a crash', async () => {
    for (const target of targets) {
      const fields = Object.keys(target.fields);
      const bodies: JsonValue[] = [
        [],
        'text',
        0,
        null,
        { __proto__: { role: 'owner' } },
        ...fields.flatMap((field) => [
          { ...target.sample, [field]: null },
          { ...target.sample, [field]: [[[{ not: '' }]]] },
        ]),
        ...textFields(target).map((field) => ({ ...target.sample, [field]: LONG })),
      ];
      const answers = await Promise.all(bodies.map((body) => send(target, body)));
      for (const [index, { status, body }] of answers.entries()) {
        const name = `${nameOf(target)} ${JSON.stringify(bodies[index]).slice(0, 120)}`;
        expect(status, `${name}: ${status} ${JSON.stringify(body)}`).toBeLessThan(500);
      }
    }
  });

  it('that are right are taken (positive control)', async () => {
    for (const target of targets.filter(({ operation }) =>
      operation.path.startsWith('/projects/{project}'),
    )) {
      const sample = routes.bodyOf(target.operation, routes.acme) as JsonObject;
      const { status, body } = await send(target, sample ?? {});
      expect([200, 201, 202, 204, 409, 410], `${nameOf(target)}: ${JSON.stringify(body)}`).toContain(status);
    }
  });
});
