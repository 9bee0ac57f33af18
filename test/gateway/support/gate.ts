import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server outside that answers when the test says so: a step that asks it takes as long as the test wants. */
export interface Gate {
  /** A page of it, by name. */
  url(name: string): string;
  /** Resolves when so many have asked for the page, whether they were answered or not. */
  asked(name: string, times?: number): Promise<void>;
  /** How many have asked for the page. */
  times(name: string): number;
  /** Answers who asks for the page, now and from now on. */
  open(name: string): void;
  /** Lets whoever asks for the page from now on wait again. */
  shut(name: string): void;
  close(): void;
}

export async function startGate(): Promise<Gate> {
  const opened = new Set<string>();
  const counts = new Map<string, number>();
  const waiting = new Set<{ name: string; answer(): void }>();
  let look = () => {};
  const server = createServer((request, response) => {
    const name = request.url!.slice(1);
    const answer = () => void response.setHeader('content-type', 'text/plain').end(name);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (opened.has(name)) answer();
    else waiting.add({ name, answer });
    look();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    async asked(name, times = 1) {
      while ((counts.get(name) ?? 0) < times) {
        await new Promise<void>((resolve) => {
          const before = look;
          look = () => {
            before();
            resolve();
          };
        });
      }
    },
    times: (name) => counts.get(name) ?? 0,
    open(name) {
      opened.add(name);
      for (const one of waiting) {
        if (one.name !== name) continue;
        waiting.delete(one);
        one.answer();
      }
    },
    shut: (name) => void opened.delete(name),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
