import type { Access } from '#lib/db/access-mode.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { checkAgent } from './check-agent.ts';
import {
  type Finding,
  failed,
  type Hop,
  hop,
  ok,
  skipped,
  strange,
  warning,
} from './connection-check/hop.ts';
import {
  headersOf,
  legacyMessage,
  modernMessage,
  type Part,
  rpc,
  secretOf,
} from './connection-check/messages.ts';
import { type OwnServer, ownServer } from './connection-check/own-server.ts';
import { lookAtAddress, lookAtServer, PROXY } from './connection-check/public-address.ts';
import { lookAtSignIn } from './connection-check/sign-in.ts';
import { createKey } from './create-key.ts';
import { findProject } from './find-project.ts';
import { addressOf } from './pinned-address.ts';
import { revokeKey } from './revoke-key.ts';
import { mayEdit } from './roles.ts';

export interface ConnectionCheck {
  /** The MCP address that was checked. */
  url: string;
  /** Whether nothing failed. */
  ok: boolean;
  hops: Hop[];
}

export interface ConnectionCheckInput {
  /** The tool to call; without it a read-only one that needs no arguments. */
  tool?: string | undefined;
  /** Of a pinned address. */
  release?: number | undefined;
  /** Of the address of a toolset, by name. */
  toolset?: string | undefined;
  signal?: AbortSignal;
}

/** ms of the whole check. */
const LONGEST_MS = 90_000;
/** The first byte of a stream comes at once where nothing holds it back. */
const FIRST_BYTE_MS = 5000;
const CALL_MS = 60_000;
/** Under the 1 MiB that the gateway takes, over what proxies are often left at. */
const LARGE_BYTES = 1000 * 1024;
/** Longest names with the server's name before them: Cursor, the models' APIs, Claude Code. */
const NAME_LIMITS = { cursor: 60, models: 64, claudeCode: 128 };
const MANY_TOOLS = 40;
const MANY_TOKENS = 10_000;
/** Characters of a definition that make a token, roughly. */
const CHARS_PER_TOKEN = 4;

/** Projects being checked: a check makes calls of its own. */
const underway = new Set<string>();

/**
 * Plays a client at the project's public address, hop by hop: reachability, path, key, both eras of the protocol,
 * headers, OAuth discovery, tools, body sizes, a call and streams. With a temporary key that is revoked at the end.
 * Throws `forbidden` for who may not edit, `not_found` for a release or toolset that is not there, `too_many` while another check of
 * the project runs.
 */
export async function checkConnection(
  app: App,
  principal: Principal,
  slug: string,
  { tool, release, toolset, signal }: ConnectionCheckInput = {},
): Promise<ConnectionCheck> {
  const project = await findProject(app, principal, slug);
  mayEdit(principal, 'check the connection');
  const address = addressOf({
    slug: project.slug,
    pin: release,
    toolset: toolset ? { name: toolset } : undefined,
  });
  const live = await app.live.get(address);
  if (!live) throw new AppError('not_found', `There is no such ${toolset ? 'toolset' : 'release'}.`);
  const { access } = live;
  if (underway.has(project.id)) {
    throw new AppError('too_many', 'A check of this project is under way. Wait for it to end.');
  }
  underway.add(project.id);
  const { publicUrl } = app.env;
  const part: Part = { path: `/mcp/${address}`, key: null, agent: checkAgent(app.secrets) };
  const stop = AbortSignal.timeout(LONGEST_MS);
  const server = ownServer(publicUrl, signal ? AbortSignal.any([signal, stop]) : stop);
  let made: { id: string; secret: string } | null = null;
  try {
    const hops = [await hop('address', 'The public address', () => lookAtAddress(publicUrl))];
    hops.push(await hop('reach', 'The server answers there', () => lookAtServer(server)));
    if (!isFailed(hops)) {
      hops.push(await hop('path', 'The MCP address', () => lookAtPath(server, part, access)));
    }
    if (!isFailed(hops)) {
      if (access === 'oauth') hops.push(...(await lookAtSignIn(server, part, publicUrl)));
      if (access !== 'public') {
        const expiresAt = new Date(Date.now() + 2 * LONGEST_MS).toISOString();
        made = await createKey(app, principal, slug, { name: 'Connection check', expiresAt });
      }
      hops.push(
        ...(await playClient(server, { ...part, key: made?.secret ?? null }, { slug, tool, access })),
      );
    }
    return { url: `${publicUrl}${part.path}`, ok: !isFailed(hops), hops };
  } finally {
    underway.delete(project.id);
    if (made) await revokeKey(app, principal, { project: slug, key: made.id });
    await server.close();
  }
}

