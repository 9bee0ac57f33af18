// npm run bench: docs/benchmarks.md.
import { ensureBuilt, ensureGenerated, ensureInstalled, ensureNode, run } from './setup.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
// Only the canvas is drawn by a browser; a build of its own is named by NEXT_DIST_DIR.
const only = process.argv[process.argv.indexOf('--only') + 1];
const wantsCanvas = !process.argv.includes('--only') || only?.split(',').includes('canvas');
if (wantsCanvas && !process.env.NEXT_DIST_DIR && !process.argv.includes('--help')) ensureBuilt();
process.exit(run(process.execPath, ['test/bench/main.ts', ...process.argv.slice(2)]));
