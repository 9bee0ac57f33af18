import type { PlanNode } from '#lib/workflow/plan.ts';
import { StepError } from './errors.ts';
import type { ErrorRecord } from './events.ts';
import { Flight, type FlightPlace, type Stopped } from './flight.ts';
import { ERROR_HANDLE, Frontier } from './frontier.ts';
import { jsonLength } from './json-size.ts';
import type { NodeKind, NodeResult } from './kind.ts';
import { type ItemWalk, Loop, loopOver } from './loop.ts';
import type { Question, Waiting } from './question.ts';
import { recorded } from './recorded.ts';
import { rivalsFor } from './rivals.ts';
import type { LoopState, NodeState } from './run.ts';
import type { RootWalk, RunControl } from './run-control.ts';
import { type Finished, type WalkPlace, WalkScope } from './walk-scope.ts';

type Node = PlanNode<NodeKind>;

/** Who is told how a walk ended. */
interface WalkOwner {
  finished(walk: Walk): void;
  failed(walk: Walk, error: ErrorRecord): void;
  /** Ends the loop around; null where there is none. */
  stop: (() => void) | null;
}

/** The walk outside all containers. */
export function rootWalk(run: RunControl): RootWalk {
  const { nodes, start } = run.plan;
  const owner: WalkOwner = {
    finished: () => {
      // The run ends when nothing of it is under way.
    },
    failed: (_, error) => run.end('failed', { error }),
    stop: null,
  };
  const known = run.options.resume?.state.nodes;
  return new Walk(run, { nodes, starts: [start], known, around: null }, owner);
}

/**
 * One way through the nodes of a plan, or of a container's body for one item: what may run next, what has finished,
 * and what its steps see.
 */
class Walk extends WalkScope implements RootWalk, ItemWalk, FlightPlace {
  readonly stoppable: boolean;
  readonly flights = new Set<Flight>();
  over = false;

  private readonly owner: WalkOwner;
  private readonly frontier: Frontier;
  private readonly known: ReadonlyMap<string, NodeState> | null;
  /** Containers that are not done, by id. */
  private readonly loops = new Map<string, Loop>();
  /** Keys of the questions of its steps, by node id. */
  private readonly asking = new Map<string, string>();
  private storing = 0;

  constructor(run: RunControl, place: WalkPlace, owner: WalkOwner) {
    super(run, place);
    const { nodes, known, around } = place;
    this.owner = owner;
    this.stoppable = around !== null || nodes.some(({ join }) => join === 'first');
    this.known = known ? new Map(this.nodes) : null;
    this.frontier = new Frontier(nodes, this);
  }

  get done(): boolean {
    return !this.over && this.flights.size === 0 && this.storing === 0 && this.asking.size === 0;
  }

  begin(): void {
    this.frontier.begin(this.place.starts);
    this.run.queue(this);
  }

  drain(): void {
    const { run } = this;
    while (!run.stopped && !this.over) {
      if (run.yields(this)) return;
      const node = this.frontier.next();
      if (!node) break;
      if (!run.mayGoOn()) return;
      this.start(node);
    }
    if (!run.stopped && this.done) this.owner.finished(this);
  }

  snapshot(): Record<string, NodeState> {
    const nodes = Object.fromEntries(this.nodes);
    for (const [id, loop] of this.loops) nodes[id] = { loop: loop.snapshot() };
    return nodes;
  }

  abort(how: Stopped): void {
    if (this.over) return;
    this.over = true;
    for (const flight of [...this.flights]) flight.abort(how);
    if (how !== 'skipped' || this.asking.size === 0) return;
    for (const node of this.place.nodes) {
      if (!this.asking.has(node.id)) continue;
      this.forgetQuestion(node.id);
      this.tellSkipped(node);
    }
  }

  drop(): void {
    this.over = true;
    this.letGo();
  }

  // What a step is told to have come to

