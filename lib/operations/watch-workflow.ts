import { AppError } from '#lib/db/app-error.ts';
import { DATABASE_CHANGED } from '#lib/db/events.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import type { Beat } from './presence.ts';
import { createRate } from './rate.ts';
import { WORKFLOW_CHANGED, type WorkflowNews } from './workflow-news.ts';

/** Streams of one process; further ones are told to look now and then instead. */
const MOST_STREAMS = 2_000;

/** Heartbeats of one person in a minute, over all of their windows. */
const BEATS_PER_MINUTE = 300;

type Member = Extract<Principal, { type: 'user' }>;

/** Somebody who has the workflow open. */
export interface PersonHere {
  userId: string;
  window: string;
  name: string;
  /** The one who asks, perhaps in another window. */
  you: boolean;
  selected: string | null;
  /** The step they are typing at. */
  editing: string | null;
  /** Since when they are, in ms since 1970: whoever was first has it. */
  since: number;
}

/** Something that was done with the workflow, not with its draft. */
export interface Done {
  what: Exclude<WorkflowNews['what'], 'saved' | 'deleted'>;
  /** Name; null when it is not known. */
  by: string | null;
  you: boolean;
}

/** What whoever has a workflow open wants to know. */
export type WorkflowState =
  | {
      type: 'state';
      revision: number;
      /** Of the draft. */
      savedBy: string | null;
      liveVersion: number | null;
      people: PersonHere[];
      /** What was done since the last message. */
      done: Done | null;
    }
  | { type: 'deleted'; by: string | null; you: boolean };

export interface At {
  project: string;
  workflow: string;
}

/** Where a person is in a workflow. */
export interface Whereabouts {
  /** Chosen by the window. */
  window: string;
  selected: string | null;
  typed: string | null;
}

const beats = createRate(BEATS_PER_MINUTE, 60_000);
let streams = 0;

/** Says where a person is, and answers how the workflow stands. Throws `not_found`; `too_many`. */
export async function beatPresence(
  app: App,
  { principal, name }: { principal: Member; name: string },
  at: At,
  { window, selected, typed }: Whereabouts,
): Promise<WorkflowState> {
  beats.take(principal.userId);
  const look = await opened(app, principal, at);
  const state = await look(null);
  // Whoever may only look takes no step from anybody.
  const mayType = principal.role !== 'viewer';
  app.presence.beat({
    workflowId: at.workflow,
    userId: principal.userId,
    window,
    name: name.slice(0, 120),
    selected,
    typed: mayType ? typed : null,
  });
  return { ...state, people: peopleOf(app, principal, at.workflow) };
}

/**
 * How the workflow stands, now and after every change, for as long as the window says that it is there; the last
 * message may be `deleted`. Without a window only how it stands now. Throws `not_found`; `too_many`.
 */
export async function watchWorkflow(
  app: App,
  { principal, name }: { principal: Member; name: string },
  at: At & { window?: string | undefined },
  signal: AbortSignal,
): Promise<AsyncIterable<WorkflowState>> {
  const look = await opened(app, principal, at);
  const first = await look(null);
  if (at.window === undefined) return once(first);
  if (streams >= MOST_STREAMS)
    throw new AppError('too_many', 'Too many windows follow along. Look again later.');
  const own = { workflowId: at.workflow, userId: principal.userId, window: at.window };
  app.presence.beat({ ...own, name: name.slice(0, 120), typed: null });
  return follow(app, { principal, own, look }, signal);
}

type State = Extract<WorkflowState, { type: 'state' }>;

interface Following {
  principal: Member;
  own: Pick<Beat, 'workflowId' | 'userId' | 'window'>;
  look(done: Done | null): Promise<State>;
}

/** Checks, and answers how to read the state from then on. */
async function opened(app: App, principal: Member, at: At): Promise<Following['look']> {
  const { id } = await findProject(app, principal, at.project);
  const { workflows } = repository(app.db, principal);
  return async (done) => {
    const head = await workflows.head(id, at.workflow);
    if (!head) throw new AppError('not_found', 'There is no such workflow.');
    return { type: 'state', ...head, people: peopleOf(app, principal, at.workflow), done };
  };
}

async function* once(state: WorkflowState): AsyncGenerator<WorkflowState, void, void> {
  yield state;
}

async function* follow(
  app: App,
  { principal, own, look }: Following,
  signal: AbortSignal,
): AsyncGenerator<WorkflowState, void, void> {
  const news: WorkflowNews[] = [];
  let people = true;
  let stale = true;
  let wake = () => {};
  const ends = [
    app.presence.watch(own.workflowId, () => {
      people = true;
      wake();
    }),
    app.events.subscribe(WORKFLOW_CHANGED, (payload) => {
      const told = payload as unknown as WorkflowNews;
      if (told.workflowId !== own.workflowId) return;
      // Several saves in a row are one thing to look at.
      if (told.what !== 'saved' || news.at(-1)?.what !== 'saved') news.push(told);
      wake();
    }),
    ...['project.changed', DATABASE_CHANGED].map((topic) =>
      app.events.subscribe(topic, () => {
        stale = true;
        wake();
      }),
    ),
  ];
  const stop = () => wake();
  signal.addEventListener('abort', stop);
  streams += 1;
  let sent = '';
  try {
    let state: State | undefined;
    while (!signal.aborted && !app.presence.isClosed()) {
      const told = news.shift();
      if (!told && !people && !stale) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (news.length > 0 || people || stale || signal.aborted || app.presence.isClosed()) resolve();
        });
        continue;
      }
      // Who is not there any more has not said for long that it may still look.
      if (!isHere(app, own)) return;
      if (told?.what === 'deleted') return yield await deletion(app, principal, told);
      const reads = told !== undefined || stale || !state;
      people = false;
      if (reads) stale = false;
      const done = told ? await doneOf(app, principal, told) : null;
      try {
        state =
          reads || !state
            ? await look(done)
            : { ...state, done, people: peopleOf(app, principal, own.workflowId) };
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
        return yield { type: 'deleted', by: null, you: false };
      }
      const text = JSON.stringify(state);
      if (text !== sent || done) yield state;
      sent = text;
    }
  } finally {
    streams -= 1;
    signal.removeEventListener('abort', stop);
    for (const end of ends) end();
    app.presence.left(own);
  }
}

function isHere(app: App, own: Following['own']): boolean {
  return app.presence
    .at(own.workflowId)
    .some(({ userId, window }) => userId === own.userId && window === own.window);
}

function peopleOf(app: App, principal: Member, workflowId: string): PersonHere[] {
  return app.presence
    .at(workflowId)
    .map((person) => ({ ...person, you: person.userId === principal.userId }));
}

async function doneOf(app: App, principal: Member, { what, by }: WorkflowNews): Promise<Done | null> {
  if (what === 'saved' || what === 'deleted') return null;
  return { what, by: await nameOf(app, principal, by), you: by === principal.userId };
}

async function deletion(app: App, principal: Member, { by }: WorkflowNews): Promise<WorkflowState> {
  return { type: 'deleted', by: await nameOf(app, principal, by), you: by === principal.userId };
}

function nameOf(app: App, principal: Member, userId: string | null): Promise<string | null> {
  return userId === null ? Promise.resolve(null) : repository(app.db, principal).members.nameOf(userId);
}
