import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Two rules of docs/architecture.md, re-derived from the source: imports flow one way, and each package has one home.
 * A finding names the file and the import.
 */
const root = join(import.meta.dirname, '..');

/** Lower may not import higher. Folders on one level may import each other only where ALLOWED_SIDEWAYS says so. */
const LEVEL: Record<string, number> = {
  'lib/workflow': 0,
  'lib/engine': 1,
  'lib/nodes': 1,
  'lib/db': 1,
  'lib/egress': 1,
  'lib/sandbox': 1,
  'lib/knowledge': 1,
  'lib/remote-mcp': 1,
  'lib/sources': 1,
  'lib/parse': 1,
  'lib/openapi': 1,
  'lib/curl': 1,
  'lib/auth': 2,
  'lib/operations': 3,
  'lib/gateway': 4,
  'lib/api': 4,
  app: 5,
  workers: 5,
};

/** Importer → what of its own level it may import. */
const ALLOWED_SIDEWAYS: Record<string, string[]> = {
  // Kinds are written against the engine's types; the sandbox, the egress and the look-up throw its StepError.
  'lib/nodes': ['lib/engine'],
  'lib/sandbox': ['lib/engine'],
  'lib/egress': ['lib/engine'],
  // Its reader is a process behind the walls of the sandbox.
  'lib/knowledge': ['lib/engine', 'lib/db', 'lib/sandbox', 'lib/parse'],
  // Texts are analysed and passages ranked in one place, whatever the database.
  'lib/db': ['lib/knowledge'],
  // Speaks with other servers through the one way out.
  'lib/remote-mcp': ['lib/engine', 'lib/egress'],
  'lib/sources': ['lib/engine', 'lib/egress', 'lib/sandbox'],
  'lib/parse': ['lib/engine'],
  // Both make a workflow of a request.
  'lib/curl': ['lib/openapi'],
};

/** What the browser's bundle may take from lib: pure code, and types of the API. */
const APP_MAY_IMPORT = ['lib/workflow', 'lib/nodes', 'lib/curl'];

/** Package (or its prefix, ending in /) → the only folder that may import it. */
const HOME: Record<string, string | string[]> = {
  next: 'app',
  'next/': 'app',
  'next-themes': 'app',
  react: 'app',
  'react/': 'app',
  'react-dom': 'app',
  '@xyflow/': 'app',
  'node-diff3': 'app',
  'radix-ui': 'app',
  '@codemirror/': 'app',
  '@prisma/': 'lib/db',
  'better-sqlite3': 'lib/db',
  // Our own database, and those that workflows ask.
  pg: ['lib/db', 'lib/egress'],
  'postgres-array': 'lib/egress',
  '@modelcontextprotocol/client': 'lib/remote-mcp',
  '@modelcontextprotocol/': 'lib/gateway',
  ws: 'lib/gateway',
  undici: 'lib/egress',
  nodemailer: 'lib/egress',
  'better-auth': 'lib/auth',
  'better-auth/': 'lib/auth',
  'openid-client': 'lib/auth',
  otpauth: 'lib/auth',
  uqr: 'app',
  'isolated-vm': 'workers',
  croner: 'lib/operations',
  standardwebhooks: 'lib/operations',
  'csv-parse/': ['lib/parse', 'lib/knowledge'],
  saxes: ['lib/parse', 'lib/knowledge'],
  yauzl: 'lib/knowledge',
  'postal-mime': 'lib/knowledge',
  unpdf: 'lib/knowledge',
  turndown: 'lib/knowledge',
  '@mozilla/readability': 'lib/knowledge',
  '@scalar/': 'lib/openapi',
  '@orama/': 'lib/knowledge',
  'eld/': 'lib/knowledge',
  hono: 'lib/api',
  'hono/': 'lib/api',
  '@hono/': 'lib/api',
};

/** Exceptions, each with its reason. */
const EXCEPTIONS = new Set([
  // The one process that answers HTTP hosts Next.js.
  'workers/server.ts → next',
  // The typed client of our own API.
  'app/data/api.ts → hono/client',
]);

/** Modules that open connections. Only the egress may dial; the servers listen, the sandbox supervisor spawns. */
const DIALLERS = [
  'node:http',
  'node:https',
  'node:net',
  'node:tls',
  'node:http2',
  'node:dgram',
  'undici',
  'axios',
  'got',
  'ws',
];

interface Import {
  file: string;
  specifier: string;
  typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (name === 'gen' || name === 'node_modules') return [];
    if (statSync(join(root, path)).isDirectory()) return sourceFiles(path);
    return /\.(ts|tsx|cjs|mjs)$/.test(name) ? [path] : [];
  });
}

function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const statement = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?['"]([^'"]+)['"]/g;
  for (const match of source.matchAll(statement)) {
    found.push({ file, specifier: match[3]!, typeOnly: match[2] !== undefined });
  }
  for (const match of source.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    found.push({ file, specifier: match[1]!, typeOnly: false });
  }
  return found;
}

/** Folder of LEVEL a path lies in. */
function layerOf(path: string): string | undefined {
  return Object.keys(LEVEL).find((layer) => path === layer || path.startsWith(`${layer}/`));
}

