import { AppError } from '#lib/db/app-error.ts';
import type { ItemState, SourceDocument, SourceItem, StoredSource } from '#lib/db/knowledge-sources.ts';
import { type Repository, repository } from '#lib/db/repository.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { FoundDocument, Outcome, SourceEnd, SourceRun, Waiting } from '#lib/sources/source-kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { connectionHeaders } from './connection-headers.ts';
import { basicSecret } from './connection-secret.ts';
import { putDocument } from './put-document.ts';
import { removeDocuments } from './remove-documents.ts';
import { TRIGGER } from './run-caller.ts';
import { reportOf, type SourceReport, storedReport } from './source-report.ts';

/** Why the signal of a run aborts: somebody stopped it, or deleted its source. */
export class RunEnded extends Error {
  override name = 'RunEnded';
}

/** ms between two notes of how far it is. */
const NOTE_MS = 1000;
const LONGEST_REASON = 500;
const MOST_NOTES = 20;
const REMOVED_AT_ONCE = 50;
const SYSTEM = { type: 'system' } as const;

/** A run of a source under way: what its kind is handed, and what keeps it. */
export interface OpenRun {
  run: SourceRun;
  /** Removes what is gone after a complete run, and notes how it came out. */
  finish(end: SourceEnd): Promise<void>;
  /** Notes why it could not be read; its documents stay. */
  fail(message: string): Promise<void>;
  /** Notes all that was done, for whoever goes on with it. */
  note(): Promise<void>;
  close(): void;
}

/**
 * Takes a run up where it is: at its beginning, or where a process that died had got to. `abort` is called when
 * somebody ends it.
 */
export async function openRun(
  app: App,
  source: StoredSource,
  options: { egress: Egress; signal: AbortSignal; abort: (reason: RunEnded) => void },
): Promise<OpenRun> {
  const { knowledgeSources } = repository(app.db, SYSTEM);
  const at = { project: source.slug, base: source.baseId };
  const items = new Map((await knowledgeSources.items(source.id)).map((item) => [item.path, item]));
  const documents = new Map((await knowledgeSources.documents(source.id)).map((one) => [one.path, one]));
  const known = knownOf(source);
  const noting = startNoting(knowledgeSources, source, {
    report: (end) => reportOf(ofRun(items, source.run), known, end),
    abort: options.abort,
  });

  const found = (path: string) => items.get(path)?.run === source.run;

  function note(path: string, change: Partial<SourceItem> & { state: ItemState }): void {
    const before = items.get(path);
    const item = {
      ...{ path, place: before?.place ?? {}, mark: before?.mark ?? null, error: null },
      ...change,
      run: source.run,
    };
    items.set(path, item);
    noting.add(item);
  }

  async function store(path: string, document: FoundDocument, mark: JsonValue): Promise<void> {
    try {
      const put = await putDocument(app, SYSTEM, at, { ...document, path, sourceId: source.id });
      const { id, name, mimeType, bytes } = put.document;
      documents.set(path, { id, path, name, mimeType, bytes, storageKey: '' });
      note(path, { state: put.outcome, mark });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'unavailable') throw error;
      if (error.code === 'not_found') {
        // The project may have another address by now.
        const now = await knowledgeSources.stored(source.id);
        if (!now || now.slug === at.project) throw new RunEnded('The source is not there any more.');
        at.project = now.slug;
        return store(path, document, mark);
      }
      note(path, { state: 'failed', error: error.message.slice(0, LONGEST_REASON) });
    }
  }

  const run: SourceRun = {
    signal: options.signal,
    egress: options.egress,
    credential: async (url) => ({ headers: await credentialOf(app, source, url) }),
    keyPair: (url) => keyPairOf(app, source, url),
    mark: source.mark,
    isAsLeft: () =>
      [...items.values()].every(
        ({ path, state, run: last }) =>
          last !== source.run && (state === 'left-out' || (READ.includes(state) && documents.has(path))),
      ),
    markOf(path) {
      const mark = documents.has(path) ? items.get(path)?.mark : undefined;
      return mark ?? undefined;
    },
    isSettled: (path) => found(path) && items.get(path)?.state !== 'waiting',
    isFound: found,
    waiting: () => [...ofRun(items, source.run)].filter(({ state }) => state === 'waiting').map(waitingOf),
    others: () =>
      [...items.values()]
        .filter(({ path, run: last }) => last !== source.run && documents.has(path))
        .map(waitingOf),
    kept: () => {
      let count = 0;
      for (const { state } of ofRun(items, source.run)) if (READ.includes(state)) count += 1;
      return count;
    },
    async stored(path) {
      const document = documents.get(path);
      return document ? fileOf(app, source, document) : null;
    },
    find(waiting) {
      for (const { path, place } of waiting) {
        if (!found(path)) note(path, { state: 'waiting', place });
      }
    },
    async settle(path, outcome: Outcome) {
      options.signal.throwIfAborted();
      switch (outcome.type) {
        case 'document':
          await store(path, outcome.document, outcome.mark);
          break;
        case 'unchanged':
          note(path, { state: 'unchanged', ...(outcome.mark !== undefined && { mark: outcome.mark }) });
          break;
        case 'gone':
          note(path, { state: 'gone', mark: null });
          break;
        case 'left-out':
        case 'failed':
          note(path, { state: outcome.type, error: outcome.reason.slice(0, LONGEST_REASON) });
      }
      await noting.due();
    },
    tell(words) {
      if (known.notes.length < MOST_NOTES) known.notes.push(words.slice(0, LONGEST_REASON));
    },
  };

  return {
    run,
    async finish({ complete, mark }) {
      const isKept = (path: string) => found(path) && KEPT.includes(items.get(path)!.state);
      const kept = [...documents.keys()].filter(isKept).length;
      const mayRemove = complete && kept > 0;
      // What answered that it is gone is gone, whatever else was left out.
      const gone = [...documents.values()].filter(({ path }) =>
        mayRemove ? !isKept(path) : found(path) && items.get(path)!.state === 'gone' && kept > 0,
      );
      for (let start = 0; start < gone.length; start += REMOVED_AT_ONCE) {
        options.signal.throwIfAborted();
        const ids = gone.slice(start, start + REMOVED_AT_ONCE).map(({ id }) => id);
        known.removed += await removeDocuments(app, SYSTEM, at, ids);
      }
      if (complete && kept === 0 && documents.size > 0) {
        run.tell(
          'Nothing was found, so nothing was removed: delete the documents if that is how it should be.',
        );
      }
      await noting.end(complete ? 'complete' : 'partial', { complete: mayRemove, mark, error: null });
    },
    note: noting.now,
    fail: (message) => noting.end('failed', { complete: false, error: message }),
    close: () => noting.close(),
  };
}

