import { contains, readingScopes } from '#lib/auth/oauth/asked-scopes.ts';
import { issuerOf } from '#lib/auth/oauth/issuer.ts';
import {
  matchesRedirect,
  type RedirectPlace,
  redirectPlace,
  withParameters,
} from '#lib/auth/oauth/redirects.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { OauthClient } from '#lib/db/oauth-clients.ts';
import type { Principal } from '#lib/db/principal.ts';
import { reaches, reachOfScopes } from '#lib/db/reach.ts';
import { repository } from '#lib/db/repository.ts';
import { onlyReads } from '#lib/workflow/contract.ts';
import type { App } from '../app.ts';
import { enterProject } from '../enter-project.ts';
import type { LiveProject } from '../live.ts';
import { reachOfPerson } from '../run-tool.ts';
import type { Who } from '../who-is.ts';
import { type ConsentRequest, isProof, openRequest, proofOf } from './consent-request.ts';
import { knownClient } from './find-client.ts';
import { findResource } from './find-resource.ts';
import { newCode } from './issue.ts';

/** A tool that can be given to a client; or a resource or a prompt, by the name of its workflow. */
export interface ConsentTool {
  kind: 'tool' | 'resource' | 'prompt';
  name: string;
  title: string;
  description: string;
  /** It changes nothing. */
  reads: boolean;
  /** The client asks for it. */
  asked: boolean;
}

/** What a person is shown before they let a client in. */
export interface ConsentView {
  client: {
    name: string;
    /** The host of its document, which it proved to be from; null for one that registered. */
    documentHost: string | null;
    uri: string | null;
    /** Where the answer is sent. */
    place: RedirectPlace;
    /** Its addresses are all on this computer: any program there can say it is this client. */
    localOnly: boolean;
  };
  person: { name: string; email: string };
  /** Null when the person has no access to the project, or there is no such project any more. */
  project: { name: string; organization: string; address: string; toolset: string | null } | null;
  tools: ConsentTool[];
  /** The client asks for tools that read, and for no others. */
  readOnlyAsked: boolean;
  /** Goes back with the answer. */
  proof: string;
}

/** What a person answers. */
export interface ConsentAnswer {
  proof: string;
  allow: boolean;
  /** Names of the tools; null for all, also those that are added later. */
  tools: string[] | null;
  /** Only tools that change nothing. */
  readOnly: boolean;
}

/** The person in the project, with the role there. */
type Member = Extract<Principal, { type: 'user' }>;

interface Place {
  member: Member;
  project: LiveProject;
  /** Its name. */
  organization: string;
}

/** Shows what a client asks for. Throws AppError `gone` or `forbidden`, see `openRequest`. */
export async function readConsent(
  app: App,
  who: Who,
  at: { request: string; browser: string | null },
): Promise<ConsentView> {
  const request = openRequest(app, at.request, at.browser);
  const client = await clientOf(app, request);
  const found = await placeOf(app, who, request);
  const tools = found ? toolsOf(found, request) : [];
  return {
    client: {
      name: client.name,
      documentHost: client.kind === 'document' ? new URL(client.clientId).host : null,
      uri: client.uri,
      place: redirectPlace(request.redirectUri),
      localOnly: client.redirectUris.every((uri) => redirectPlace(uri).kind === 'computer'),
    },
    person: { name: who.user.name, email: who.user.email },
    project: found && {
      name: found.project.name,
      organization: found.organization,
      address: request.resource,
      toolset: found.project.toolset?.name ?? null,
    },
    tools,
    readOnlyAsked: asksToRead(request),
    proof: proofOf(app, request, who.user.id),
  };
}

/**
 * Answers a request. Returns where the browser has to go: to the client, with a code or with the refusal. Throws
 * AppError `conflict` for one that was answered before or that was shown to somebody else, `forbidden` for who has no
 * access.
 */
export async function answerConsent(
  app: App,
  who: Who,
  { request: sealed, browser, answer }: { request: string; browser: string | null; answer: ConsentAnswer },
): Promise<{ redirectTo: string }> {
  const request = openRequest(app, sealed, browser);
  if (!isProof(app, answer.proof, { request, userId: who.user.id })) {
    throw new AppError('conflict', 'This was shown to somebody else. Look at it again, and answer then.');
  }
  const client = await clientOf(app, request);
  const found = await placeOf(app, who, request);
  if (!answer.allow) {
    if (found) {
      await repository(app.db, found.member).oauthGrants.deny(found.project.id, {
        id: request.id,
        until: new Date(request.until),
        clientId: client.clientId,
        clientName: client.name,
        resource: request.resource,
      });
    }
    return { redirectTo: refusalTo(app, request, 'access_denied', 'The person did not let the client in.') };
  }
  if (!found) throw new AppError('forbidden', 'You have no access to this project.');
  const given = givenOf(answer, toolsOf(found, request));
  const scopes = given.readOnly ? readingScopes(request.scopes) : request.scopes;
  const redirectTo = await letIn(app, { ...found, request, client, given, scopes });
  return { redirectTo };
}

