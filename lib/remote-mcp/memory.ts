import type { ToolMemory } from './call-tool.ts';
import type { RemoteTools } from './list-tools.ts';

/** ms that a list of tools counts. */
const KEPT_MS = 60_000;
/** Servers remembered; the one that was asked longest ago goes first. */
const MAX_SERVERS = 200;

/**
 * What servers offered a moment ago, so that not every call begins with a list. `key` has to name everything that
 * may change the answer: project, address, credential.
 */
export function createToolMemory(now: () => number = Date.now): (key: string) => ToolMemory {
  const kept = new Map<string, { tools: RemoteTools; until: number }>();
  return (key) => ({
    get() {
      const found = kept.get(key);
      return found && found.until > now() ? found.tools : undefined;
    },
    set(tools) {
      kept.delete(key);
      kept.set(key, { tools, until: now() + KEPT_MS });
      const [oldest] = kept.keys();
      if (kept.size > MAX_SERVERS && oldest !== undefined) kept.delete(oldest);
    },
    forget() {
      kept.delete(key);
    },
  });
}
