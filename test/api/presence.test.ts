import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowState } from '#lib/operations/watch-workflow.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { createDraft } from './documents.ts';
import { Browser, projectWith, startTestServer, type TestServer } from './server.ts';

type State = Extract<WorkflowState, { type: 'state' }>;

/** A window that follows a workflow. */
class Follower {
  readonly states: WorkflowState[] = [];
  ended = false;
  private readonly controller = new AbortController();
  private wake = () => {};

  constructor(browser: Browser, path: string) {
    void this.read(browser, path);
  }

  private async read(browser: Browser, path: string): Promise<void> {
    try {
      const response = await fetch(`${browser.url}/api/v1${path}`, {
        headers: { cookie: browser.cookie },
        signal: this.controller.signal,
      });
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const message = text.slice(0, end);
          text = text.slice(end + 2);
          if (message.startsWith('data: ')) this.states.push(JSON.parse(message.slice(6)) as WorkflowState);
        }
        this.wake();
      }
    } catch {
      // It was left.
    }
    this.ended = true;
    this.wake();
  }

  /** The first message that fits, of those that came and those that come. */
  async until<Found extends WorkflowState>(fits: (state: WorkflowState) => state is Found): Promise<Found>;
  async until(fits: (state: WorkflowState) => boolean): Promise<WorkflowState>;
  async until(fits: (state: WorkflowState) => boolean): Promise<WorkflowState> {
    for (;;) {
      const found = this.states.find(fits);
      if (found) return found;
      if (this.ended) throw new Error(`The stream ended after ${JSON.stringify(this.states)}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async end(): Promise<void> {
    while (!this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  leave(): void {
    this.controller.abort();
  }
}

const isState = (state: WorkflowState): state is State => state.type === 'state';
const revision = (wanted: number) => (state: WorkflowState) => isState(state) && state.revision === wanted;

describe.each(DATABASES)('people at one workflow, on $name', ({ name, create }) => {
  let database: EmptyDatabase;
  let server: TestServer;
  /** Of another process, where the database has several. */
  let replica: TestServer;
  let ada: Browser;
  let grace: Browser;
  let at: string;

  beforeAll(async () => {
    database = await create();
    const env = { DATABASE_URL: database.url, ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') };
    server = await startTestServer(env);
    replica = name === 'SQLite' ? server : await startTestServer(env, { setUp: false });
    ada = server.owner;
    const signedIn = await server.person('Grace', { role: 'editor' });
    grace = new Browser(replica.url);
    grace.cookie = signedIn.cookie;
    const { workflow } = await projectWith(ada, 'together', { publish: false });
    at = `/projects/together/workflows/${workflow}`;
  });
  afterAll(async () => {
    if (replica !== server) await replica.close();
    await server.close();
    await database.remove();
  });

  const beat = (
    browser: Browser,
    window: string,
    selected: string | null = null,
    typed: string | null = null,
  ) => browser.post(`${at}/presence`, { window, selected, typed });

  it('see each other, where they are and who types, and who saved', async () => {
    const ofGrace = new Follower(grace, `${at}/presence?window=g`);
    const first = await ofGrace.until(isState);
    expect(first).toMatchObject({ revision: 1, savedBy: 'Ada', liveVersion: null, done: null });

    expect((await beat(ada, 'a', 'answer', 'answer')).status).toBe(200);
    const seen = await ofGrace.until(
      (state): state is State => isState(state) && state.people.some(({ editing }) => editing === 'answer'),
    );
    const people = seen.people.map(({ since: _, userId: __, ...person }) => person);
    expect(people).toContainEqual({
      window: 'a',
      name: 'Ada',
      you: false,
      selected: 'answer',
      editing: 'answer',
    });
    expect(people).toContainEqual({ window: 'g', name: 'Grace', you: true, selected: null, editing: null });

    await ada.put(`${at}/draft`, { revision: 1, document: createDraft('echo', 'Ada says ') });
    expect(await ofGrace.until(revision(2))).toMatchObject({ savedBy: 'Ada' });
    // Whoever has no stream hears the same with each heartbeat.
    await grace.put(`${at}/draft`, { revision: 2, document: createDraft('echo', 'Grace says ') });
    expect((await beat(ada, 'a')).body).toMatchObject({ revision: 3, savedBy: 'Grace' });

    await ada.post(`${at}/publish`, { revision: 3 });
    const published = await ofGrace.until((state): state is State => isState(state) && state.done !== null);
    expect(published).toMatchObject({
      liveVersion: 1,
      done: { what: 'published', by: 'Ada', you: false },
    });
    ofGrace.leave();
  });

  it('a viewer sees and is seen, and takes no step from anybody', async () => {
    const vic = await server.person('Vic', { role: 'viewer' });
    await beat(vic, 'v', 'answer', 'answer');
    const { body } = await beat(vic, 'v', 'answer', 'answer');
    expect(body.people.find((person: { window: string }) => person.window === 'v')).toMatchObject({
      name: 'Vic',
      selected: 'answer',
      editing: null,
    });
  });

  it('are told of a deletion, and by whom', async () => {
    const ofGrace = new Follower(grace, `${at}/presence?window=g2`);
    await ofGrace.until(isState);
    await ada.delete(at);
    expect(await ofGrace.until((state) => state.type === 'deleted')).toEqual({
      type: 'deleted',
      by: 'Ada',
      you: false,
    });
    await ofGrace.end();
    expect((await beat(grace, 'g2')).status).toBe(404);
  });

  it('a process that ends lets go of who looks on at once', async () => {
    const { workflow } = await projectWith(ada, 'leaving', { publish: false });
    const one = name === 'SQLite' ? await startTestServer() : replica;
    const browser = name === 'SQLite' ? one.owner : grace;
    const path =
      name === 'SQLite'
        ? `/projects/here/workflows/${(await projectWith(browser, 'here', { publish: false })).workflow}`
        : `/projects/leaving/workflows/${workflow}`;
    const follower = new Follower(browser, `${path}/presence?window=x`);
    await follower.until(isState);
    const ending = one.close();
    await follower.end();
    await ending;
    if (one === replica) replica = server;
  });
});
