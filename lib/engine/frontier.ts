import type { PlanNode } from '#lib/workflow/plan.ts';
import type { NodeKind } from './kind.ts';

/** The handle a failed node leaves by when its `onError` is `handle`. */
export const ERROR_HANDLE = 'error';

type Node = PlanNode<NodeKind>;

/** Whether an edge from this handle is live, when the node left by `taken`. */
export function isLive(handle: string, taken: string | undefined): boolean {
  return taken === undefined ? handle !== ERROR_HANDLE : handle === taken;
}

interface FrontierEvents {
  /** No way leads to the node any more. */
  onDead(node: Node): void;
  /** A node that waits for one way only has it; `edge` is its position among the incoming ones, -1 for the start. */
  onFirst(node: Node, edge: number): void;
}

/**
 * Which nodes of a plan or of a body may run. A node is ready when all its incoming edges are decided and one of
 * them is live (`join: 'first'`: as soon as one is live); when none is, it is dead, and with it all that only it
 * leads to.
 */
export class Frontier {
  private readonly nodes: readonly Node[];
  private readonly events: FrontierEvents;
  /** By index: how many incoming edges are not decided, whether one of the others is live, and whether all is said. */
  private readonly undecided: number[];
  private readonly live: boolean[];
  private readonly settled: boolean[];
  private readonly ready: number[] = [];

  constructor(nodes: readonly Node[], events: FrontierEvents) {
    this.nodes = nodes;
    this.events = events;
    this.undecided = nodes.map((node) => node.incoming.length);
    this.live = nodes.map(() => false);
    this.settled = nodes.map(() => false);
  }

  /** A way leads to the nodes to start with; any other that nothing leads to is dead. */
  begin(starts: readonly number[]): void {
    for (const index of starts) {
      this.live[index] = true;
      const node = this.nodes[index]!;
      if (node.incoming.length === 0) this.prepare(index);
      else if (node.join === 'first') this.prepareFirst(node, -1);
    }
    for (const node of this.nodes) {
      if (node.incoming.length === 0 && !this.settled[node.index]) this.kill(node);
    }
  }

  /** Takes the next node to run; undefined when none is ready. */
  next(): Node | undefined {
    const index = this.ready.shift();
    return index === undefined ? undefined : this.nodes[index];
  }

  /** Decides the edges that leave a finished node. Without a handle all are live but the one for errors. */
  leave(node: Node, taken: string | undefined): void {
    for (const { to, handle } of node.outgoing) {
      if (this.settled[to]) continue;
      if (isLive(handle, taken)) {
        this.live[to] = true;
        const target = this.nodes[to]!;
        if (target.join === 'first') {
          const edge = target.incoming.findIndex((way) => way.from === node.index && way.handle === handle);
          this.prepareFirst(target, edge);
          continue;
        }
      }
      const dead = this.decide(to);
      if (dead) this.kill(dead);
    }
  }

  /** Says that nothing leads to a node, and so to what only it leads to. */
  kill(first: Node): void {
    const dead = [first];
    this.settled[first.index] = true;
    for (let node = dead.pop(); node; node = dead.pop()) {
      this.events.onDead(node);
      for (const { to } of node.outgoing) {
        const next = this.settled[to] ? null : this.decide(to);
        if (!next) continue;
        this.settled[to] = true;
        dead.push(next);
      }
    }
  }

  /** Takes a node out: it does not run, and what it leads to is decided by others. */
  drop(index: number): void {
    this.settled[index] = true;
    const at = this.ready.indexOf(index);
    if (at >= 0) this.ready.splice(at, 1);
  }

  private prepareFirst(node: Node, edge: number): void {
    this.prepare(node.index);
    this.events.onFirst(node, edge);
  }

  private prepare(index: number): void {
    this.settled[index] = true;
    this.ready.push(index);
  }

  /** One more incoming edge is decided. The node, when that leaves it dead. */
  private decide(index: number): Node | null {
    this.undecided[index]! -= 1;
    if (this.undecided[index]! > 0) return null;
    if (!this.live[index]) return this.nodes[index]!;
    this.prepare(index);
    return null;
  }
}
