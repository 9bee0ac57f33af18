import { realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StepError } from '#lib/engine/errors.ts';
import {
  type ModelAnswer,
  type ModelFolder,
  type ModelRequest,
  PACKAGE,
  withoutPath,
} from './model-thread.ts';

/** Models that lie on the server's disk. */
export interface LocalModels {
  /**
   * A vector of length 1 for each text. Throws StepError `LOCAL_MODEL`: no directory is named, there is no such folder,
   * the package that runs models is not installed, or the model cannot be run.
   */
  embed(folder: string, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export interface LocalModelsOptions {
  /** The directory below which folders of models lie; null where the administrator named none. */
  directory: string | null;
  /** ms after which a model that nobody asks leaves the memory. */
  idleMs?: number;
  /** ms that one request may take. */
  timeoutMs?: number;
  /** Starts the thread; for tests. */
  thread?: (folder: ModelFolder) => Worker;
}

const IDLE_MS = 10 * 60_000;
const TIMEOUT_MS = 120_000;
/** Models in memory at one time. */
const MOST_MODELS = 2;

/** Names of folders, with `/` between them; none that begins with a dot. */
const FOLDER = /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/;

interface Running {
  worker: Worker;
  waiting: Map<number, { resolve(vectors: Float32Array[]): void; reject(error: unknown): void }>;
  idle: NodeJS.Timeout | null;
  used: number;
}

/** Each model runs in a thread of its own, started when it is first asked. */
export function createLocalModels({
  directory,
  idleMs = IDLE_MS,
  timeoutMs = TIMEOUT_MS,
  thread = startThread,
}: LocalModelsOptions): LocalModels {
  const running = new Map<string, Running>();
  let count = 0;

  function start(at: ModelFolder): Running {
    const oldest = [...running].filter(([, one]) => one.waiting.size === 0);
    if (running.size >= MOST_MODELS && oldest[0]) {
      const [key, least] = oldest.reduce((a, b) => (a[1].used <= b[1].used ? a : b));
      end(key, least);
    }
    const one: Running = { worker: thread(at), waiting: new Map(), idle: null, used: 0 };
    running.set(at.folder, one);
    one.worker.on('message', (answer: ModelAnswer) => {
      const task = one.waiting.get(answer.id);
      if (!task) return;
      if ('vectors' in answer) task.resolve(answer.vectors);
      else task.reject(answer.missing ? notInstalled() : unusable(at, answer.error));
      // A model that could not be loaded is loaded anew when somebody asks again.
      if ('error' in answer) end(at.folder, one);
    });
    one.worker.on('error', (error) => lost(at, one, error));
    one.worker.on('exit', () => lost(at, one, new Error('it ended')));
    return one;
  }

  function lost(at: ModelFolder, one: Running, error: Error): void {
    if (running.get(at.folder) === one) running.delete(at.folder);
    for (const { reject } of one.waiting.values()) reject(unusable(at, error.message));
  }

  function end(key: string, one: Running): void {
    if (running.get(key) === one) running.delete(key);
    if (one.idle) clearTimeout(one.idle);
    void one.worker.terminate();
  }

  return {
    async embed(name, texts, signal) {
      const at = folderIn(directory, name);
      const one = running.get(at.folder) ?? start(at);
      if (one.idle) clearTimeout(one.idle);
      one.used = Date.now();
      const id = ++count;
      const { promise, resolve, reject } = Promise.withResolvers<Float32Array[]>();
      const cancel = () => reject(signal.reason);
      const timer = setTimeout(() => {
        reject(
          new StepError(
            'LOCAL_MODEL',
            `The model in "${name}" did not answer within ${timeoutMs / 1000} s.`,
            {
              transient: true,
            },
          ),
        );
        end(at.folder, one);
      }, timeoutMs);
      signal.addEventListener('abort', cancel, { once: true });
      one.waiting.set(id, { resolve, reject });
      one.worker.postMessage({ id, texts } satisfies ModelRequest);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
        one.waiting.delete(id);
        if (one.waiting.size === 0) one.idle = setTimeout(() => end(at.folder, one), idleMs).unref();
      }
    },
    async close() {
      await Promise.all(
        [...running].map(([, { worker, idle }]) => {
          if (idle) clearTimeout(idle);
          return worker.terminate();
        }),
      );
      running.clear();
    },
  };
}

function startThread(at: ModelFolder): Worker {
  const worker = new Worker(new URL('./model-thread.ts', import.meta.url), {
    workerData: at,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.unref();
  return worker;
}

/** Only what lies below the directory, also after links are followed. Throws StepError. */
export function folderIn(directory: string | null, name: string): ModelFolder {
  if (directory === null) {
    throw new StepError(
      'LOCAL_MODEL',
      'This server has no directory for models. Its administrator names one in LOCAL_MODELS_DIR.',
    );
  }
  const none = () =>
    new StepError('LOCAL_MODEL', `There is no folder "${name.slice(0, 100)}" with a model on this server.`);
  if (!FOLDER.test(name)) throw none();
  try {
    const [top, path] = [realpathSync(directory), realpathSync(join(directory, name))];
    const inside = relative(top, path);
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || !statSync(path).isDirectory()) {
      throw none();
    }
    return { directory: top, folder: inside };
  } catch (error) {
    throw error instanceof StepError ? error : none();
  }
}

function notInstalled(): StepError {
  return new StepError(
    'LOCAL_MODEL',
    `Local models need a package that is not installed on this server. Its administrator runs: npm install ${PACKAGE}`,
  );
}

function unusable(at: ModelFolder, words: string): StepError {
  return new StepError(
    'LOCAL_MODEL',
    `The model in "${at.folder}" cannot be run: ${withoutPath(words, at).slice(0, 300)}`,
  );
}
