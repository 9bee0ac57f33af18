import { randomUUID } from 'node:crypto';
import type { ApiSource } from '#lib/db/api-sources.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { ConnectionType } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { ApiScheme, OperationChoice } from '#lib/openapi/api.ts';
import type { ReadDescription } from '#lib/openapi/api-task.ts';
import { freeName } from '#lib/openapi/tool-name.ts';
import { compile } from '#lib/workflow/compile.ts';
import {
  type ApiSourceView,
  asJson,
  askApi,
  contentHash,
  findSource,
  type ImportedApi,
  importedOf,
  sourceView,
  textOf,
} from './api-source.ts';
import type { App } from './app.ts';
import { sealUnbound } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { baseOf } from './plan-api-update.ts';
import { type ConnectionView, connectionView } from './read-connections.ts';
import { errorCount } from './read-workflows.ts';
import { mayEdit } from './roles.ts';
import { updateProject } from './update-project.ts';

export interface ImportApi {
  /** Id of a description that was read. */
  source: string;
  /** Base address of the API. */
  base: string;
  operations: { id: string; choice: OperationChoice }[];
}

export interface MadeConnection extends ConnectionView {
  /** Name of the header, parameter or cookie that it carries; null where its type says it. */
  parameter: string | null;
}

export interface ImportedApiView {
  source: ApiSourceView;
  workflows: { id: string; name: string; operation: string; problems: number }[];
  /** Those that wait for their secret, and those that were there already. */
  connections: MadeConnection[];
}

/**
 * Makes a draft of each chosen operation, one connection for each way to sign in (without its secret), and an
 * environment value with the base address. Throws `invalid` with the list of what is wrong; then nothing was made.
 */
export async function importApi(
  app: App,
  principal: Principal,
  slug: string,
  input: ImportApi,
): Promise<ImportedApiView> {
  const project = await findProject(app, principal, slug);
  mayEdit(principal, 'import an API');
  const source = await findSource(app, principal, project.id, input.source);
  const read = await askApi(app, { type: 'read', api: textOf(source) });
  const { imported, ...made } = await makeWorkflows(app, principal, {
    project,
    source,
    read,
    imported: importedOf(source),
    base: baseAddress(input.base),
    operations: input.operations,
  });
  const recorded = await repository(app.db, principal).apiSources.record(project.id, source.id, {
    choices: asJson(imported),
  });
  return { source: sourceView(recorded, {}), ...made };
}

export interface MakeWorkflows {
  project: Project;
  source: ApiSource & { document: string };
  read: Pick<ReadDescription, 'title' | 'operations' | 'schemes'>;
  imported: ImportedApi;
  base: string;
  operations: ImportApi['operations'];
}

/** The workflows, and what is to be stored of them. */
export async function makeWorkflows(
  app: App,
  principal: Principal,
  { project, source, read, imported: before, base, operations }: MakeWorkflows,
): Promise<Omit<ImportedApiView, 'source'> & { imported: ImportedApi }> {
  const { workflows } = repository(app.db, principal);
  const lines = new Map(read.operations.map((line) => [line.id, line]));
  const env = before.env || environmentName(read.title, base, project.env);
  const taken = new Set((await workflows.list(project.id)).map(({ name }) => name));
  const wanted = operations.map(({ id, choice }) => {
    const name = freeName(choice.name ?? lines.get(id)?.name ?? 'operation', taken);
    taken.add(name);
    return { id, choice: { ...choice, name } };
  });
  const all = [...wanted.map(({ id }) => id), ...Object.keys(before.operations)];
  const needed = read.schemes.filter(({ name }) => all.some((id) => lines.get(id)?.scheme === name));
  const servers = [base, ...wanted.map(({ id }) => lines.get(id)?.server ?? base)];
  const { connections, ids } = await connectionsFor(app, principal, {
    project,
    title: read.title,
    schemes: needed,
    known: before.connections,
    hosts: [...new Set(servers.flatMap(hostOf))],
  });
  const imported: ImportedApi = { ...before, env, base, connections: { ...before.connections, ...ids } };
  const place = { base: baseOf(imported), connections: imported.connections };
  const made = await askApi(app, {
    type: 'documents',
    api: textOf(source),
    wanted: wanted.map((one) => ({ ...one, place })),
  });
  const faults = made.flatMap((one) =>
    'faults' in one ? one.faults.map((fault) => `${one.id}: ${fault}`) : [],
  );
  if (faults.length > 0) {
    throw new AppError(
      'invalid',
      `These operations cannot be imported:\n${faults.map((f) => `- ${f}`).join('\n')}`,
      {
        faults,
      },
    );
  }
  await connections.make();
  await updateProject(app, principal, project.slug, { env: { ...project.env, [env]: base } });
  const views: ImportedApiView['workflows'] = [];
  const list = { ...before.operations };
  for (const [at, one] of made.entries()) {
    if (!('document' in one)) continue;
    const { document } = one;
    const { problems } = compile(document, kinds, { env: [...Object.keys(project.env), env] });
    const workflow = await workflows.create(project.id, {
      document,
      problems: errorCount(problems),
      unreviewed: true,
    });
    list[one.id] = { choice: wanted[at]!.choice, workflow: workflow.id, hash: contentHash(document) };
    views.push({ id: workflow.id, name: workflow.name, operation: one.id, problems: errorCount(problems) });
  }
  return {
    imported: { ...imported, operations: list },
    workflows: views,
    connections: connections.views(),
  };
}