/**
 * Where a person who said yes before is sent at once: the same client, at the same address, for no more than it has.
 * Only for a client that can be told from others by where it is answered: a website. Null when they are to be asked.
 */
export async function answerRemembered(
  app: App,
  who: Who,
  { request: sealed, browser }: { request: string; browser: string },
): Promise<string | null> {
  const request = openRequest(app, sealed, browser);
  if (redirectPlace(request.redirectUri).kind !== 'website') return null;
  const found = await placeOf(app, who, request);
  if (!found) return null;
  const { oauthGrants } = repository(app.db, found.member);
  const before = await oauthGrants.remembered({ clientId: request.clientId, resource: request.resource });
  if (!before || !contains(before.scopes, request.scopes)) return null;
  const client = await clientOf(app, request);
  const given = { tools: before.tools, readOnly: before.readOnly };
  return letIn(app, { ...found, request, client, given, scopes: before.scopes });
}

/** The address of a client with an error in it (RFC 6749, 4.1.2.1, and RFC 9207). */
export function refusalTo(
  { env }: Pick<App, 'env'>,
  { redirectUri, state }: Pick<ConsentRequest, 'redirectUri' | 'state'>,
  error: string,
  description: string,
): string {
  return withParameters(redirectUri, {
    error,
    error_description: description,
    state,
    iss: issuerOf(env.publicUrl),
  });
}

interface Letting extends Place {
  request: ConsentRequest;
  client: OauthClient;
  given: { tools: string[] | null; readOnly: boolean };
  scopes: string[];
}

async function letIn(
  app: App,
  { member, project, request, client, given, scopes }: Letting,
): Promise<string> {
  const { redirectUri, codeChallenge, state } = request;
  const place = redirectPlace(redirectUri);
  // No more than is asked for now, also where more was given before.
  const asked = contains(request.scopes, scopes) ? scopes : request.scopes;
  const { code, stored } = newCode(app, { redirectUri, codeChallenge, scopes: asked });
  await repository(app.db, member).oauthGrants.consent(project.id, {
    requestId: request.id,
    requestUntil: new Date(request.until),
    clientId: client.clientId,
    clientName: client.name,
    redirectHost: place.host,
    remembered: place.kind === 'website',
    resource: request.resource,
    ...given,
    scopes,
    code: stored,
  });
  return withParameters(redirectUri, { code, state, iss: issuerOf(app.env.publicUrl) });
}

async function clientOf(app: App, { clientId, redirectUri }: ConsentRequest): Promise<OauthClient> {
  const client = await knownClient(app, clientId);
  // A document may have changed since the request began.
  if (client && matchesRedirect(client.redirectUris, redirectUri)) return client;
  throw new AppError('gone', 'The app that asks is not known here any more. Connect it again from its side.');
}

/** The project that is asked for, as the person may see it; null when they may not, or it is gone. */
async function placeOf(app: App, who: Who, { resource }: ConsentRequest): Promise<Place | null> {
  const project = await findResource(app, resource).then(
    (found) => found.project,
    () => null,
  );
  if (!project) return null;
  const there = await enterProject(app, who, project.slug).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  });
  return there && { member: there.principal, project, organization: there.organization.name };
}

/** What the person may call through the client, by name. */
function toolsOf({ member, project }: Place, { clientId, scopes }: ConsentRequest): ConsentTool[] {
  const own = reachOfPerson({ role: member.role, client: clientId }, project);
  const wanted = reachOfScopes(scopes);
  return [...project.workflows.values()].flatMap(({ contract }) => {
    const { kind, name, title, description } = contract;
    const reads = onlyReads(contract);
    if (!reaches(own, { name, reads })) return [];
    return [{ kind, name, title, description, reads, asked: reaches(wanted, { name, reads }) }];
  });
}

/** Whether a client asks for what reads, and for nothing else. */
function asksToRead({ scopes }: ConsentRequest): boolean {
  const { readOnly, also } = reachOfScopes(scopes);
  return readOnly && also === undefined;
}

/** What was answered, of what can be given. Throws `bad_request` for tools that there are not. */
function givenOf(
  { tools, readOnly }: ConsentAnswer,
  offered: readonly ConsentTool[],
): { tools: string[] | null; readOnly: boolean } {
  if (tools === null) return { tools, readOnly };
  const names = new Set(offered.map(({ name }) => name));
  const unknown = tools.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new AppError('bad_request', `tools: there is no tool ${JSON.stringify(unknown.slice(0, 100))}.`);
  }
  return { tools: [...new Set(tools)], readOnly };
}
