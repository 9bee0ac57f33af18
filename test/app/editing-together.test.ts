import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Autosave,
  openAutosave,
  type SaveEvent,
  type SaveStep,
  stepAutosave,
  type Theirs,
  type Unsaved,
  unsaved,
  unsavedPart,
} from '#app/canvas/system/autosave.ts';
import type { MergeConflict, Side } from '#app/canvas/system/merge.ts';
import { chosenMerge, draftMerge } from '#app/canvas/system/merge-drafts.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { drawing } from './canvas-support.ts';

const merge = draftMerge(kinds);
const start = drawing({ start: 'input', values: 'set', other: 'set', answer: 'output' });

/** A request on its way: `arrive` does it at the server and answers what the server says. */
interface Request {
  editor: Editor;
  life: number;
  arrive(): SaveEvent;
  lost: SaveEvent;
}

/** As the server: a draft is taken on top of the last revision only. */
class Server {
  revision = 1;
  document = start;

  save(revision: number, document: WorkflowDocument): SaveEvent {
    if (revision !== this.revision) return { type: 'conflicted', theirs: this.read() };
    this.revision += 1;
    this.document = structuredClone(document);
    return { type: 'acknowledged', revision: this.revision };
  }

  read(): Theirs {
    const { revision, document } = this;
    return { revision, document: structuredClone(document), savedBy: null, savedAt: null };
  }
}

/** A window: the machine, its timer, and what its browser keeps. */
class Editor {
  state: Autosave;
  timer = false;
  kept: Unsaved | null = null;
  /** Counts crashes: answers to what was asked before one reach nobody. */
  life = 0;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.state = openAutosave(world.server.read(), null, merge).state;
  }

  take(event: SaveEvent): void {
    this.carryOut(stepAutosave(this.state, event, merge));
  }

  edit(change: (document: WorkflowDocument) => WorkflowDocument): void {
    this.take({ type: 'edited', document: change(this.state.current) });
  }

  crash(): void {
    this.life += 1;
    this.timer = false;
    this.carryOut(openAutosave(this.world.server.read(), this.kept, merge));
  }

  private carryOut({ state, effects }: SaveStep): void {
    const { server, requests } = this.world;
    const { life } = this;
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'wait') this.timer = true;
      if (effect.type === 'send') {
        const { revision, document } = effect;
        const arrive = (): SaveEvent => server.save(revision, document);
        requests.push({ editor: this, life, arrive, lost: { type: 'unreachable' } });
      }
      if (effect.type === 'read') {
        const arrive = (): SaveEvent => ({ type: 'read', theirs: server.read() });
        requests.push({ editor: this, life, arrive, lost: { type: 'unread' } });
      }
      if (effect.type === 'merged' || effect.type === 'recovered') {
        expect(effect.document).toBe(state.current);
      }
    }
    this.kept = unsaved(state) ? structuredClone(unsavedPart(state)) : null;
  }
}

class World {
  readonly server = new Server();
  readonly requests: Request[] = [];
  readonly editors: Editor[];

  constructor(count: number) {
    this.editors = Array.from({ length: count }, () => new Editor(this));
  }

  /** The request arrives or does not, and so does its answer. */
  deliver(index: number, { arrives, answered }: { arrives: boolean; answered: boolean }): void {
    const [request] = this.requests.splice(index % Math.max(1, this.requests.length), 1);
    if (!request) return;
    const answer = arrives ? request.arrive() : request.lost;
    if (request.life !== request.editor.life) return;
    request.editor.take(answered ? answer : request.lost);
  }

  /** The network works again, timers ring, everybody hears of everything, and whoever is asked chooses. */
  settle(choose: (conflict: MergeConflict) => Side): void {
    for (let round = 0; round < 100; round++) {
      while (this.requests.length > 0) this.deliver(0, { arrives: true, answered: true });
      for (const editor of this.editors) {
        if (editor.timer || editor.state.phase.name === 'offline') {
          editor.timer = false;
          editor.take({ type: 'due' });
        }
        editor.take({ type: 'heard', revision: this.server.revision });
        const { phase, current } = editor.state;
        if (phase.name === 'conflict') {
          const documents = { base: phase.base, mine: current, theirs: phase.theirs.document };
          const { conflicts } = chosenMerge(documents, kinds, {});
          const choices = Object.fromEntries(conflicts.map((one) => [one.id, choose(one)]));
          editor.take({ type: 'resolved', document: chosenMerge(documents, kinds, choices).document });
        }
      }
      const quiet = this.editors.every(
        ({ state }) => state.phase.name === 'saved' && state.revision === this.server.revision,
      );
      if (quiet && this.requests.length === 0) return;
    }
    throw new Error(`They do not come to an end: ${this.editors.map(({ state }) => state.phase.name)}`);
  }
}