function isFailed(hops: readonly Hop[]): boolean {
  return hops.some(({ status }) => status === 'failed');
}

/** Without a key: the address must be Patchbay’s, and say 401 in its own words where a key is needed. */
async function lookAtPath(server: OwnServer, part: Part, access: Access): Promise<Finding> {
  const answer = await server.ask(legacyMessage(part, 'ping'));
  const expected = access !== 'public' ? 401 : 200;
  if (answer.status === expected && rpc(answer)) {
    return ok(
      access !== 'public'
        ? 'Without a key it answers 401, as it should.'
        : 'It answers without a key, as a public project should.',
    );
  }
  if (answer.headers['location'] !== undefined) {
    return failed(strange(answer), `${PROXY}it redirects /mcp/. Pass the path on as it is.`);
  }
  return failed(
    strange(answer),
    `${PROXY}requests under /mcp/ must reach Patchbay with their path, method and body unchanged, and the Host header with them.`,
  );
}

async function playClient(
  server: OwnServer,
  part: Part,
  { slug, tool, access }: { slug: string; tool: string | undefined; access: Access },
): Promise<Hop[]> {
  const hops = [
    await hop('initialize', 'A client of 2025 begins (initialize)', () => initialize(server, part)),
  ];
  if (isFailed(hops)) return hops;
  hops.push(
    await hop('discover', 'A client of 2026-07-28 begins (server/discover)', () => discover(server, part)),
  );
  hops.push(await hop('headers', 'Headers arrive as they were sent', () => lookAtHeaders(server, part)));
  if (access !== 'oauth') {
    hops.push(await hop('oauth', 'No sign-in is announced', () => lookAtDiscovery(server, part)));
  }
  let tools: JsonObject[] = [];
  hops.push(
    await hop('tools', 'The tools', async () => {
      const listed = await listTools(server, part, slug);
      tools = listed.tools;
      return listed.finding;
    }),
  );
  hops.push(await hop('call', 'A call', () => callTool(server, part, { tools, chosen: tool })));
  hops.push(await hop('body', 'Large messages arrive', () => sendLarge(server, part)));
  hops.push(await hop('stream', 'Answers arrive as they are written', () => openStream(server, part)));
  hops.push(await hop('news', 'The stream for news (GET)', () => openNews(server, part)));
  return hops;
}

async function initialize(server: OwnServer, part: Part): Promise<Finding> {
  const answer = await server.ask(legacyMessage(part, 'initialize'));
  const result = rpc(answer)?.result;
  if (answer.status === 401) {
    const { authorization = '' } = secretOf(part) ?? {};
    const other = {
      ...legacyMessage(part, 'initialize'),
      secret: { 'x-api-key': authorization.slice('Bearer '.length) },
    };
    const passes = (await server.ask(other)).status === 200;
    return failed(
      'A good key was refused: the header Authorization does not arrive.',
      passes
        ? `${PROXY}it removes Authorization. Pass it on, or let clients send the key as X-API-Key, which does arrive.`
        : `${PROXY}it removes Authorization, and X-API-Key as well. Pass one of them on.`,
    );
  }
  if (!result)
    return failed(strange(answer), `${PROXY}the answer to initialize is not the one Patchbay gave.`);
  if (answer.headers['mcp-session-id'] === undefined) {
    return warning(
      'The answer came without its header Mcp-Session-Id.',
      `${PROXY}it removes the header. Without it clients of 2025 cannot be asked anything by a workflow.`,
    );
  }
  return ok(`It speaks ${String(result['protocolVersion'])} and gives a session.`);
}

async function discover(server: OwnServer, part: Part): Promise<Finding> {
  const answer = await server.ask(modernMessage(part, 'server/discover'));
  const { result } = rpc(answer) ?? {};
  if (result) return ok(`It speaks ${String(result['supportedVersions'])}.`);
  return failed(strange(answer), `${PROXY}the answer to server/discover is not the one Patchbay gave.`);
}