  succeeded(flight: Flight, result: NodeResult): void {
    const { run } = this;
    const { node } = flight;
    const { value = null, handle, output, suspend, each, stop } = result;
    if (suspend) {
      this.suspend(flight, suspend);
      return;
    }
    if (each) {
      // Where the run is to end inside, one item is enough.
      const items = run.part?.around.has(node.id) ? each.items.slice(0, 1) : each.items;
      this.loop(flight, loopOver({ ...each, items }, handle), false);
      return;
    }
    if (stop === 'loop' && !this.owner.stop) {
      flight.fail(new StepError('NO_LOOP', 'This step ends the loop around it, and stands in none.'));
      return;
    }
    const finished: Finished = { value };
    if (handle !== undefined) finished.handle = handle;
    if (output !== undefined) finished.output = output;
    if (!this.accept(flight, finished)) return;
    if (!stop) this.keep(node, finished);
    else {
      this.remember(node, finished);
      if (stop === 'run') run.stop(output);
      else this.owner.stop!();
    }
  }

  failed({ node }: Flight, failure: ErrorRecord): void {
    if (node.onError === 'fail') {
      this.owner.failed(this, failure);
      return;
    }
    const { code, message, details = {} } = failure;
    const value = { error: { code, message, details } };
    this.keep(node, node.onError === 'handle' ? { value, handle: ERROR_HANDLE } : { value });
  }

  // What the frontier says

  onDead(node: Node): void {
    const state = this.nodes.get(node.id);
    if (state && ('dead' in state || 'value' in state)) return;
    this.nodes.set(node.id, { dead: true });
    this.tellSkipped(node);
  }

  onFirst(merge: Node, edge: number): void {
    if (!this.nodes.has(merge.id)) this.nodes.set(merge.id, { first: edge });
    const { nodes } = this.place;
    for (const index of rivalsFor(merge, nodes)) {
      const node = nodes[index]!;
      const state = this.nodes.get(node.id);
      if (state && ('dead' in state || 'value' in state)) continue;
      this.frontier.drop(index);
      this.nodes.set(node.id, { dead: true });
      this.loops.delete(node.id);
      this.forgetQuestion(node.id);
      const flight = [...this.flights].find((under) => under.node === node);
      if (flight) flight.abort('skipped');
      else this.tellSkipped(node);
    }
  }

  private start(node: Node): void {
    const { run } = this;
    const known = this.known?.get(node.id);
    if (known && 'dead' in known) {
      this.frontier.kill(node);
      return;
    }
    if (known && 'value' in known) {
      this.charge(jsonLength(known.value, run.room));
      this.remember(node, known);
      this.frontier.leave(node, known.handle);
      return;
    }
    if (run.part && !run.part.nodes.has(node.id)) return;
    const asked = run.asked?.get(this.keyOf(node));
    if (asked && run.answerTo(asked.key) === undefined) {
      run.stillWaiting(asked);
      this.asking.set(node.id, asked.key);
      return;
    }
    if (node.disabled) {
      this.keep(node, { value: null });
      return;
    }
    const { given } = run.options;
    if (given && Object.hasOwn(given, node.id)) {
      this.give(node, { ...given[node.id]! });
      return;
    }
    if (!this.place.around) {
      run.steps += 1;
      if (run.steps > run.limits.steps) {
        const message = `The run took more than ${run.limits.steps} steps, which is its limit. Put what repeats into a For each, or spread the work over several runs.`;
        run.end('failed', { error: run.record(new StepError('STEPS', message), { node }) });
        return;
      }
    }
    const flight = new Flight(this, node);
    if (known && 'loop' in known) this.loop(flight, known.loop, true);
    else flight.begin();
  }

  /** Leaves a value that was handed in, without running the node. */
  private give(node: Node, finished: Finished): void {
    const { run } = this;
    const { value, handle } = finished;
    this.charge(jsonLength(value, run.room));
    if (run.emit && this.told) {
      const facts = { durationMs: 0, value: recorded(value), given: true as const };
      const at = run.now();
      run.emit({
        type: 'step.finished',
        at,
        ...this.of(node),
        ...facts,
        ...(handle === undefined ? {} : { handle }),
      });
    }
    this.keep(node, finished);
  }

