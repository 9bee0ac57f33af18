import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testVector } from './test-embedder.ts';

export interface EmbeddingRequest {
  path: string;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test wants to look at
  body: any;
}

/** What a test has the server answer in the place of embeddings; true when it did. */
export type Trouble = (request: EmbeddingRequest, response: ServerResponse) => boolean | Promise<boolean>;

export interface EmbeddingServer {
  /** With `/v1`. */
  url: string;
  /** `127.0.0.1:<port>`: for the hosts of a connection. */
  host: string;
  requests: EmbeddingRequest[];
  /** Texts that were embedded, in all. */
  texts(): string[];
  trouble: Trouble | null;
  close(): Promise<void>;
}

/** A server with `/v1/embeddings` and `/v1/rerank` on a free port; see `testVector`. */
export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  const requests: EmbeddingRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
      const seen = { path: request.url ?? '', headers: request.headers, body };
      requests.push(seen);
      if (await self.trouble?.(seen, response)) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(seen.path.endsWith('/rerank') ? ranked(body) : embedded(body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const self: EmbeddingServer = {
    url: `http://127.0.0.1:${port}/v1`,
    host: `127.0.0.1:${port}`,
    requests,
    texts: () => requests.flatMap(({ body }) => (body.input ?? []) as string[]),
    trouble: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

function embedded({ input, model, dimensions }: { input: string[]; model: string; dimensions?: number }) {
  return {
    object: 'list',
    model,
    data: input.map((text, index) => ({ index, embedding: [...testVector(text, dimensions)] })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  };
}

/** Whatever has most of the letter z comes first. */
function ranked({ documents }: { documents: string[] }) {
  const results = documents.map((text, index) => ({
    index,
    relevance_score: Math.min(1, (text.match(/z/g) ?? []).length / 10),
  }));
  return { results: results.sort((a, b) => b.relevance_score - a.relevance_score) };
}
