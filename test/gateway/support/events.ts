import { type ClientRequest, request } from 'node:http';
import type { Message } from './session.ts';

/** One event of an event stream, as it came. */
export interface StreamEvent {
  id: string | null;
  /** ms until the client may come back. */
  retry: number | null;
  /** Null for an event without a message. */
  message: Message | null;
}

/** An answer that is read event by event. */
export interface EventReader {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The next event, of those that are none of the comments; null at the end, also where it was cut. */
  next(): Promise<StreamEvent | null>;
  /** All events up to the end. */
  rest(): Promise<StreamEvent[]>;
  /** Comments so far. */
  comments(): number;
  /** Cuts the connection. */
  cut(): void;
  /** Takes nothing from the network any more. */
  pause(): void;
}

/** Sends a request, and reads its answer as an event stream. */
export function readEvents(
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body?: object; signal?: AbortSignal },
): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request(
      url,
      { method: body ? 'POST' : 'GET', headers, agent: false, ...(signal && { signal }) },
      (response) => {
        const events: StreamEvent[] = [];
        let text = '';
        let comments = 0;
        let over = false;
        let wake = () => {};
        const end = () => {
          over = true;
          wake();
        };
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          for (;;) {
            const at = text.indexOf('\n\n');
            if (at === -1) break;
            const block = text.slice(0, at);
            text = text.slice(at + 2);
            if (block.startsWith(':')) comments += 1;
            else events.push(eventOf(block));
          }
          wake();
        });
        response.on('error', end);
        response.on('close', end);
        const next = async () => {
          while (events.length === 0 && !over) {
            await new Promise<void>((woken) => {
              wake = woken;
            });
          }
          return events.shift() ?? null;
        };
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          next,
          async rest() {
            const all: StreamEvent[] = [];
            for (let event = await next(); event; event = await next()) all.push(event);
            return all;
          },
          comments: () => comments,
          cut: () => outgoing.destroy(),
          pause: () => void response.pause(),
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body ? JSON.stringify(body) : undefined);
  });
}

function eventOf(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
  const data = fields.get('data');
  return {
    id: fields.get('id') ?? null,
    retry: fields.has('retry') ? Number(fields.get('retry')) : null,
    message: data ? JSON.parse(data) : null,
  };
}
