import { join } from 'node:path';
import { findAddon } from './addon.ts';
import type { Program } from './launch.ts';
import { type SandboxLimits, workerLimits } from './limits.ts';

const workers = join(import.meta.dirname, '..', '..', 'workers');
/** The program of a sandbox process: its entry, and what that reads. */
const FILES = ['sandbox.cjs', 'sandbox-isolates.cjs', 'sandbox-guest.js'];

const MB = 1024 * 1024;

/** What runs user JavaScript. `jit`: compiled code. Its first frame says that it is ready. */
export function sandboxProgram({ jit, limits }: { jit: boolean; limits: SandboxLimits }): Program {
  const { processCpuSeconds, processMb } = limits;
  return {
    readable: FILES.map((name) => ({ file: join(workers, name), name })),
    addon: findAddon(),
    flags: [
      // No compiled code: no bugs of the compilers, no memory that can be written and executed, no WebAssembly.
      ...(jit ? [] : ['--jitless']),
      // Copying one out of an isolate aborts the process.
      '--no-js-float16array',
      '--max-old-space-size=64',
      '--max-semi-space-size=1',
      '--stack-size=700',
      // isolated-vm needs it off.
      '--no-node-snapshot',
      // Fewer helper threads: isolates bring their own.
      '--v8-pool-size=1',
      '--disable-warning=SecurityWarning',
    ],
    args: [workerLimits(limits)],
    rlimits: [
      `--cpu=${processCpuSeconds}`,
      // Compiled code reserves far more address space than it uses, so these would say nothing.
      ...(jit ? [] : [`--as=${3072 * MB}`, `--data=${(processMb + 400) * MB}`]),
    ],
  };
}