/** As it stands before a path; throws `bad_request` when it is no address. */
export function baseAddress(text: string): string {
  const url = URL.parse(text.trim());
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.search ||
    url.hash ||
    url.username ||
    /[{}]/.test(text)
  ) {
    throw new AppError(
      'bad_request',
      'base: the address of the API begins with https:// or http://, such as https://api.example.com/v1, and has no query.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** `https://api.example.com:8443/v1` → `api.example.com:8443`. */
function hostOf(address: string): string[] {
  const url = URL.parse(address);
  if (!url) return [];
  if (url.protocol === 'https:') return [url.host.toLowerCase()];
  // A credential goes over plain http only to a port that is named.
  return [`${url.hostname.toLowerCase()}:${url.port || '80'}`];
}

/** `PETSTORE_URL`; another where that holds something else. */
function environmentName(title: string, base: string, env: Record<string, string>): string {
  const words = title
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^[^A-Z]+|_+$/g, '')
    .slice(0, 40);
  const name = `${words || 'API'}_URL`;
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}_${number}`;
    if (env[free] === undefined || env[free] === base) return free;
  }
}

const TYPES: Record<ApiScheme['type'], ConnectionType> = {
  bearer: 'bearer',
  oauth: 'bearer',
  basic: 'basic',
  header: 'header',
  cookie: 'header',
  query: 'query',
};

/** Finds or names the connections; they are made by `make`, when it is certain that workflows will be. */
async function connectionsFor(
  app: App,
  principal: Principal,
  given: {
    project: Project;
    title: string;
    schemes: ApiScheme[];
    known: Record<string, string>;
    hosts: string[];
  },
): Promise<{
  ids: Record<string, string>;
  connections: { make(): Promise<void>; views(): MadeConnection[] };
}> {
  const { project, title, schemes, known, hosts } = given;
  const { connections } = repository(app.db, principal);
  const existing = await connections.list(project.id);
  const names = new Set(existing.map(({ name }) => name));
  const views: MadeConnection[] = [];
  const waiting: { id: string; name: string; type: ConnectionType; parameter: string | null }[] = [];
  const ids: Record<string, string> = {};
  for (const { name: scheme, type: how, parameter } of schemes) {
    const type = TYPES[how];
    const carried = how === 'cookie' ? `Cookie: ${parameter}=…` : parameter;
    const name = `${title.slice(0, 70)}${carried === null ? '' : ` (${carried.slice(0, 40)})`}`;
    const fits = existing.find(
      (one) =>
        one.id === known[scheme] ||
        (one.name === name && one.type === type && hosts.every((host) => one.hosts.includes(host))),
    );
    if (fits) {
      ids[scheme] = fits.id;
      views.push({ ...connectionView(fits), parameter: carried });
      continue;
    }
    let free = name;
    for (let number = 2; names.has(free); number += 1) free = `${name} ${number}`;
    names.add(free);
    ids[scheme] = randomUUID();
    waiting.push({ id: ids[scheme], name: free, type, parameter: carried });
  }
  return {
    ids,
    connections: {
      async make() {
        for (const { parameter, ...one } of waiting) {
          const secret = await sealUnbound(app.vault, { organizationId: project.organizationId, id: one.id });
          const row = await connections.create(project.id, { ...one, hosts, secret, preview: '' });
          views.push({ ...connectionView(row), parameter });
        }
      },
      views: () => views,
    },
  };
}
