/**
 * Makes what is derived and not committed: the PostgreSQL schema from the SQLite one, and the two Prisma
 * clients in lib/db/gen. Does nothing when neither the schema nor Prisma has changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgresSchema } from './postgres-schema.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const generated = join(root, 'lib/db/gen');
const stamp = join(root, '.cache/prisma.stamp');
const prisma = dirname(createRequire(import.meta.url).resolve('prisma/package.json'));

const sqlite = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
const state = createHash('sha256')
  .update(sqlite)
  .update(readFileSync(join(prisma, 'package.json')))
  .update(readFileSync(new URL('./postgres-schema.mjs', import.meta.url)))
  .digest('hex');

const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === state;
const complete = ['sqlite', 'postgres'].every((name) => existsSync(join(generated, name, 'client.ts')));
if (!current || !complete) generate();

function generate() {
  mkdirSync(dirname(stamp), { recursive: true });
  const derived = join(root, '.cache/postgres.prisma');
  writeFileSync(derived, postgresSchema(sqlite));
  rmSync(generated, { recursive: true, force: true });
  for (const schema of [join(root, 'prisma/schema.prisma'), derived]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(prisma, 'build/index.js'), 'generate', '--schema', schema],
      {
        cwd: root,
        encoding: 'utf8',
        env: {
          ...process.env,
          CHECKPOINT_DISABLE: '1',
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
          // `generate` never runs the engine, but wants to see one and would download it.
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        },
      },
    );
    if (status !== 0) {
      console.error(`${stdout}${stderr}\nThe Prisma client could not be generated from ${schema}.`);
      process.exit(1);
    }
  }
  writeFileSync(stamp, state);
}
