// npm run patchbay -- <command>: the command line, on the data folder or the database.
import { ensureGenerated, ensureInstalled, ensureNode, run } from './setup.mjs';

ensureInstalled();
ensureNode();
ensureGenerated();
process.exit(run(process.execPath, ['workers/cli.ts', ...process.argv.slice(2)]));