/** Sends what must be refused where the header arrives: an answer without complaint means that it did not. */
async function lookAtHeaders(server: OwnServer, part: Part): Promise<Finding> {
  const lost: string[] = [];
  const version = await server.ask(legacyMessage(part, 'ping', {}, { 'mcp-protocol-version': '2026-07-28' }));
  if (version.status === 200) lost.push('MCP-Protocol-Version');
  const method = await server.ask(modernMessage(part, 'server/discover', {}, { 'mcp-method': 'tools/list' }));
  if (method.status === 200) lost.push('Mcp-Method');
  if (lost.length === 0) return ok('MCP-Protocol-Version and Mcp-Method arrive.');
  return warning(
    `${lost.join(' and ')} did not arrive.`,
    `${PROXY}it removes headers it does not know. Patchbay gets along without these, but what the client said is then not checked.`,
  );
}

async function lookAtDiscovery(server: OwnServer, part: Part): Promise<Finding> {
  const paths = [
    `/.well-known/oauth-protected-resource${part.path}`,
    '/.well-known/oauth-protected-resource',
    `/.well-known/oauth-authorization-server${part.path}`,
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
  ];
  const found: string[] = [];
  for (const path of paths) {
    const { status } = await server.ask({
      method: 'GET',
      path,
      headers: headersOf(part, 'application/json'),
    });
    if (status !== 404) found.push(`${path} (HTTP ${status})`);
  }
  if (found.length === 0) return ok('The well-known addresses of OAuth answer 404.');
  return failed(
    `Something answers ${found.join(', ')}.`,
    `Clients take that for a sign-in and then ignore the key they were given. ${PROXY}these addresses must answer 404 on this host.`,
  );
}

async function listTools(
  server: OwnServer,
  part: Part,
  slug: string,
): Promise<{ tools: JsonObject[]; finding: Finding }> {
  const answer = await server.ask(modernMessage(part, 'tools/list'));
  const listed = rpc(answer)?.result?.['tools'];
  if (!Array.isArray(listed)) {
    return {
      tools: [],
      finding: failed(strange(answer), `${PROXY}the answer to tools/list is not the one Patchbay gave.`),
    };
  }
  const tools = listed as JsonObject[];
  return { tools, finding: judgeTools(tools, slug) };
}

function judgeTools(tools: readonly JsonObject[], slug: string): Finding {
  if (tools.length === 0) return warning('There are none.', 'Publish a workflow of the kind tool.');
  const tokens = Math.ceil(JSON.stringify(tools).length / CHARS_PER_TOKEN);
  const seen = `${tools.length === 1 ? '1 tool' : `${tools.length} tools`}, about ${tokens} tokens in every conversation.`;
  const long = tools.map(({ name }) => String(name)).filter((name) => tooLongFor(name, slug).length > 0);
  if (long.length > 0) {
    const whom = [...new Set(long.flatMap((name) => tooLongFor(name, slug)))].join(', ');
    return warning(
      `${seen} With the server’s name before them these are too long for ${whom}: ${long.slice(0, 5).join(', ')}.`,
      'Shorten the names, or give the server a shorter name in the client.',
    );
  }
  if (tools.length > MANY_TOOLS || tokens > MANY_TOKENS) {
    return warning(
      seen,
      'Models choose worse among many. Spread them over projects, or give each client a key that allows fewer.',
    );
  }
  return ok(seen);
}

/** Cursor counts server and tool, Claude Code `mcp__server__tool`; the models’ APIs take 64 characters of the name. */
function tooLongFor(name: string, slug: string): string[] {
  return [
    ...(slug.length + name.length > NAME_LIMITS.cursor ? ['Cursor'] : []),
    ...(name.length > NAME_LIMITS.models ? ['OpenAI'] : []),
    ...(`mcp__${slug}__${name}`.length > NAME_LIMITS.claudeCode ? ['Claude Code'] : []),
  ];
}

