import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { type Address, answerOf, type RealClient, versionOf } from './client.ts';

const require = createRequire(import.meta.url);
const program = require.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js');

export interface Inspected {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line of the MCP Inspector to its end. It keeps what it keeps in `folder`. */
export function inspect(folder: string, args: readonly string[]): Promise<Inspected> {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    NODE_ENV: 'production' as const,
    // It would look for the keychain of the machine.
    MCP_INSPECTOR_SECRET_STORE: 'memory',
  };
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 16 * 1024 * 1024 };
    execFile(process.execPath, [program, '--cli', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** The arguments that say where the server is. */
export function inspectAt({ url, key }: Address, era: 'modern' | 'legacy'): string[] {
  return [
    '--server-url',
    url,
    '--transport',
    'http',
    '--header',
    `Authorization: Bearer ${key}`,
    '--protocol-era',
    era,
    '--format',
    'json',
  ];
}

function inspector(era: 'modern' | 'legacy'): RealClient {
  return {
    name: `the Inspector's command line ${versionOf('@modelcontextprotocol/inspector')}, ${era}`,
    protocol: era === 'modern' ? '2026-07-28' : '2025-11-25',
    can: {},
    async connect(at) {
      const run = async (...args: string[]) => {
        const { stdout, stderr } = await inspect(at.folder, [...inspectAt(at, era), ...args]);
        if (stdout === '') throw new Error(stderr);
        return (JSON.parse(stdout) as { result: unknown }).result;
      };
      return {
        // Schemas that some model would not take end it with 6 and without a result.
        tools: async () =>
          ((await run('--method', 'tools/list', '--strict')) as { tools: { name: string }[] }).tools,
        call: async (name, args) =>
          answerOf(
            await run(
              '--method',
              'tools/call',
              '--tool-name',
              name,
              '--tool-args-json',
              JSON.stringify(args),
            ),
          ),
        close: async () => {},
      };
    },
  };
}

export const inspectors: RealClient[] = [inspector('modern'), inspector('legacy')];
