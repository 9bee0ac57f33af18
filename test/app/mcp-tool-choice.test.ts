import { describe, expect, it } from 'vitest';
import { kindFields } from '#app/form/field-spec.ts';
import { argumentRows, argumentSkeleton, chosenTool, pinState } from '#app/form/mcp-tool-choice.ts';
import { mcpTool } from '#lib/nodes/mcp-tool.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

const definition: JsonObject = {
  name: 'find',
  inputSchema: {
    type: 'object',
    properties: {
      limit: { type: ['integer', 'null'], description: 'How many.' },
      city: { type: 'string', description: 'Where.' },
      size: { enum: ['s', 'm'] },
      page: { type: 'integer', minimum: 1 },
      all: { type: 'boolean', default: true },
      odd: {},
    },
    required: ['city', 'size', 'page', 'all'],
  },
};
const chosen = { name: 'find', definition, hash: 'a' };

describe('a chosen tool', () => {
  it('is read off the value of the field', () => {
    expect(chosenTool(chosen)).toEqual(chosen);
    for (const value of [null, undefined, 'find', { name: 'find' }]) expect(chosenTool(value)).toBeNull();
  });

  it('is the same, was changed, or is gone', () => {
    const changed = { ...chosen, hash: 'b' };
    expect(pinState(chosen, [chosen])).toEqual({ state: 'same' });
    expect(pinState(chosen, [changed])).toEqual({ state: 'changed', now: changed });
    expect(pinState(chosen, [{ ...chosen, name: 'other' }])).toEqual({ state: 'missing' });
  });
});

describe('its arguments', () => {
  it('are told with the needed first', () => {
    expect(argumentRows(definition).map(({ name, type, required }) => [name, type, required])).toEqual([
      ['city', 'string', true],
      ['size', '"s" | "m"', true],
      ['page', 'integer', true],
      ['all', 'boolean', true],
      ['limit', 'integer | null', false],
      ['odd', 'anything', false],
    ]);
    expect(argumentRows({ name: 'bare' })).toEqual([]);
  });

  it('begin with what is needed, in values the tool takes', () => {
    const skeleton = argumentSkeleton(definition);
    expect(skeleton).toEqual({ city: '', size: 's', page: 1, all: true });
    const config = mcpTool.config.parse({
      url: 'https://mcp.example.com',
      tool: { ...chosen, hash: 'a'.repeat(64) },
      arguments: skeleton,
    });
    expect(mcpTool.check!(config)).toEqual([]);
  });
});

it('the field of the kind is drawn by its own control', () => {
  const spec = kindFields(mcpTool);
  const controls = spec.control === 'object' ? spec.fields.map(({ name, control }) => [name, control]) : [];
  expect(controls.slice(0, 4)).toEqual([
    ['url', 'text'],
    ['connection', 'connection'],
    ['tool', 'mcp-tool'],
    ['arguments', 'mcp-tool-arguments'],
  ]);
});