async function callTool(
  server: OwnServer,
  part: Part,
  { tools, chosen }: { tools: readonly JsonObject[]; chosen: string | undefined },
): Promise<Finding> {
  const tool = tools.find((one) => (chosen === undefined ? isHarmless(one) : one['name'] === chosen));
  if (!tool) {
    return chosen === undefined
      ? skipped('No tool is marked as read-only and needs no arguments, so none was called.')
      : failed(`The tool ${chosen} is not listed.`, 'Publish it.');
  }
  if (!needsNothing(tool)) return skipped(`${String(tool['name'])} needs arguments, so it was not called.`);
  const name = String(tool['name']);
  const answer = await server.ask(
    modernMessage(part, 'tools/call', { name, arguments: {} }, { 'mcp-name': name }),
    CALL_MS,
  );
  const result = rpc(answer)?.result;
  if (!result) return failed(strange(answer), `${PROXY}the answer to a call is not the one Patchbay gave.`);
  if (result['isError'] === true) {
    return warning(
      `${name} was called, and answered with an error.`,
      'The connection is in order; the run shows what went wrong in the workflow.',
    );
  }
  if (result['resultType'] === 'input_required') return ok(`${name} was called, and asked back.`);
  return ok(`${name} was called, and answered.`);
}

function isHarmless(tool: JsonObject): boolean {
  const annotations = tool['annotations'] as JsonObject | undefined;
  return annotations?.['readOnlyHint'] === true && needsNothing(tool);
}

function needsNothing({ inputSchema }: JsonObject): boolean {
  const required = (inputSchema as JsonObject | undefined)?.['required'];
  return !Array.isArray(required) || required.length === 0;
}

async function sendLarge(server: OwnServer, part: Part): Promise<Finding> {
  const answer = await server.ask(legacyMessage(part, 'ping', { padding: 'x'.repeat(LARGE_BYTES) }));
  if (answer.status === 200 && rpc(answer)?.result) return ok('A message of 1 MB arrived.');
  if (answer.status === 413) {
    return warning(
      'A message of 1 MB was refused as too large (HTTP 413).',
      `${PROXY}allow bodies of 1 MiB (client_max_body_size 1m in nginx).`,
    );
  }
  return failed(strange(answer), `${PROXY}a message of 1 MB did not arrive.`);
}

/** A listener is acknowledged at once: what holds the acknowledgement back holds back progress as well. */
async function openStream(server: OwnServer, part: Part): Promise<Finding> {
  const filter = { notifications: { toolsListChanged: true } };
  const { status, headers, first } = await server.open(modernMessage(part, 'subscriptions/listen', filter), {
    timeoutMs: FIRST_BYTE_MS,
  });
  const type = headers['content-type'] ?? '';
  if (status !== 200 || !type.startsWith('text/event-stream')) {
    return failed(
      `HTTP ${status}, ${type || 'no content type'}`,
      `${PROXY}event streams must pass as they are.`,
    );
  }
  if (!first?.includes('acknowledged')) return heldBack();
  if (headers['content-encoding'] !== undefined) {
    return warning(
      `The stream came compressed (${headers['content-encoding']}).`,
      `${PROXY}do not compress text/event-stream: what is compressed is held back until there is enough of it.`,
    );
  }
  return ok('The first message of a stream came at once.');
}

function heldBack(): Finding {
  return failed(
    `The headers of a stream came, but nothing of it within ${FIRST_BYTE_MS / 1000} s.`,
    `${PROXY}it collects answers before it passes them on. Turn buffering off for /mcp/ (proxy_buffering off in nginx).`,
  );
}

/** Nothing is said on it until something changes: only its beginning can be seen. */
async function openNews(server: OwnServer, part: Part): Promise<Finding> {
  const secret = secretOf(part);
  const { status, headers } = await server.open(
    {
      method: 'GET',
      path: part.path,
      headers: { ...headersOf(part, 'text/event-stream'), 'mcp-protocol-version': '2025-11-25' },
      ...(secret && { secret }),
    },
    { timeoutMs: FIRST_BYTE_MS, headersOnly: true },
  );
  if (status === 200 && headers['content-type']?.startsWith('text/event-stream')) {
    return ok('It opens: clients of 2025 hear when the tools change.');
  }
  return warning(
    `HTTP ${status}, ${headers['content-type'] ?? 'no content type'}`,
    `${PROXY}GET requests to /mcp/ must pass. Without the stream clients of 2025 do not hear when the tools change.`,
  );
}