type Action =
  | { type: 'edit'; editor: number; how: number }
  | { type: 'due'; editor: number }
  | { type: 'deliver'; index: number; arrives: boolean; answered: boolean }
  | { type: 'heard'; editor: number }
  | { type: 'crash'; editor: number };

const editor = fc.nat(2);
const actions = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('edit' as const), editor, how: fc.nat(5) }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('due' as const), editor }) },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('deliver' as const),
        index: fc.nat(5),
        arrives: fc.boolean(),
        answered: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('heard' as const), editor }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const), editor }) },
  ),
  { maxLength: 60, size: 'max' },
);

function perform(
  world: World,
  list: readonly Action[],
  edit: (editor: Editor, action: Action) => void,
): void {
  for (const action of list) {
    if (action.type === 'deliver') {
      world.deliver(action.index, action);
      continue;
    }
    const one = world.editors[action.editor]!;
    if (action.type === 'edit') edit(one, action);
    if (action.type === 'due') {
      one.timer = false;
      one.take({ type: 'due' });
    }
    if (action.type === 'heard') one.take({ type: 'heard', revision: world.server.revision });
    if (action.type === 'crash') one.crash();
  }
}

const withValue = (
  document: WorkflowDocument,
  id: string,
  name: string,
  value: string,
): WorkflowDocument => ({
  ...document,
  nodes: document.nodes.map((node) =>
    node.id === id
      ? { ...node, config: { values: { ...(node.config['values'] as object), [name]: value } } }
      : node,
  ),
});

const everywhere = (world: World): void => {
  for (const { state } of world.editors) expect(state.current).toEqual(world.server.document);
};

describe('three people at one draft, on a network that loses and delays', () => {
  test('what they do to different things is all there in the end, and the same everywhere', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const world = new World(3);
        const made: string[] = [];
        perform(world, list, (one, action) => {
          const name = `edit_${made.length}`;
          made.push(name);
          const how = action.type === 'edit' ? action.how : 0;
          one.edit((document) =>
            how > 0
              ? withValue(document, how > 2 ? 'values' : 'other', name, `${how}`)
              : {
                  ...document,
                  nodes: [...document.nodes, { ...drawing({ [name]: 'set' }).nodes[0]! }],
                },
          );
        });
        world.settle(() => {
          throw new Error('Nobody is to be asked.');
        });
        everywhere(world);
        const text = JSON.stringify(world.server.document);
        for (const name of made) expect(text).toContain(`"${name}"`);
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  test('where they change the same things they are asked, and then agree', () => {
    fc.assert(
      fc.property(actions, fc.boolean(), (list, mine) => {
        const world = new World(3);
        let count = 0;
        perform(world, list, (one, action) => {
          const how = action.type === 'edit' ? action.how : 0;
          const value = `typed ${count++}`;
          one.edit((document) => {
            if (how === 0) return { ...document, title: value };
            if (how > 1) return withValue(document, 'values', `field_${how % 2}`, value);
            return { ...document, nodes: document.nodes.filter(({ id }) => id !== 'values') };
          });
        });
        world.settle(() => (mine ? 'mine' : 'theirs'));
        everywhere(world);
      }),
      { seed: 12, numRuns: 150 },
    );
  });

  test('one alone is never asked, however often the answers are lost', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const world = new World(1);
        let typed = '';
        const alone = list.map((action) => ('editor' in action ? { ...action, editor: 0 } : action));
        perform(world, alone, (one) => {
          typed += 'x';
          one.edit((document) => ({ ...document, title: typed }));
        });
        world.settle(() => {
          throw new Error('Nobody is to be asked.');
        });
        everywhere(world);
        expect(world.server.document.title).toBe(typed === '' ? start.title : typed);
      }),
      { seed: 13, numRuns: 150 },
    );
  });
});
