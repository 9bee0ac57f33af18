import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenAndTell } from './contender.ts';

/** The limit of one process: HTTP and JSON, and nothing else. Answers `echo` whatever is called. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const message = JSON.parse(Buffer.concat(chunks).toString());
    const { text, n } = message.params.arguments;
    const result = {
      resultType: 'complete',
      content: [{ type: 'text', text }],
      structuredContent: { text, n },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, result });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});

listenAndTell(server, () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