/** What stays where it is after a run: also what could not be had this time. */
const KEPT: readonly ItemState[] = ['added', 'changed', 'unchanged', 'failed', 'waiting'];

/** What was there when it was looked at. */
const READ: readonly ItemState[] = ['added', 'changed', 'unchanged'];

function* ofRun(items: ReadonlyMap<string, SourceItem>, run: number): Generator<SourceItem> {
  for (const item of items.values()) if (item.run === run) yield item;
}

const waitingOf = ({ path, place }: SourceItem): Waiting => ({ path, place });

function knownOf(source: StoredSource) {
  const report = storedReport(source.report);
  return {
    startedAt: report?.startedAt ?? new Date().toISOString(),
    cause: report?.cause ?? ('user' as const),
    // Said anew by who goes on.
    notes: [] as string[],
    removed: report?.removed ?? 0,
  };
}

/** Keeps what happened, about once a second; whoever is asked to end hears of it then at the latest. */
function startNoting(
  sources: Repository['knowledgeSources'],
  { id, run }: StoredSource,
  { report, abort }: { report: (end: SourceReport['end']) => JsonObject; abort: (reason: RunEnded) => void },
) {
  let changed = new Map<string, SourceItem>();
  let last = performance.now();
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const items = [...changed.values()];
    changed = new Map();
    last = performance.now();
    const ours = await sources.note(id, run, { report: report(null), items });
    if (!ours) abort(new RunEnded('The run was ended.'));
  }
  // Also while it waits for somebody slow.
  const timer = setInterval(() => {
    writing = writing.then(write).catch(() => {
      // The next word, or the end, finds the database away too, and says so.
    });
  }, NOTE_MS);
  timer.unref();

  return {
    add: (item: SourceItem) => void changed.set(item.path, item),
    /** Waits for a note when it is time for one: what runs ahead of its notes would be done again. */
    async due(): Promise<void> {
      if (performance.now() - last < NOTE_MS) return;
      writing = writing.then(write);
      await writing;
    },
    /** Whatever time it is. */
    async now(): Promise<void> {
      writing = writing.then(write);
      await writing;
    },
    async end(
      how: NonNullable<SourceReport['end']>,
      end: { complete: boolean; error: string | null; mark?: JsonValue | undefined },
    ): Promise<void> {
      clearInterval(timer);
      await writing;
      const { mark, ...rest } = end;
      const ours = await sources.finish(id, run, {
        ...rest,
        ...(mark !== undefined && { mark }),
        report: report(how),
        items: [...changed.values()],
      });
      if (!ours) throw new RunEnded('The run was ended.');
    },
    close: () => clearInterval(timer),
  };
}

/** Throws StepError, in words that are about a source. */
async function credentialOf(app: App, source: StoredSource, url: string): Promise<Record<string, string>> {
  const { connectionId, projectId } = source;
  if (connectionId === null) return {};
  try {
    return await connectionHeaders(app, { projectId, caller: TRIGGER, runId: '' }, { connectionId, url });
  } catch (error) {
    throw aboutSource(error);
  }
}

async function keyPairOf(app: App, source: StoredSource, url: string) {
  // Asks whether it is there, and whether it may be sent to this host.
  await credentialOf(app, source, url);
  if (source.connectionId === null) return null;
  const { connections } = repository(app.db, SYSTEM);
  const connection = await connections.sealed(source.projectId, source.connectionId);
  return connection && basicSecret(app.vault, connection);
}

function aboutSource(error: unknown): unknown {
  if (!(error instanceof StepError) || error.code !== 'CONNECTION_MISSING') return error;
  return new StepError(
    error.code,
    'The connection of this source is not there any more. Choose another one.',
  );
}

/** Null when the store has lost it. */
async function fileOf(app: App, source: StoredSource, document: SourceDocument): Promise<Uint8Array | null> {
  const { name, mimeType, bytes, storageKey } = document;
  try {
    return await app.files.of(source.projectId).get({ file: storageKey, name, mimeType, bytes });
  } catch (error) {
    if (error instanceof StepError) return null;
    throw error;
  }
}