  private suspend(flight: Flight, question: Question): void {
    const { node } = flight;
    const { run } = this;
    // Not finished: the node is run again, with the answer, and counted then.
    if (!this.place.around) run.steps -= 1;
    const key = this.keyOf(node);
    const waiting: Waiting = { key, nodeId: node.id, nodeKey: node.key, question };
    run.ask(waiting);
    this.asking.set(node.id, key);
    flight.tellSuspended(waiting);
  }

  // Containers

  private loop(flight: Flight, state: LoopState, goesOn: boolean): void {
    const { run } = this;
    const { node } = flight;
    const { body } = node;
    if (!body) throw new Error(`The node "${node.key}" has items, and no body to run for them.`);
    if (!goesOn) {
      const most = run.limits.items;
      if (run.items + state.items.length > most) {
        const message = `The loops of this run would go over more than ${most} items, which is the limit: pass fewer.`;
        flight.fail(new StepError('ITEMS', message));
        return;
      }
      run.items += state.items.length;
    }
    const loop: Loop = new Loop(state, {
      key: node.key,
      walk: (index, known) => {
        const item = { item: state.items[index]!, index, count: state.items.length };
        const owner: WalkOwner = {
          finished: (walk) => loop.finished(walk),
          failed: (walk, error) => loop.failed(walk, error),
          stop: () => loop.stop(),
        };
        const around = { walk: this, node, item, index };
        return new Walk(run, { nodes: body.nodes, starts: body.starts, known, around }, owner);
      },
      hold: (value) => this.hold(value),
      release: (characters) => this.charge(-characters),
      record: (error) => run.record(error, { node, iteration: this.iteration }),
      done: (value, handle) => {
        flight.close();
        const finished: Finished = handle === undefined ? { value } : { value, handle };
        if (!this.accept(flight, finished)) return;
        this.keep(node, finished);
        run.queue(this);
      },
      failed: (error) => {
        flight.close();
        flight.tellFailure(error);
        this.failed(flight, error);
        run.queue(this);
      },
    });
    this.loops.set(node.id, loop);
    if (goesOn) flight.goOn(loop);
    else flight.hold(loop);
    try {
      loop.begin();
    } catch (error) {
      loop.abort('skipped');
      flight.close();
      flight.fail(error);
    }
  }

  // What has finished

  /** Whether there is room for what a step leaves behind; if so, it is told, and can be taken back. */
  private accept(flight: Flight, finished: Finished): boolean {
    const { node } = flight;
    try {
      this.hold(finished.value);
    } catch (error) {
      flight.fail(error);
      return false;
    }
    flight.tellSuccess(finished.value, finished.handle);
    if (node.undo) this.recordEffect(node, finished.value);
    return true;
  }

  /** Remembers what a node left behind, and goes on once that is stored. */
  private keep(node: Node, finished: Finished): void {
    const { run } = this;
    this.remember(node, finished);
    if (!run.options.checkpoint) {
      this.frontier.leave(node, finished.handle);
      return;
    }
    this.storing += 1;
    run.afterStored(() => {
      this.storing -= 1;
      if (this.over) return;
      this.frontier.leave(node, finished.handle);
      run.queue(this);
    });
  }

  override remember(node: Node, finished: Finished): void {
    super.remember(node, finished);
    this.loops.delete(node.id);
    this.run.asked?.delete(this.keyOf(node));
  }

  private forgetQuestion(id: string): void {
    const key = this.asking.get(id);
    if (key === undefined) return;
    this.asking.delete(id);
    this.run.waiting.delete(key);
  }

  private tellSkipped(node: Node): void {
    const { run } = this;
    if (this.told) run.emit?.({ type: 'step.skipped', at: run.now(), ...this.of(node) });
  }
}
