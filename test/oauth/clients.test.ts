import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { versionOf } from '../gateway/real-clients/client.ts';
import {
  authorizeUrl,
  exchangeCode,
  openWorld,
  pkce,
  postJson,
  refresh,
  signInto,
  toolsOf,
  type World,
} from './world.ts';

const require = createRequire(import.meta.url);
const TOOLS = ['change', 'look'];

/** What a program keeps that uses the official libraries: nothing but what it was told. */
function provider() {
  const kept: { client?: object; tokens?: object; verifier?: string; at?: URL; discovered?: object } = {};
  return {
    kept,
    redirectUrl: 'http://127.0.0.1:8123/callback',
    clientMetadata: {
      client_name: 'Library',
      redirect_uris: ['http://127.0.0.1:8123/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => kept.client as never,
    saveClientInformation(client: object) {
      kept.client = client;
    },
    tokens: () => kept.tokens as never,
    saveTokens(tokens: object) {
      kept.tokens = tokens;
    },
    redirectToAuthorization(url: URL) {
      kept.at = url;
    },
    saveCodeVerifier(verifier: string) {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? '',
    saveDiscoveryState(state: object) {
      kept.discovered = state;
    },
    discoveryState: () => kept.discovered as never,
  };
}

/** Follows the address that a program prints for the browser, once. */
function browserOf(world: World): (chunk: Buffer) => void {
  let printed = '';
  let followed = false;
  return (chunk) => {
    printed += chunk.toString();
    const url = /https?:\/\/\S+\/oauth\/authorize\?\S+(?=\s)/.exec(printed)?.[0];
    if (!url || followed) return;
    followed = true;
    void signInto(world.server.owner, url).then((back) => fetch(back));
  };
}

/** As these programs are started, with nothing of this machine, above all no browser. */
function environment(folder: string): Record<string, string> & { NODE_ENV: 'production' } {
  return {
    HOME: folder,
    PATH: dirname(process.execPath),
    MCP_REMOTE_CONFIG_DIR: folder,
    MCP_INSPECTOR_SECRET_STORE: 'memory',
    // It would open a browser, which there is none of, and prints the address all the same.
    MCP_AUTO_OPEN_ENABLED: 'true',
    NODE_ENV: 'production',
  };
}

describe('clients sign in with OAuth', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-oauth-clients-'));
    world = await openWorld();
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['2026-07-28', 'legacy'])(
    `the official client ${versionOf('@modelcontextprotocol/client')}, %s`,
    async (era) => {
      const authProvider = provider();
      const mode = era === 'legacy' ? 'legacy' : { pin: era };
      const open = () => ({
        client: new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } } as never),
        transport: new StreamableHTTPClientTransport(new URL(world.resource), { authProvider }),
      });
      const first = open();
      await expect(first.client.connect(first.transport)).rejects.toThrow(/unauthorized/i);
      const back = await signInto(world.server.owner, authProvider.kept.at!.href);
      await first.transport.finishAuth(back.searchParams);

      const second = open();
      await second.client.connect(second.transport);

      expect((await second.client.listTools()).tools.map(({ name }) => name)).toEqual(TOOLS);
      await second.client.close();
    },
  );

  it(`the official client ${versionOf('@modelcontextprotocol/sdk')}, which renews what has expired by itself`, async () => {
    const authProvider = provider();
    const open = () => ({
      client: new OlderClient({ name: 'test', version: '1' }),
      transport: new OlderTransport(new URL(world.resource), { authProvider }),
    });
    const first = open();
    await expect(first.client.connect(first.transport as never)).rejects.toThrow(/unauthorized/i);
    const back = await signInto(world.server.owner, authProvider.kept.at!.href, { tools: ['look'] });
    await first.transport.finishAuth(back.searchParams.get('code')!);
    const before = authProvider.kept.tokens as { access_token: string; refresh_token: string };
    authProvider.kept.tokens = { ...before, access_token: before.access_token.replace(/.$/, '_') };

    const second = open();
    await second.client.connect(second.transport as never);

    expect((await second.client.listTools()).tools.map(({ name }) => name)).toEqual(['look']);
    const after = authProvider.kept.tokens as { refresh_token: string };
    expect(after.refresh_token).not.toBe(before.refresh_token);
    await second.client.close();
  });

  it(`mcp-remote ${versionOf('mcp-remote')}`, async () => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [require.resolve('mcp-remote/dist/proxy.js'), world.resource, '--allow-http'],
      env: environment(folder),
      stderr: 'pipe',
    });
    transport.stderr?.on('data', browserOf(world));
    const client = new OlderClient({ name: 'test', version: '1' });
    await client.connect(transport);

    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(TOOLS);
    await client.close();
  });

  it(`the Inspector's command line ${versionOf('@modelcontextprotocol/inspector')}`, async () => {
    const program = require.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
    const at = ['--cli', '--server-url', world.resource, '--transport', 'http'];
    const asked = ['--callback-url', 'http://127.0.0.1:0/oauth/callback', '--format', 'json'];
    const child = spawn(process.execPath, [program, ...at, ...asked, '--method', 'tools/list'], {
      env: environment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const follow = browserOf(world);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      follow(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      follow(chunk);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const listed = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { result: { tools: { name: string }[] } };
    expect(listed.result.tools.map(({ name }) => name)).toEqual(TOOLS);
  });

  it('as Claude Code does: metadata from the challenge, a native registration, every scope, any free port', async () => {
    const challenge = await fetch(world.resource, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(challenge.status).toBe(401);
    const header = challenge.headers.get('www-authenticate')!;
    const about = await (await fetch(/resource_metadata="([^"]+)"/.exec(header)![1]!)).json();
    expect(about.resource).toBe(world.resource);
    const issuer = new URL(about.authorization_servers[0]);
    const metadata = await (
      await fetch(`${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname}`)
    ).json();
    expect(metadata.issuer).toBe(issuer.href);
    const scope = [...about.scopes_supported, 'offline_access'].join(' ');
    const registered = await postJson(metadata.registration_endpoint, {
      client_name: 'Claude Code (shop)',
      redirect_uris: ['http://localhost:52000/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope,
    });
    expect(registered.status).toBe(201);
    const keys = pkce();
    const clientId = registered.body.client_id;
    const redirectUri = 'http://localhost:61234/callback';
    const url = authorizeUrl(world, {
      clientId,
      redirectUri,
      pkce: keys,
      more: { scope, prompt: 'consent' },
    });

    const back = await signInto(world.server.owner, url);

    expect(back.origin).toBe('http://localhost:61234');
    const coded = { clientId, redirectUri, pkce: keys, code: back.searchParams.get('code')! };
    const tokens = (await exchangeCode(world, coded)).body;
    expect(tokens.scope).toBe('mcp:read mcp:call');
    expect(await toolsOf(world, tokens.access_token)).toEqual(TOOLS);
    expect((await refresh(world, clientId, tokens.refresh_token, { scope })).status).toBe(200);
  });

  it('and Cursor gets its answer at its own scheme', async () => {
    const redirectUri = 'cursor://anysphere.cursor-mcp/oauth/callback';
    const registered = await postJson(`${world.issuer}/register`, {
      client_name: 'Cursor',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
    });
    const clientId = registered.body.client_id;
    const keys = pkce();
    const back = await signInto(
      world.server.owner,
      authorizeUrl(world, { clientId, redirectUri, pkce: keys }),
    );

    expect(back.href).toMatch(/^cursor:\/\/anysphere\.cursor-mcp\/oauth\/callback\?code=/);
    const coded = { clientId, redirectUri, pkce: keys, code: back.searchParams.get('code')! };
    expect((await exchangeCode(world, coded)).status).toBe(200);
  });
});
