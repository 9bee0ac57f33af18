import { createHash } from 'node:crypto';
import type { App } from '#lib/operations/app.ts';
import { cancelWaiting } from '#lib/operations/cancel-run.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { type FittingResource, resourceAt } from '#lib/operations/live-resources.ts';
import { addressOf } from '#lib/operations/pinned-address.ts';
import { runTool } from '#lib/operations/run-tool.ts';
import { contentOf } from './content.ts';

/** Resources read at one time. */
const MAX_READING = 4;
/** ms until another look, when there is no place, and when the resource has no interval, for now. */
const BUSY_MS = 500;
const IDLE_MS = 60_000;

interface Polled {
  /** Of the project, or of a release of it. */
  address: string;
  uri: string;
  /** How many listen. */
  count: number;
  /** Of what was read last; null when nothing was. */
  print: string | null;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Reads resources that have an interval (`pollMs`) again, as long as somebody in this process is subscribed to them,
 * once for all of them, and tells when one is another than it was.
 */
export class ResourcePolls {
  readonly #app: App;
  readonly #changed: (projectId: string, uri: string) => void;
  readonly #polled = new Map<string, Polled>();
  readonly #over = new AbortController();
  #reading = 0;

  constructor(app: App, changed: (projectId: string, uri: string) => void) {
    this.#app = app;
    this.#changed = changed;
  }

  add(project: LiveProject, uri: string): void {
    const key = keyOf(project, uri);
    const known = this.#polled.get(key);
    if (known) {
      known.count += 1;
      return;
    }
    const polled: Polled = { address: addressOf(project), uri, count: 1, print: null, timer: undefined };
    this.#polled.set(key, polled);
    // What it is now, so that it is noticed when it is another.
    this.#later(polled, 0);
  }

  remove(project: LiveProject, uri: string): void {
    const polled = this.#polled.get(keyOf(project, uri));
    if (!polled) return;
    polled.count -= 1;
    if (polled.count > 0) return;
    this.#polled.delete(keyOf(project, uri));
    clearTimeout(polled.timer);
  }

  close(): void {
    this.#over.abort(new Error('cancelled'));
    for (const { timer } of this.#polled.values()) clearTimeout(timer);
    this.#polled.clear();
  }

  #later(polled: Polled, ms: number): void {
    if (polled.count === 0 || this.#over.signal.aborted) return;
    polled.timer = setTimeout(() => {
      this.#look(polled)
        .catch((error: unknown) => {
          this.#app.log.warn({ err: error, project: polled.address }, 'a resource could not be read again');
          return IDLE_MS;
        })
        .then((next) => this.#later(polled, next));
    }, ms);
    polled.timer.unref();
  }

  /** Reads it, when it has an interval. Gives the ms until the next look. */
  async #look(polled: Polled): Promise<number> {
    const { address, uri } = polled;
    const project = await this.#app.live.get(address);
    const found = project && resourceAt(project, { type: 'system' }, uri)?.fitting;
    const pollMs = found?.workflow.contract.resource?.pollMs;
    if (!project || !found || pollMs === undefined) return IDLE_MS;
    if (this.#reading >= MAX_READING || this.#app.recorder.full) return BUSY_MS;
    this.#reading += 1;
    try {
      const print = await this.#read(project, found);
      if (print === null || polled.count === 0) return pollMs;
      const isOther = polled.print !== null && polled.print !== print;
      polled.print = print;
      if (isOther) this.#changed(project.id, uri);
      return pollMs;
    } finally {
      this.#reading -= 1;
    }
  }

  /** A short text that is another when the contents are; null when it could not be read. */
  async #read(project: LiveProject, { workflow, args }: FittingResource): Promise<string | null> {
    const run = await runTool(
      this.#app,
      { type: 'system' },
      { project, workflow, args, client: 'a subscription', signal: this.#over.signal },
    );
    // There is nobody to be asked.
    if (run.status === 'suspended') await cancelWaiting(this.#app, run.runId);
    if (run.status !== 'succeeded' || !run.output) return null;
    const contents = await contentOf(run.output, this.#app.files.of(project.id));
    return createHash('sha256').update(JSON.stringify(contents)).digest('base64url');
  }
}

function keyOf(project: LiveProject, uri: string): string {
  return `${project.id}\n${addressOf(project)}\n${uri}`;
}
