import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { Project } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import { toldIcon } from '#lib/workflow/icon.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { addressOf } from './pinned-address.ts';

/** What of a project its card tells. */
export type Carded = Pick<Project, 'slug' | 'name' | 'icon' | 'instructions' | 'access' | 'release'> & {
  /** Of a pinned release. */
  pin?: number;
  toolset?: { name: string; description: string };
};

const CARD_SCHEMA = 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json';
const REGISTRY_SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
const VERSIONS = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'];
const MAX_DESCRIPTION = 100;

/** The server card of a project (SEP-2127): where it is and what it takes to connect; no tools. */
export function serverCard(project: Carded, publicUrl: string): JsonObject {
  return {
    $schema: CARD_SCHEMA,
    ...common(project, publicUrl),
    ...(project.icon !== '' && { icons: [{ ...toldIcon(project.icon) }] }),
    remotes: [
      {
        type: 'streamable-http',
        url: urlOf(project, publicUrl),
        ...(project.access === 'key' && {
          headers: [{ name: 'Authorization', description: KEY_HINT, isRequired: true, isSecret: true }],
        }),
        supportedProtocolVersions: VERSIONS,
      },
    ],
  };
}

/** `server.json` of a project, as the MCP registry takes it (schema of 2025-12-11). */
export function registryEntry(project: Carded, publicUrl: string): JsonObject {
  return {
    $schema: REGISTRY_SCHEMA,
    ...common(project, publicUrl),
    // Registries take an address only.
    ...(/^https:.{0,249}$/i.test(project.icon) && { icons: [{ ...toldIcon(project.icon) }] }),
    remotes: [
      {
        type: 'streamable-http',
        url: urlOf(project, publicUrl),
        ...(project.access === 'key' && {
          headers: [
            {
              name: 'Authorization',
              description: KEY_HINT,
              isRequired: true,
              isSecret: true,
              value: 'Bearer {api_key}',
              variables: {
                api_key: { description: 'An API key of this server', isRequired: true, isSecret: true },
              },
            },
          ],
        }),
      },
    ],
  };
}

const KEY_HINT = 'Bearer, and an API key of this server';

/** Both documents of a project or of a toolset, to download. Throws `not_found`. */
export async function readServerCard(
  app: App,
  principal: Principal,
  slug: string,
  { toolset }: { toolset?: string | undefined } = {},
): Promise<{ card: JsonObject; registry: JsonObject }> {
  const project = await findProject(app, principal, slug);
  const carded =
    toolset === undefined ? project : await asToolset(app, principal, { project, name: toolset });
  const { publicUrl } = app.env;
  return { card: serverCard(carded, publicUrl), registry: registryEntry(carded, publicUrl) };
}

async function asToolset(
  app: App,
  principal: Principal,
  { project, name }: { project: Project; name: string },
): Promise<Carded> {
  const all = await repository(app.db, principal).toolsets.list(project.id);
  const toolset = all.find((one) => one.name === name);
  if (!toolset) throw new AppError('not_found', 'There is no such toolset.');
  const { title, instructions, access } = toolset;
  return { ...project, name: title, instructions, access, toolset };
}

function common(project: Carded, publicUrl: string): JsonObject {
  const { toolset } = project;
  return {
    name: `${reversed(new URL(publicUrl).hostname)}/${project.slug}${toolset ? `-${toolset.name}` : ''}`,
    title: project.name,
    description: descriptionOf(project),
    // Begins with the number that initialize tells; registries want three of them.
    version: `${project.release}.0.0`,
  };
}

function urlOf(project: Carded, publicUrl: string): string {
  return `${publicUrl}/mcp/${addressOf(project)}`;
}

/** `tools.example.com` → `com.example.tools`; an address without a name cannot be one. */
function reversed(hostname: string): string {
  if (!/[a-z]/i.test(hostname) || hostname.startsWith('[')) return 'local.patchbay';
  return hostname.split('.').reverse().join('.');
}

/** The first sentence of the instructions, as far as it is short enough. */
function descriptionOf({ instructions, name, toolset }: Carded): string {
  const text = (toolset?.description || instructions).replace(/\s+/g, ' ').trim();
  const sentence = /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
  if (sentence === '') return cut(`Tools of ${name}`);
  return cut(sentence);
}

function cut(text: string): string {
  if (text.length <= MAX_DESCRIPTION) return text;
  const start = text.slice(0, MAX_DESCRIPTION - 1);
  return `${start.slice(0, Math.max(start.lastIndexOf(' '), MAX_DESCRIPTION / 2)).toWellFormed()}…`;
}
