import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, register, signInto, type World } from './world.ts';

const require = createRequire(import.meta.url);
const manifest = require.resolve('@modelcontextprotocol/conformance/package.json');
const program = join(dirname(manifest), 'dist/index.js');

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Outcome {
  exitCode: number;
  printed: string;
}

/** Runs the suite's command for authorization servers; a person follows the address that it prints. */
async function runSuite(
  world: World,
  options: { clientId: string; port: number; issuer?: string },
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-oauth-suite-'));
  const args = ['authorization', '--url', options.issuer ?? world.issuer, '--client-id', options.clientId];
  const more = ['--resource', world.resource, '-p', String(options.port), '-o', folder];
  const child = spawn(process.execPath, [program, ...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let followed = false;
  const hear = (chunk: Buffer) => {
    printed += chunk.toString();
    const url = /https?:\/\/\S+\/authorize\?\S+/.exec(printed)?.[0];
    if (!url || followed) return;
    followed = true;
    void signInto(world.server.owner, url).then((back) => fetch(back));
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  await rm(folder, { recursive: true, force: true });
  return { exitCode, printed };
}

describe('the official conformance suite for authorization servers', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world?.close());

  it('passes: metadata, and a code that becomes tokens', async () => {
    const port = await freePort();
    const clientId = await register(world, [`http://127.0.0.1:${port}/callback`]);

    const { exitCode, printed } = await runSuite(world, { clientId, port });

    expect({ exitCode, printed }).toMatchObject({ exitCode: 0 });
    expect(printed).toContain('authorization-server-metadata-endpoint');
    expect(printed).toContain('authorization-code-grant');
    expect(printed).not.toMatch(/FAILURE|WARNING|SKIPPED|✗/);
  });

  it('fails where the metadata are of another issuer (positive control)', async () => {
    const { exitCode } = await runSuite(world, {
      clientId: 'x',
      port: await freePort(),
      issuer: `${world.issuer}/other`,
    });

    expect(exitCode).not.toBe(0);
  });
});
