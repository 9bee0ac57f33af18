import { describe, expect, it } from 'vitest';
import { emptyValue, emptyVariant } from '#app/form/empty-value.ts';
import { type FieldSpec, kindFields, schemaFields } from '#app/form/field-spec.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';

function members(spec: FieldSpec): Record<string, FieldSpec> {
  if (spec.control !== 'object') throw new Error(`an object was expected, not ${spec.control}`);
  return Object.fromEntries(spec.fields.map((field) => [field.name, field]));
}

function walk(spec: FieldSpec, visit: (spec: FieldSpec) => void): void {
  visit(spec);
  if (spec.control === 'object') for (const field of spec.fields) walk(field, visit);
  if (spec.control === 'list') walk(spec.item, visit);
  if (spec.control === 'optional') walk(spec.content, visit);
  if (spec.control === 'variant')
    for (const { fields } of spec.variants) for (const field of fields) walk(field, visit);
}

describe('the form of each kind', () => {
  it.each([...kinds.values()].map((kind) => [kind.type, kind] as const))(
    '%s: every field has a name',
    (_, kind) => {
      const spec = kindFields(kind);
      expect(spec.control).toBe('object');
      walk(spec, (field) => {
        if (field.name !== '') expect(field.title).not.toBe('');
      });
    },
  );

  it.each([...kinds.values()].map((kind) => [kind.type, kind] as const))(
    '%s: nothing has to be written as JSON',
    (_, kind) => {
      const written: string[] = [];
      walk(kindFields(kind), (field) => {
        if (field.control === 'json') written.push(field.name);
      });
      expect(written).toEqual([]);
    },
  );

  it.each([...kinds.values()].map((kind) => [kind.type, kind] as const))(
    '%s: choosing a variant or adding an item gives what the schema takes but for texts that must be filled',
    (_, kind) => {
      walk(kindFields(kind), (field) => {
        if (field.control !== 'variant') return;
        for (const variant of field.variants) {
          expect(emptyVariant(field.tag, variant)).toMatchObject({ [field.tag]: variant.value });
        }
      });
    },
  );
});

describe('a field', () => {
  const fields = members(
    schemaFields({
      type: 'object',
      required: ['order_id'],
      properties: {
        order_id: { type: 'string', minLength: 3 },
        limit: { type: 'integer', minimum: 1, maximum: 9007199254740991, default: 10 },
        size: { enum: ['s', 'm'], labels: { s: 'Small' } },
        tags: { type: 'array', items: { type: 'string' } },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
        group: { anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }] },
        amount: { anyOf: [{ type: 'number' }, { type: 'string' }], template: true },
        mixed: { type: ['string', 'number'] },
        linked: { $ref: '#/$defs/place', title: 'Place' },
      },
      $defs: { place: { type: 'object', properties: { city: { type: 'string' } } } },
    }),
  );

  it('gets its control from the type', () => {
    const controls = Object.fromEntries(Object.entries(fields).map(([name, { control }]) => [name, control]));
    expect(controls).toEqual({
      order_id: 'text',
      limit: 'number',
      size: 'select',
      tags: 'list',
      headers: 'key-value',
      group: 'optional',
      amount: 'text',
      mixed: 'json',
      linked: 'object',
    });
  });

  it('is named by its title or by its name in words, and knows whether it must be there', () => {
    expect(fields['order_id']).toMatchObject({ title: 'Order id', required: true, minLength: 3 });
    expect(fields['linked']).toMatchObject({ title: 'Place', required: false });
  });

  it('says no bounds that mean nothing', () => {
    expect(fields['limit']).toMatchObject({ minimum: 1, maximum: undefined, initial: 10 });
  });

  it('takes a number or an expression as a text', () => {
    expect(fields['amount']).toMatchObject({ control: 'text', numeric: true });
  });

  it('uses the words given for values', () => {
    expect(fields['size']).toMatchObject({
      options: [
        { value: 's', label: 'Small' },
        { value: 'm', label: 'm' },
      ],
    });
  });

  it('offers titled values as a question of MCP words them, one or any of them', () => {
    const titled = [
      { const: 's', title: 'Small' },
      { const: 'l', title: 'Large' },
    ];
    const asked = members(
      schemaFields({
        type: 'object',
        properties: {
          one: { type: 'string', oneOf: titled },
          any: { type: 'array', items: { anyOf: titled } },
          plain: { type: 'array', items: { type: 'string', enum: ['s', 'l'] } },
        },
      }),
    );
    const options = [
      { value: 's', label: 'Small' },
      { value: 'l', label: 'Large' },
    ];
    expect(asked['one']).toMatchObject({ control: 'select', options });
    expect(asked['any']).toMatchObject({ control: 'choices', options });
    expect(asked['plain']).toMatchObject({ control: 'choices', options: [{ label: 's' }, { label: 'l' }] });
  });

  it('passes "template" on to everything inside', () => {
    const spec = schemaFields({
      type: 'object',
      properties: {
        box: { type: 'object', template: true, properties: { text: { type: 'string' } } },
      },
    });
    expect(members(members(spec)['box']!)['text']!.template).toBe(true);
  });

  it('ends where a schema goes round in a circle', () => {
    const circle: JsonSchema = { type: 'object', properties: { child: { $ref: '#' } } };
    let depth = 0;
    walk(schemaFields(circle), () => {
      depth += 1;
    });
    expect(depth).toBeLessThan(20);
  });

  it('begins with its default, else with the least its control can show', () => {
    expect(emptyValue(fields['limit']!)).toBe(10);
    expect(emptyValue(fields['size']!)).toBe('s');
    expect(emptyValue(fields['group']!)).toBeNull();
    expect(emptyValue(fields['tags']!)).toEqual([]);
  });
});

describe('the name of an item that connections hang on', () => {
  const cases = members(kindFields(kinds.get('switch')!))['cases']!;
  const made = () => (cases.control === 'list' ? emptyValue(cases.item) : null) as { id: string };

  it('is made up with the item, and is another each time', () => {
    expect(made()).toMatchObject({ name: '', operator: 'equals', right: '' });
    expect(made().id).toMatch(/^[0-9a-f]{8}$/);
    expect(made().id).not.toBe(made().id);
    expect(kinds.get('switch')!.config.safeParse({ value: 'x', cases: [made(), made()] }).success).toBe(true);
  });
});