/** Project path of an import, or undefined for a package. */
function targetOf({ file, specifier }: Import): string | undefined {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  const alias = /^#(lib|app|test)\/(.*)$/.exec(specifier);
  return alias ? `${alias[1]}/${alias[2]}` : undefined;
}

const imports = ['lib', 'app', 'workers'].flatMap(sourceFiles).flatMap(importsOf);

function homesOf(specifier: string): string[] {
  for (const [name, home] of Object.entries(HOME)) {
    if (specifier === name || (name.endsWith('/') && specifier.startsWith(name))) return [home].flat();
  }
  return [];
}

describe('layers', () => {
  it('reads the source (positive control)', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(
      imports.some((i) => i.file.startsWith('lib/operations/') && i.specifier.includes('lib/engine')),
    ).toBe(true);
  });

  it('lets imports flow one way', () => {
    const wrong = imports.flatMap((entry) => {
      const from = layerOf(entry.file);
      const target = targetOf(entry);
      const to = target && layerOf(target);
      if (!from || !to || from === to) return [];
      const downward = LEVEL[to]! < LEVEL[from]!;
      const sideways = LEVEL[to] === LEVEL[from] && ALLOWED_SIDEWAYS[from]?.includes(to);
      return downward || sideways ? [] : [`${entry.file} → ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it('keeps the server out of the browser bundle', () => {
    const wrong = imports.flatMap((entry) => {
      const target = targetOf(entry);
      if (!entry.file.startsWith('app/') || !target?.startsWith('lib/') || entry.typeOnly) return [];
      return APP_MAY_IMPORT.some((folder) => target.startsWith(`${folder}/`))
        ? []
        : [`${entry.file} → ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it('gives each package one home', () => {
    const wrong = imports.flatMap((entry) => {
      const homes = homesOf(entry.specifier);
      const name = `${entry.file} → ${entry.specifier}`;
      const atHome = homes.length === 0 || homes.some((home) => entry.file.startsWith(`${home}/`));
      if (atHome || EXCEPTIONS.has(name)) return [];
      return [name];
    });
    expect(wrong).toEqual([]);
  });

  it('keeps node kinds to zod, the engine and the document', () => {
    const wrong = imports.flatMap((entry) => {
      if (!entry.file.startsWith('lib/nodes/')) return [];
      const target = targetOf(entry);
      const fine = target ? /^lib\/(nodes|engine|workflow)\//.test(target) : entry.specifier === 'zod';
      return fine ? [] : [`${entry.file} → ${entry.specifier}`];
    });
    expect(wrong).toEqual([]);
  });

  it('lets nothing but the egress dial', () => {
    const mayImport: Record<string, string> = {
      'lib/egress/': 'the way out',
      'lib/gateway/': 'listens: types of node:http',
      'workers/server.ts': 'listens',
    };
    const wrong = imports.flatMap((entry) => {
      if (entry.file.startsWith('app/') || entry.typeOnly || !DIALLERS.includes(entry.specifier)) return [];
      return Object.keys(mayImport).some((prefix) => entry.file.startsWith(prefix))
        ? []
        : [`${entry.file} → ${entry.specifier}`];
    });
    expect(wrong).toEqual([]);
    const globalFetch = ['lib', 'workers']
      .flatMap(sourceFiles)
      .filter((file) => !file.startsWith('lib/egress/'))
      .filter((file) => /(?<![\w.$'"`])fetch\(/.test(stripText(readFileSync(join(root, file), 'utf8'))));
    expect(globalFetch).toEqual([]);
  });

  it('evaluates text nowhere', () => {
    const evaluators = ['lib', 'workers', 'app']
      .flatMap(sourceFiles)
      .filter((file) => !file.startsWith('workers/sandbox'))
      .filter((file) =>
        /\bnew Function\(|(?<![\w.])eval\(|from 'node:vm'/.test(
          stripText(readFileSync(join(root, file), 'utf8')),
        ),
      );
    expect(evaluators).toEqual([]);
  });

  it('has no import cycles in lib', () => {
    const graph = new Map<string, string[]>();
    for (const entry of imports) {
      const target = targetOf(entry);
      if (entry.typeOnly || !target || !entry.file.startsWith('lib/')) continue;
      graph.set(entry.file, [...(graph.get(entry.file) ?? []), target]);
    }
    expect(findCycle(graph)).toBeNull();
  });
});

/** Source without comments and strings, so that words in prose are no findings. */
function stripText(source: string): string {
  return source.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
    '',
  );
}

function findCycle(graph: Map<string, string[]>): string[] | null {
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const path: string[] = [];
    const walk = (node: string): string[] | null => {
      const at = path.indexOf(node);
      if (at >= 0) return [...path.slice(at), node];
      if (done.has(node)) return null;
      path.push(node);
      for (const next of graph.get(node) ?? []) {
        const cycle = walk(next);
        if (cycle) return cycle;
      }
      path.pop();
      done.add(node);
      return null;
    };
    const cycle = walk(start);
    if (cycle) return cycle.map((file) => relative('lib', file));
  }
  return null;
}
