import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { AppError } from '#lib/db/app-error.ts';

/** argon2id as OWASP asks at least: 19 MiB, 2 passes, 1 lane (78 ms). */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{11,172})$/;

/** Each hash takes 19 MiB, so that only so many run at once; the others wait their turn. */
const LIMIT = 2 * availableParallelism();
/** More would wait longer than anybody does. */
const MOST_WAITING = 50 * LIMIT;
let running = 0;
const waiting: (() => void)[] = [];

/** A password as a PHC string. Throws `unavailable` when too many wait. */
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

/** The work of a verification, for an account that there is not: the time tells nothing. */
export async function verifyNothing(password: string): Promise<false> {
  await derive(password, Buffer.alloc(16), COST, 32);
  return false;
}

/** Whether the PHC string was made at another cost than new ones are. */
export function isOutdated(phc: string): boolean {
  const parts = PHC.exec(phc);
  return (
    parts === null ||
    Number(parts[1]) !== COST.memory ||
    Number(parts[2]) !== COST.passes ||
    Number(parts[3]) !== COST.parallelism
  );
}

async function derive(
  password: string,
  nonce: Buffer,
  cost: typeof COST,
  tagLength: number,
): Promise<Buffer> {
  await enter();
  try {
    return await new Promise((resolve, reject) => {
      const message = Buffer.from(password.normalize('NFKC'), 'utf8');
      argon2('argon2id', { message, nonce, tagLength, ...cost }, (error, key) =>
        error ? reject(error) : resolve(Buffer.from(key)),
      );
    });
  } finally {
    leave();
  }
}

async function enter(): Promise<void> {
  if (running < LIMIT) {
    running += 1;
    return;
  }
  if (waiting.length >= MOST_WAITING) {
    throw new AppError('unavailable', 'Too many people sign in at this moment. Try again in a minute.');
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}

/** The place goes to who waits longest, so that nobody who comes meanwhile makes one too many. */
function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}

function text(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
