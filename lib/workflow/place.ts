import type { Level } from './levels.ts';

/** Where something is read. */
export interface Place {
  level: Level;
  /** Position of the node that reads, in its level. Of an undo: that of the node it takes back. */
  at: number;
  /** `step`: when the node runs. `undo`: after it has run. `end`: when all of the level is done, as a container collects. */
  as: 'step' | 'undo' | 'end';
}

/** A step as it is seen from some place. */
export interface Seen {
  level: Level;
  position: number;
  /** `own`: it is the reader itself. `later`: it has not run. `maybe`: a branch may have left it out. */
  when: 'own' | 'later' | 'maybe' | 'certain';
}

/** The places at which the nodes read, by node id. `undo`: the nodes that take others back, by those. */
export function placesOf(levels: readonly Level[], undo: ReadonlyMap<string, string>): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const level of levels) {
    for (const [at, { node }] of level.graph.nodes.entries()) {
      if (at === 0 && level.outer) continue;
      places.set(node.id, { level, at, as: 'step' });
      const undone = undo.get(node.id);
      if (undone !== undefined) places.set(undone, { level, at, as: 'undo' });
    }
  }
  return places;
}

/** The step with this key, seen from here; null when it is not on this level, nor on one around it. */
export function seenFrom(place: Place, key: string): Seen | null {
  for (let here: Place | null = place; here; here = around(here)) {
    const position = here.level.positions.get(key);
    if (position !== undefined) return { level: here.level, position, when: whenSeen(position, here) };
  }
  return null;
}

/** All steps that have run when this is read, or may have; the nearest first. */
export function allSeenFrom(place: Place): Seen[] {
  const seen: Seen[] = [];
  for (let here: Place | null = place; here; here = around(here)) {
    const { level } = here;
    for (let position = level.graph.nodes.length - 1; position >= 0; position -= 1) {
      // The container was met inside, as the item at hand.
      const when = whenSeen(position, here);
      if (when === 'certain' || when === 'maybe') seen.push({ level, position, when });
    }
  }
  return seen;
}

function around({ level: { outer } }: Place): Place | null {
  return outer && { ...outer, as: 'step' };
}

function whenSeen(position: number, { level: { ran }, at, as }: Place): Seen['when'] {
  if (as === 'end') return ran.always(position) ? 'certain' : 'maybe';
  if (position === at) return as === 'undo' ? 'certain' : 'own';
  if (!ran.precedes(position, at)) return 'later';
  return ran.certain(position, at) ? 'certain' : 'maybe';
}
