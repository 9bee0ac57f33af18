import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';

/** argon2id as OWASP asks at least: 19 MiB, 2 passes, 1 lane (78 ms). */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{11,172})$/;

/** Each hash takes 19 MiB, so that only so many run at once; the others wait their turn. */
const LIMIT = 2 * availableParallelism();
let running = 0;
const waiting: (() => void)[] = [];

/** A password as a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST, 32);
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${text(salt)}$${text(hash)}`;
}

/** Whether the password is the one the PHC string was made from. False for a string of another form. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const parts = PHC.exec(phc);
  if (!parts) return false;
  const [, memory, passes, parallelism, salt, hash] = parts as unknown as [string, ...string[]];
  const expected = Buffer.from(hash!, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const actual = await derive(password, Buffer.from(salt!, 'base64'), cost, expected.length);
  return timingSafeEqual(actual, expected);
}

async function derive(
  password: string,
  nonce: Buffer,
  cost: typeof COST,
  tagLength: number,
): Promise<Buffer> {
  if (running >= LIMIT) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await new Promise((resolve, reject) => {
      const message = Buffer.from(password.normalize('NFKC'), 'utf8');
      argon2('argon2id', { message, nonce, tagLength, ...cost }, (error, key) =>
        error ? reject(error) : resolve(Buffer.from(key)),
      );
    });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function text(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
