// npm run bench: calls/s, latency, CPU and memory beside a hand-written SDK server and bare node:http.
import { ensureGenerated, ensureInstalled, ensureNode, run } from './setup.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
process.exit(run(process.execPath, ['test/bench/main.ts', ...process.argv.slice(2)]));
