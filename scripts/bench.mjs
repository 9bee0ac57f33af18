// npm run bench: docs/benchmarks.md.
import { ensureBuilt, ensureGenerated, ensureInstalled, ensureNode, run } from './setup.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
// Only the canvas is drawn by a browser; a build of its own is named by NEXT_DIST_DIR.
const args = process.argv.slice(2);
const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '').split(',') : [];
// Sections may be named without --only too; words after an option are its value.
const named = [...only, ...args.filter((arg, at) => !arg.startsWith('-') && !args[at - 1]?.startsWith('--'))];
const wantsCanvas = named.length === 0 || named.includes('canvas');
if (wantsCanvas && !process.env.NEXT_DIST_DIR && !process.argv.includes('--help')) ensureBuilt();
process.exit(run(process.execPath, ['test/bench/main.ts', ...process.argv.slice(2)]));
