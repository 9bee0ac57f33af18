import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { StepError } from '#lib/engine/errors.ts';

/**
 * What `pg` takes for its socket. The connection is made already; what comes is counted, and what `pg` cannot digest
 * ends the connection in place of the process: its parser throws inside the event that brings the bytes.
 */
export class PostgresWire extends EventEmitter {
  private readonly socket: Socket;
  private left: number;
  private readonly onFailure: (error: unknown) => void;

  constructor(socket: Socket, options: { maxBytes: number; onFailure: (error: unknown) => void }) {
    super();
    this.socket = socket;
    this.left = options.maxBytes;
    this.onFailure = options.onFailure;
  }

  /** As `pg` types the stream it is given. */
  asStream(): Duplex {
    return this as unknown as Duplex;
  }

  get writable(): boolean {
    return this.socket.writable;
  }

  connect(): void {
    const { socket } = this;
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => {
      this.onFailure(error);
      this.emit('error', error);
    });
    socket.on('close', () => {
      this.onFailure(new StepError('NETWORK', 'The database closed the connection.', { transient: true }));
      this.emit('close');
    });
    queueMicrotask(() => this.emit('connect'));
  }

  private receive(chunk: Buffer): void {
    this.left -= chunk.length;
    try {
      if (this.left < 0) {
        throw new StepError('TOO_LARGE', 'The rows are too large together. Ask for fewer rows or columns.');
      }
      this.emit('data', chunk);
    } catch (error) {
      this.onFailure(
        error instanceof StepError
          ? error
          : new StepError('SQL_ERROR', 'The database answered something that is not understood.', {
              cause: error,
            }),
      );
      this.socket.destroy();
    }
  }

  write(data: Uint8Array, done?: () => void): boolean {
    return this.socket.write(data, done);
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  setNoDelay(): void {
    // It was dialled without delay.
  }

  ref(): void {
    this.socket.ref();
  }

  unref(): void {
    this.socket.unref();
  }
}
