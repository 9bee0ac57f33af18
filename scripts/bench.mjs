// npm run bench: docs/benchmarks.md.
import { ensureGenerated, ensureInstalled, ensureNode, run } from './setup.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
process.exit(run(process.execPath, ['test/bench/main.ts', ...process.argv.slice(2)]));
