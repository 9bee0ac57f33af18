import * as z from 'zod';
import { operatorNames, operators, unary } from '#lib/workflow/compare.ts';
import { ITEM_PATH } from '#lib/workflow/item-path.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

const path = z
  .string()
  .max(200)
  .regex(ITEM_PATH, 'a path such as address.city, tags[0] or ["unit price"]; empty for the item itself');

const name = z
  .string()
  .min(1, 'a name is needed')
  .max(100)
  .refine((text) => !['__proto__', 'constructor', 'prototype'].includes(text), 'this name is reserved');

const count = z.union([
  z.int().min(0).max(100_000),
  z.string().includes('{{', { error: 'a number or {{ an expression }}' }),
]);

const OF_ITEM =
  'A field is a place within each item: price, address.city, tags[0]; empty for the item itself.';

const measures = z.array(
  z.strictObject({
    name: name.meta({ title: 'Name', placeholder: 'total', half: true }),
    of: z.enum(['count', 'sum', 'average', 'min', 'max']).meta({
      title: 'Is',
      widget: 'select',
      labels: { count: 'count', sum: 'sum', average: 'average', min: 'least', max: 'greatest' },
      half: true,
    }),
    path: path.default('').meta({
      title: 'Of field',
      description: OF_ITEM,
      placeholder: 'price',
      showIf: { field: 'of', in: ['sum', 'average', 'min', 'max'] },
    }),
  }),
);

const operation = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('filter'),
      when: z
        .enum(['all', 'any'])
        .default('all')
        .meta({
          title: 'Keep items for which',
          widget: 'select',
          labels: { all: 'all conditions hold', any: 'any condition holds' },
        }),
      conditions: z
        .array(
          z.strictObject({
            path: path.default('').meta({ title: 'Field', placeholder: 'price' }),
            operator: z
              .enum(operatorNames)
              .meta({ title: 'Is', widget: 'select', labels: operators, half: true }),
            value: z
              .string()
              .default('')
              .meta({
                title: 'Compared with',
                template: true,
                half: true,
                showIf: { field: 'operator', in: operatorNames.filter((one) => !unary.includes(one)) },
              }),
          }),
        )
        .min(1, 'add a condition')
        .max(10)
        .meta({ title: 'Conditions', description: OF_ITEM }),
    })
    .meta({ title: 'Filter' }),
  z
    .strictObject({
      type: z.literal('sort'),
      by: z
        .array(
          z.strictObject({
            path: path.default('').meta({ title: 'Field', placeholder: 'price', half: true }),
            direction: z
              .enum(['ascending', 'descending'])
              .default('ascending')
              .meta({
                title: 'Direction',
                widget: 'select',
                labels: { ascending: 'ascending', descending: 'descending' },
                half: true,
              }),
          }),
        )
        .min(1, 'say by what to sort')
        .max(5)
        .meta({
          title: 'Sort by',
          description: `${OF_ITEM} The second decides where the first is equal, and so on.`,
        }),
    })
    .meta({ title: 'Sort' }),
  z
    .strictObject({
      type: z.literal('limit'),
      count: count.meta({ title: 'Keep the first', template: true }),
    })
    .meta({ title: 'Limit' }),
  z
    .strictObject({
      type: z.literal('skip'),
      count: count.meta({ title: 'Leave out the first', template: true }),
    })
    .meta({ title: 'Skip' }),
  z
    .strictObject({
      type: z.literal('pick'),
      fields: z
        .record(name, path)
        .refine((fields) => Object.keys(fields).length > 0, 'add a field')
        .meta({
          title: 'Fields',
          description:
            'Names of the new items, and where their values come from; the same name when left empty.',
          widget: 'key-value',
        }),
    })
    .meta({ title: 'Pick fields' }),
  z
    .strictObject({
      type: z.literal('unique'),
      path: path.default('').meta({ title: 'By field', description: OF_ITEM, placeholder: 'email' }),
    })
    .meta({ title: 'Remove duplicates' }),
  z
    .strictObject({
      type: z.literal('group'),
      path: path.default('').meta({ title: 'By field', description: OF_ITEM, placeholder: 'country' }),
      measures: measures.max(20).default([]).meta({
        title: 'Totals',
        description: 'Found in "totals" of each group, beside "key", "count" and "items".',
      }),
    })
    .meta({ title: 'Group' }),
  z
    .strictObject({
      type: z.literal('aggregate'),
      measures: measures.min(1, 'add a value').max(20).meta({ title: 'Values' }),
    })
    .meta({ title: 'Aggregate' }),
  z.strictObject({ type: z.literal('reverse') }).meta({ title: 'Reverse' }),
]);

export const config = z.strictObject({
  list: z.string().min(1, 'say which list').meta({
    title: 'List',
    template: true,
    placeholder: '{{ steps.fetch.body.items }}',
  }),
  operations: z
    .array(operation)
    .max(20)
    .default([])
    .meta({ title: 'Operations', description: 'Done one after the other.' }),
});

export type Operation = z.output<typeof operation>;

const number = z.coerce.number().pipe(z.int().min(0));
const paths = z.string().default('');
const resolvedMeasures = z
  .array(z.object({ name: z.string(), of: z.enum(['count', 'sum', 'average', 'min', 'max']), path: paths }))
  .default([]);

const resolvedOperation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('filter'),
    when: z.enum(['all', 'any']).default('all'),
    conditions: z.array(
      z.object({ path: paths, operator: z.enum(operatorNames), value: z.custom<JsonValue>().optional() }),
    ),
  }),
  z.object({
    type: z.literal('sort'),
    by: z.array(
      z.object({ path: paths, direction: z.enum(['ascending', 'descending']).default('ascending') }),
    ),
  }),
  z.object({ type: z.literal('limit'), count: number }),
  z.object({ type: z.literal('skip'), count: number }),
  z.object({ type: z.literal('pick'), fields: z.record(z.string(), z.string()) }),
  z.object({ type: z.literal('unique'), path: paths }),
  z.object({ type: z.literal('group'), path: paths, measures: resolvedMeasures }),
  z.object({ type: z.literal('aggregate'), measures: resolvedMeasures }),
  z.object({ type: z.literal('reverse') }),
]);

export type ResolvedOperation = z.output<typeof resolvedOperation>;
export type Measure = z.output<typeof resolvedMeasures>[number];

export const resolved = z.object({
  list: z.custom<JsonValue>().optional(),
  operations: z.array(resolvedOperation).default([]),
});

export type Resolved = z.output<typeof resolved>;
