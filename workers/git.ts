import { byteFrameReader, encodeFrame } from '#lib/sandbox/frames.ts';
import type { ToProcess } from '#lib/sources/git/messages.ts';
import { repositoryReading } from '#lib/sources/git/read-repository.ts';

// The process that unpacks one repository. It holds no secret, has no network and no files but its own code; what it
// asks of the outside the server fetches (lib/sources/git/git-process.ts), over stdin and stdout.

/** Pieces of an answer, and messages. */
const MOST_BYTES = 16 * 1024 * 1024;

const take = repositoryReading((message, body) => {
  process.stdout.write(encodeFrame({ ...message }, body));
});
const receive = byteFrameReader(({ head, body }) => take(head as unknown as ToProcess, body), MOST_BYTES);
process.stdin.on('data', receive);
// The far end is gone.
process.stdin.on('end', () => process.exit(0));

process.stdout.write(encodeFrame({ type: 'ready' }));
