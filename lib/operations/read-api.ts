import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { ReadDescription } from '#lib/openapi/api-task.ts';
import { MOST_CHARACTERS } from '#lib/openapi/read-text.ts';
import { type ApiSourceView, askApi, findImported, importedOf, sourceView, textOf } from './api-source.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { type PlannedUpdate, planUpdate } from './plan-api-update.ts';
import { mayEdit } from './roles.ts';

/** ms that somebody waits for an address. */
const TIMEOUT_MS = 30_000;

export interface ReadApi {
  /** One of the two. */
  text?: string | undefined;
  url?: string | undefined;
  /** Id of an older description of the same API, that was imported. */
  updates?: string | undefined;
  signal: AbortSignal;
}

export interface ApiView extends Omit<ReadDescription, 'difference' | 'json'> {
  /** Null when it was too broken to be kept. */
  source: ApiSourceView | null;
  difference: (NonNullable<ReadDescription['difference']> & { imported: PlannedUpdate[] }) | null;
}

/**
 * Reads a description of an API and keeps it for a while, so that workflows can be made of it. A broken one comes back
 * with its faults. Throws `invalid` when its address cannot be read.
 */
export async function readApiDescription(
  app: App,
  principal: Principal,
  project: string,
  { text, url, updates, signal }: ReadApi,
): Promise<ApiView> {
  const { id: projectId, env } = await findProject(app, principal, project);
  mayEdit(principal, 'import an API');
  if ((text === undefined) === (url === undefined))
    throw new AppError('bad_request', 'Send either the text or the url of a description.');
  const earlier = updates === undefined ? null : await findImported(app, principal, projectId, updates);
  const api = { text: text ?? (await fetchText(app, url!, signal)), url: url ?? null };
  const imported = earlier && importedOf(earlier);
  const { difference, json, ...read } = await askApi(app, {
    type: 'read',
    api,
    earlier: earlier
      ? {
          api: textOf(earlier),
          choices: Object.fromEntries(
            Object.entries(imported!.operations).map(([id, { choice }]) => [id, choice]),
          ),
        }
      : undefined,
  });
  if (read.operations.length === 0) return { ...read, source: null, difference: null };
  const kept = await repository(app.db, principal).apiSources.create(projectId, {
    name: read.title,
    url: api.url,
    document: json ?? api.text,
  });
  const planned = earlier
    ? await planUpdate(app, principal, {
        projectId,
        imported: imported!,
        newer: { ...kept, document: json ?? api.text },
      })
    : null;
  return {
    ...read,
    source: sourceView(kept, env),
    difference:
      difference && planned
        ? { ...difference, imported: planned.map(({ document: _, ...line }) => line) }
        : null,
  };
}

async function fetchText(app: App, url: string, signal: AbortSignal): Promise<string> {
  const address = URL.parse(url.trim());
  if (!address || !/^https?:$/.test(address.protocol))
    throw new AppError('invalid', 'The address of a description begins with https:// or http://.');
  try {
    const { status, body } = await app.egress.request(
      {
        method: 'GET',
        url: address.href,
        headers: { accept: 'application/json, application/yaml, text/yaml, */*;q=0.5' },
        maxBytes: MOST_CHARACTERS,
        timeoutMs: TIMEOUT_MS,
      },
      signal,
    );
    if (status >= 400) {
      throw new AppError(
        'invalid',
        `${address.host} answered ${status}. Check the address, or load the file.`,
      );
    }
    return new TextDecoder().decode(body);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new AppError('invalid', error.message, { failure: error.code });
  }
}
