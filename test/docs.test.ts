import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { renewedPages } from '../scripts/docs.ts';

// What the pages say is said by the source. Here is what can be checked without reading them.

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ...readdirSync(root),
].filter((name) => name.endsWith('.md'));

describe('the generated parts of docs/', () => {
  const generated = renewedPages();
  it('are on three pages, the index of the kinds, and a page for each kind', () => {
    expect(generated.map(({ page }) => page).sort()).toEqual(
      [
        'egress.md',
        'expressions.md',
        'sandbox.md',
        'nodes/README.md',
        ...[...kinds.keys()].map((type) => `nodes/${type}.md`),
      ].sort(),
    );
  });
  test.each(generated)('of $page are up to date (else: node scripts/docs.ts --write)', (page) => {
    expect(page.current).toBe(page.renewed);
  });
});

describe('a page', () => {
  test.each(pages)('%s links to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)/g)];
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), link).toBe(true);
      if (anchor) expect(anchorsOf(read(target)), link).toContain(anchor);
    }
  });

  test.each(pages)('%s names files that are there', (page) => {
    const named = [...read(page).matchAll(/`((?:app|lib|prisma|scripts|test|workers)\/[\w./-]+\w)`/g)];
    for (const [, path = ''] of named) expect(existsSync(join(root, path)), path).toBe(true);
  });
});

describe('every code', () => {
  const found = (folders: string[], pattern: RegExp) => {
    const text = folders.flatMap(sources).map(read).join('\n');
    return [...new Set([...text.matchAll(pattern)].map(([, code = '']) => code))];
  };
  const egress = readdirSync(join(root, 'lib/egress')).map((name) => `lib/egress/${name}`);
  const [ofPostgres, besidePostgres] = [true, false].map((wanted) =>
    egress.filter((path) => path.includes('/postgres') === wanted),
  ) as [string[], string[]];
  const failure = /new StepError\(\s*'([A-Z_]+)'/g;

  it.each([
    ['egress.md', [...besidePostgres, 'lib/operations/connection-headers.ts'], failure],
    ['sql.md', [...ofPostgres, 'lib/operations/sql-capability.ts'], failure],
    [
      'working-with-data.md',
      [
        'lib/parse',
        'lib/nodes/list',
        'lib/nodes/validate.ts',
        'lib/operations/workflows-capability.ts',
        'lib/operations/callable-workflows.ts',
      ],
      failure,
    ],
    ['working-with-data.md', ['lib/operations/store-capability.ts'], /: '([A-Z_]+)',/g],
    ['models.md', ['lib/nodes/ai-model.ts', 'lib/nodes/ai-model'], failure],
    ['remote-mcp.md', ['lib/remote-mcp', 'lib/nodes/mcp-tool.ts'], failure],
    ['sandbox.md', ['lib/sandbox'], failure],
    ['sandbox.md', ['workers'], /'(CODE_[A-Z]+)'/g],
    ['expressions.md', ['lib/workflow'], /'(expression_[a-z_]+)'/g],
    ['gateway.md', ['lib/gateway/dispatch.ts'], /\['([a-z/]+)', \w+\]/g],
    ['operating.md', ['lib/operations/env.ts'], /^ {2}([A-Z_]+): /gm],
  ] as const)('has its words in %s: those of %s', (page, folders, pattern) => {
    const codes = found([...folders], pattern);
    expect(codes.length).toBeGreaterThan(3);
    const text = read(`docs/${page}`);
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});

function sources(path: string): string[] {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(join(root, path))
    .filter((name) => /\.(ts|cjs|js)$/.test(name))
    .map((name) => `${path}/${name}`);
}

/** As GitHub makes them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(
    ([, title = '']) =>
      `#${title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-')}`,
  );
}
