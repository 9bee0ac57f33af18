import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const BYTES = 32;

/** A key from outside the database: it seals the keys that seal what is stored. */
export interface MasterKey {
  /** Eight hexadecimal digits that tell keys apart and give nothing away. */
  id: string;
  /** 32 bytes. */
  bytes: Buffer;
}

/** Where master keys come from. */
export interface MasterKeySource {
  /** base64, of ENCRYPTION_KEY; null = they are lines of `dataDir/encryption.key`. */
  given: string | null;
  /** Those that ENCRYPTION_KEY took the place of, base64. */
  previous: readonly string[];
  dataDir: string;
}

/** The master keys at hand. */
export interface MasterKeys {
  /** Null where there is none: nothing was given, and there is no file. */
  readonly newest: MasterKey | null;
  /** The one before all others. */
  readonly oldest: MasterKey | null;
  /** Looks into the file again where it is not known. */
  find(id: string): MasterKey | null;
  /** Adds a new key to the file, and makes the file where there is none. Throws where the keys are not in a file. */
  make(): MasterKey;
  /** The path of the file; null where the keys come from the environment. */
  readonly file: string | null;
}

/** What is stored cannot be opened with the keys at hand; `message` says which key is needed and where to put it. */
export class EncryptionKeyError extends Error {
  override name = 'EncryptionKeyError';
}

/** Reads the keys. Throws EncryptionKeyError when the file holds none. */
export function readMasterKeys({ given, previous, dataDir }: MasterKeySource): MasterKeys {
  const path = join(dataDir, 'encryption.key');
  const fromEnvironment = given !== null;
  const read = (): MasterKey[] =>
    fromEnvironment ? [...previous.toReversed(), given].map(masterKey) : readFile(path);
  // Oldest first.
  let keys = read();
  return {
    get newest() {
      return keys.at(-1) ?? null;
    },
    get oldest() {
      return keys[0] ?? null;
    },
    find(id) {
      const known = () => keys.find((key) => key.id === id) ?? null;
      if (known() || fromEnvironment) return known();
      keys = read();
      return known();
    },
    make() {
      if (fromEnvironment) throw new Error('The keys are not in a file.');
      if (existsSync(path)) addLine(path);
      else makeFile(dataDir, path);
      keys = read();
      return keys.at(-1)!;
    },
    file: fromEnvironment ? null : path,
  };
}

/** A 32-byte key for one purpose, from another key. */
export function deriveKey(from: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', from, Buffer.alloc(0), `patchbay|${purpose}`, BYTES));
}

/** Tells keys apart and gives nothing away of them. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update(deriveKey(key, 'key-id')).digest('hex').slice(0, 8);
}

function masterKey(base64: string): MasterKey {
  const bytes = Buffer.from(base64, 'base64');
  return { id: keyIdOf(bytes), bytes };
}

/** One key a line, the newest last. A line that a crash cut short is no key yet, and is passed over. */
function readFile(path: string): MasterKey[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isKey = (line: string): boolean => Buffer.from(line, 'base64').length === BYTES;
  const cut = lines.length > 1 && !isKey(lines.at(-1)!) ? 1 : 0;
  const keys = lines.slice(0, lines.length - cut);
  if (keys.length > 0 && keys.every(isKey)) return keys.map(masterKey);
  throw new EncryptionKeyError(
    `${path} does not hold a key (32 bytes in base64, one a line). Put the right file back, or set ENCRYPTION_KEY.`,
  );
}

/** In one write at the end of the file: of two processes that add one, both do. */
function addLine(path: string): void {
  const isWhole = readFileSync(path, 'utf8').endsWith('\n');
  const file = openSync(path, 'a');
  try {
    appendFileSync(file, `${isWhole ? '' : '\n'}${randomBytes(BYTES).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Written aside and linked into place: of two processes that start together, one wins and both read its key. */
function makeFile(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
