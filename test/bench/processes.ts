import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux. */
const TICK_US = 10_000;

/** A process and all that it started. Linux only: elsewhere just the process itself. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>();
  try {
    for (const entry of readdirSync('/proc')) {
      const id = Number(entry);
      const fields = Number.isInteger(id) ? statOf(id) : null;
      if (fields) parents.set(id, Number(fields[1]));
    }
  } catch {
    return [pid];
  }
  const tree = new Set([pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [id, parent] of parents) {
      if (!tree.has(parent) || tree.has(id)) continue;
      tree.add(id);
      grown = true;
    }
  }
  return [...tree];
}

/** CPU time the processes have used, in µs; 0 where the system does not say. */
export function cpuUs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid);
    return fields ? sum + (Number(fields[11]) + Number(fields[12])) * TICK_US : sum;
  }, 0);
}

/** Memory the processes hold alone, plus their share of what they hold together (PSS), in MB. */
export function memoryMb(pids: readonly number[]): number {
  const kb = pids.reduce((sum, pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return sum + Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);
  return kb / 1024;
}

/** The fields of /proc/<pid>/stat after the name: state, parent, … */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
