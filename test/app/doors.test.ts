import { describe, expect, it } from 'vitest';
import { carry, takeCarried } from '#app/doors/carried.ts';
import { whatIsPasted } from '#app/doors/pasted.ts';
import { isUntouched } from '#app/doors/untouched.ts';
import { findTemplates, tagsOf } from '#app/templates/find-templates.ts';
import { kinds } from '#lib/nodes/index.ts';
import { builtInTemplates } from '#lib/operations/list-templates.ts';
import { initialDocument } from '#lib/workflow/initial.ts';

describe('what is pasted', () => {
  it.each([
    ["curl https://a.example/orders/7 -H 'X: 1'", 'command'],
    ['  $ curl.exe https://a.example', 'command'],
    ['https://a.example/orders/7?expand=lines', 'command'],
    ['https://a.example/v3/openapi.json', 'description'],
    ['https://a.example/swagger/v1/swagger.yaml', 'description'],
    ['https://a.example/v2/api-docs', 'description'],
    ['{\n  "openapi": "3.1.0", "paths": {} }', 'description'],
    ['{"info":{"title":"x"},"swagger":"2.0"}', 'description'],
    ['# Pets\nopenapi: 3.0.3\ninfo: {}', 'description'],
    ["swagger: '2.0'", 'description'],
  ])('%s', (text, type) => {
    expect(whatIsPasted(text)?.type).toBe(type);
  });

  it.each([
    '',
    'curling is a sport',
    'ftp://a.example/x',
    '{"patchbay":"steps"}',
    'see https://a.example',
    'about openapi',
  ])('nothing to begin with: %s', (text) => {
    expect(whatIsPasted(text)).toBeNull();
  });

  it('an address is written as a command in which no quote ends it', () => {
    expect(whatIsPasted("https://a.example/?q=it's")).toEqual({
      type: 'command',
      text: "curl 'https://a.example/?q=it%27s'",
    });
  });

  it('is carried to the next page once', () => {
    carry({ text: 'openapi: 3.1.0' });
    expect(takeCarried()).toEqual({ text: 'openapi: 3.1.0' });
    expect(takeCarried()).toBeNull();
  });
});

it('a canvas is untouched until something is drawn or set', () => {
  const fresh = initialDocument('get_order', kinds);
  expect(isUntouched(fresh, kinds)).toBe(true);
  expect(isUntouched({ nodes: [] }, kinds)).toBe(true);
  const [first, ...others] = fresh.nodes;
  const changed = { ...first!, config: { schema: { type: 'object', properties: {} } } };
  expect(isUntouched({ nodes: [changed, ...others] }, kinds)).toBe(false);
  const http = { ...first!, id: 'x', key: 'x', kind: 'http', config: kinds.get('http')!.initial as never };
  expect(isUntouched({ nodes: [http] }, kinds)).toBe(false);
  expect(isUntouched({ nodes: [...fresh.nodes, http] }, kinds)).toBe(false);
});

it('templates are found by words and tags', async () => {
  const templates = await builtInTemplates();
  const ids = (text: string, tag: string | null = null) =>
    findTemplates(templates, { text, tag }).map(({ id }) => id);
  expect(ids('exchange')).toContain('rate-watch');
  expect(ids('open-meteo')).toEqual(['weather']);
  expect(ids('list task')).toEqual(['to-do-list']);
  expect(ids('', 'schedule')).toEqual(['rate-watch']);
  expect(ids('zzyzx')).toEqual([]);
  expect(tagsOf(templates)[0]).toBe('web');
});
