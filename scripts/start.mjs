// npm start, npm run dev: set up what is missing, then serve.
import { spawn } from 'node:child_process';
import { ensureBuilt, ensureGenerated, ensureInstalled, ensureNode, root, say } from './setup.mjs';

const dev = process.argv.includes('--dev');

ensureInstalled();
ensureNode();
ensureGenerated();
if (!dev && process.env.ROLE !== 'runtime') ensureBuilt();

say(dev ? 'starting in development mode' : 'starting');
const server = spawn(process.execPath, ['workers/server.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { NEXT_TELEMETRY_DISABLED: '1', ...process.env, NODE_ENV: dev ? 'development' : 'production' },
});
// The terminal sends Ctrl-C to the whole group; a service manager signals only this process.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
process.on('SIGINT', () => {});
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
