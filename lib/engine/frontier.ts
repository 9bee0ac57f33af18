import type { Plan, PlanNode } from '#lib/workflow/plan.ts';
import type { NodeKind } from './kind.ts';

/** The handle a failed node leaves by when its `onError` is `handle`. */
export const ERROR_HANDLE = 'error';

type Node = PlanNode<NodeKind>;

/**
 * Which nodes of a plan may run. A node is ready when all its incoming edges are decided and one of them is
 * live; when none is, it is dead, and with it all that only it leads to.
 */
export class Frontier {
  private readonly plan: Plan<NodeKind>;
  private readonly onDead: (node: Node) => void;
  /** By index: how many incoming edges are not decided, and whether one of the others is live. */
  private readonly undecided: number[];
  private readonly live: boolean[];
  private readonly ready: number[] = [];

  constructor(plan: Plan<NodeKind>, onDead: (node: Node) => void) {
    this.plan = plan;
    this.onDead = onDead;
    this.undecided = plan.nodes.map((node) => node.incoming.length);
    this.live = plan.nodes.map(() => false);
  }

  /** The start node is ready; nodes that nothing leads to are dead. */
  begin(): void {
    this.ready.push(this.plan.start);
    for (const node of this.plan.nodes) {
      if (node.incoming.length === 0 && node.index !== this.plan.start) this.kill(node);
    }
  }

  /** Takes the next node to run; undefined when none is ready. */
  next(): Node | undefined {
    const index = this.ready.shift();
    return index === undefined ? undefined : this.plan.nodes[index];
  }

  /** Decides the edges that leave a finished node. Without a handle all are live but the one for errors. */
  leave(node: Node, handle: string | undefined): void {
    for (const edge of node.outgoing) {
      if (handle === undefined ? edge.handle !== ERROR_HANDLE : edge.handle === handle)
        this.live[edge.to] = true;
      const dead = this.decide(edge.to);
      if (dead) this.kill(dead);
    }
  }

  /** One more incoming edge is decided. The node, when that leaves it dead. */
  private decide(index: number): Node | null {
    this.undecided[index]! -= 1;
    if (this.undecided[index]! > 0) return null;
    if (!this.live[index]) return this.plan.nodes[index]!;
    this.ready.push(index);
    return null;
  }

  private kill(first: Node): void {
    const dead = [first];
    for (let node = dead.pop(); node; node = dead.pop()) {
      this.onDead(node);
      for (const { to } of node.outgoing) {
        const next = this.decide(to);
        if (next) dead.push(next);
      }
    }
  }
}
