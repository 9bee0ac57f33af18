import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgres, type Postgres, type PostgresTarget } from '#lib/egress/postgres.ts';
import { sql } from '#lib/nodes/sql.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { type PostgresForTest, startPostgres } from '#test/support/postgres.ts';
import { runKind, stepError } from './run-kind.ts';

let server: PostgresForTest;
let admin: pg.Client;
let target: PostgresTarget;
let postgres: Postgres;

beforeAll(async () => {
  server = await startPostgres();
  const url = new URL(server.url);
  target = {
    id: 'c1',
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    tls: 'off',
  };
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, total numeric(10, 2));
    INSERT INTO orders VALUES (1, 'Ada', 10.50), (2, 'Bo', 20), (3, 'Ada', 0.1)`);
  postgres = createPostgres({ allow: [url.hostname] });
});
afterAll(async () => {
  postgres?.close();
  await admin?.end();
  await server?.stop();
});

interface Asked {
  params?: JsonValue[];
  write?: boolean;
  maxRows?: number;
  timeoutMs?: number;
  at?: Partial<PostgresTarget>;
  by?: Postgres;
  signal?: AbortSignal;
}

async function ask(statement: string, { at, by = postgres, signal, ...rest }: Asked = {}) {
  const config = { connection: 'c1', statement, ...rest };
  const query = (
    { connectionId: _, ...given }: Parameters<Postgres['query']>[1] & { connectionId: string },
    stop: AbortSignal,
  ) => by.query({ ...target, ...at }, given, stop);
  const { value } = await runKind(sql, config, { sql: { query }, ...(signal && { signal }) });
  expect(compileSchema(sql.outputSchema(sql.config.parse({ statement })))(value)).toBeNull();
  return value as { rows: JsonObject[]; rowCount: number; truncated: boolean };
}

async function one(expression: string, params: JsonValue[] = []): Promise<JsonValue> {
  const { rows } = await ask(`SELECT ${expression} AS value`, { params });
  return rows[0]!['value']!;
}

/** What runs at the moment in the test's database, besides the one who looks. */
async function running(text: string): Promise<number> {
  const { rows } = await admin.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND state = 'active' AND query LIKE $1`,
    [`%${text}%`],
  );
  return Number(rows[0]!.count);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

describe('a query', () => {
  it('answers rows as JSON, with the values it was given', async () => {
    const answer = await ask('SELECT id, total FROM orders WHERE customer = $1 AND id < $2 ORDER BY id', {
      params: ['Ada', 3],
    });
    expect(answer).toEqual({ rows: [{ id: 1, total: 10.5 }], rowCount: 1, truncated: false });
  });

  it.each([
    ['1::int2 + 1', 2],
    ['9007199254740991::int8', 9007199254740991],
    ['9007199254740993::int8', '9007199254740993'],
    ['0.10::numeric', 0.1],
    ['0.12345678901234567890::numeric', '0.12345678901234567890'],
    ['1e20::float8', '1e+20'],
    ['0.000001::float8', 0.000001],
    ["'NaN'::float8", 'NaN'],
    ['true', true],
    ['null::text', null],
    ["'a\\b''c'::text", "a\\b'c"],
    ["date '2026-11-21'", '2026-11-21'],
    ["timestamptz '2026-11-21 10:30:00.5+01'", '2026-11-21T09:30:00.5Z'],
    ["timestamp '2026-11-21 10:30:00'", '2026-11-21T10:30:00'],
    ["interval '1 day 2 hours'", 'P1DT2H'],
    [`'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
    ['array[1, null, 3]', [1, null, 3]],
    ["array[['a', 'b,\"c']]", [['a', 'b,"c']]],
    ["'3d7b2f6e-3c54-4c47-a7f8-3d6f3f0a0001'::uuid", '3d7b2f6e-3c54-4c47-a7f8-3d6f3f0a0001'],
    ["'10.1.0.0/16'::cidr", '10.1.0.0/16'],
  ])('reads %s', async (expression, expected) => {
    expect(await one(expression)).toEqual(expected);
  });

  it.each([
    ['$1::text', "O'Hara; DROP TABLE orders --", "O'Hara; DROP TABLE orders --"],
    ['$1::int * 2', 21, 42],
    ['$1::boolean', true, true],
    ['$1::text IS NULL', null, true],
    ['$1::jsonb', { a: "'" }, { a: "'" }],
    ['$1::jsonb', [{ a: 1 }], [{ a: 1 }]],
    ['3 = ANY($1::int[])', [1, 3], true],
    ['$1::text[]', ['a,"b\\', null, ''], ['a,"b\\', null, '']],
  ])('takes as %s: %j', async (expression, parameter, expected) => {
    expect(await one(expression, [parameter])).toEqual(expected);
  });

  it('keeps columns of the same name apart, and refuses bytes', async () => {
    expect((await ask('SELECT 1 AS id, 2 AS id')).rows).toEqual([{ id: 1, id_2: 2 }]);
    const error = await stepError(ask(`SELECT '\\x00'::bytea AS file`));
    expect(error).toMatchObject({
      code: 'SQL_TYPE',
      message: expect.stringContaining("encode(file, 'base64')"),
    });
  });

  it('says what is wrong, with SQLSTATE, place and hint', async () => {
    const error = await stepError(ask('SELECT id\nFROM orders\nWHERE custommer = 1'));
    expect(error).toMatchObject({
      code: 'SQL_ERROR',
      transient: false,
      details: { sqlstate: '42703', line: 3, column: 7, hint: expect.stringContaining('customer') },
    });
    expect(error.message).toContain('42703');
    expect(error.message).toContain('line 3, column 7');
    expect((await stepError(ask('SELECT $1::int', { params: ['x'] }))).details['sqlstate']).toBe('22P02');
    expect((await stepError(ask('SELECT $1::int'))).details['sqlstate']).toBe('08P01');
    expect((await stepError(ask('  '))).message).toContain('empty');
  });

  it('reads no more rows than asked for, of however many there are', async () => {
    const answer = await ask('SELECT generate_series(1, 1000000000) AS id', { maxRows: 3 });
    expect(answer).toEqual({ rows: [{ id: 1 }, { id: 2 }, { id: 3 }], rowCount: 3, truncated: true });
    const exact = await ask('SELECT g FROM generate_series(1, 3) AS g', { maxRows: 3 });
    expect(exact).toMatchObject({ rowCount: 3, truncated: false });
  });

  it('reads no more bytes than it may', async () => {
    const error = await stepError(
      ask(`SELECT repeat('x', 100000) FROM generate_series(1, 1000)`, { maxRows: 1000 }),
    );
    expect(error.code).toBe('TOO_LARGE');
    expect((await stepError(ask(`SELECT repeat('x', 100000000)`))).code).toBe('TOO_LARGE');
  });
});

describe('a query that only reads', () => {
  it.each([
    ["INSERT INTO orders VALUES (9, 'Eve', 1)"],
    ["WITH made AS (INSERT INTO orders VALUES (9, 'Eve', 1) RETURNING id) SELECT * FROM made"],
    ["DO $$ BEGIN EXECUTE 'SET TRANSACTION READ WRITE'; INSERT INTO orders VALUES (9, 'Eve', 1); END $$"],
    ["SELECT set_config('transaction_read_only', 'off', false)"],
    ['SET TRANSACTION READ WRITE'],
    ["COMMIT; INSERT INTO orders VALUES (9, 'Eve', 1)"],
    ["SELECT 1; INSERT INTO orders VALUES (9, 'Eve', 1)"],
    ['COPY orders FROM STDIN'],
    ['COPY orders TO STDOUT'],
    ['CREATE TABLE more (id int)'],
  ])('is refused %s', async (statement) => {
    expect(await stepError(ask(statement))).toMatchObject({ code: 'SQL_ERROR' });
    const { rows } = await admin.query('SELECT count(*)::int AS count FROM orders');
    expect(rows).toEqual([{ count: 3 }]);
  });

  it('says how to be allowed to write', async () => {
    const error = await stepError(ask('DELETE FROM orders'));
    expect(error).toMatchObject({
      details: { sqlstate: '25006' },
      message: expect.stringContaining('May change data'),
    });
  });
});

describe('a query that may write', () => {
  it('stores what it changed, and says how much it was', async () => {
    await admin.query('CREATE TABLE notes (id serial PRIMARY KEY, text text UNIQUE)');
    const made = await ask('INSERT INTO notes (text) VALUES ($1), ($2) RETURNING id', {
      params: ['a', 'b'],
      write: true,
    });
    expect(made).toEqual({ rows: [{ id: 1 }, { id: 2 }], rowCount: 2, truncated: false });
    expect(await ask("UPDATE notes SET text = text || '!'", { write: true })).toEqual({
      rows: [],
      rowCount: 2,
      truncated: false,
    });
    expect((await admin.query('SELECT text FROM notes ORDER BY id')).rows).toEqual([
      { text: 'a!' },
      { text: 'b!' },
    ]);
    const twice = await stepError(ask("INSERT INTO notes (text) VALUES ('a!')", { write: true }));
    expect(twice.details).toMatchObject({ sqlstate: '23505', constraint: 'notes_text_key' });
  });

  it('leaves nothing for the next one', async () => {
    await ask("SELECT set_config('search_path', 'nowhere', false)", { write: true });
    expect((await ask('SELECT count(*) AS count FROM orders')).rows).toEqual([{ count: 3 }]);
  });
});

describe('a query that takes long', () => {
  it('ends at its time, on the server too', async () => {
    const error = await stepError(ask("SELECT pg_sleep(60), 'late'", { timeoutMs: 300 }));
    expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('0.3 s') });
    await until(async () => (await running("pg_sleep(60), 'late'")) === 0);
  });

  it('is cancelled, and the server stops working on it', async () => {
    const stop = new AbortController();
    const asked = ask("SELECT pg_sleep(60), 'cancelled'", { signal: stop.signal });
    await until(async () => (await running("pg_sleep(60), 'cancelled'")) === 1);
    stop.abort(new Error('the caller is gone'));
    await expect(asked).rejects.toThrow('the caller is gone');
    await until(async () => (await running("pg_sleep(60), 'cancelled'")) === 0);
  });

  it('waits for its turn when there are many, and gives its turn on', async () => {
    const few = createPostgres({ allow: [target.host], limits: { perTarget: 2 } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, id) =>
        ask('SELECT $1::int AS id, pg_sleep(0.02)', { params: [id], by: few }),
      ),
    );
    expect(answers.map(({ rows }) => rows[0]!['id'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const held = [1, 2].map(() => ask('SELECT pg_sleep(60)', { by: few, timeoutMs: 1000 }));
    const waiting = await stepError(ask('SELECT 1', { by: few, timeoutMs: 100 }));
    expect(waiting.code).toBe('TIMEOUT');
    for (const one of held) expect((await stepError(one)).code).toBe('TIMEOUT');
    expect((await ask('SELECT 1 AS id', { by: few })).rowCount).toBe(1);
    few.close();
  });
});

describe('where it dials', () => {
  const elsewhere = (by: Postgres, at: Partial<PostgresTarget> = {}) =>
    stepError(ask('SELECT 1', { by, at }));

  it('is not a private address, unless the operator allowed it', async () => {
    expect(await elsewhere(createPostgres({ allow: [] }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
    const byName = createPostgres({ allow: [], lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
    expect(await elsewhere(byName, { host: 'db.example.test' })).toMatchObject({
      code: 'EGRESS_BLOCKED',
      message: 'Blocked by egress policy (address).',
    });
    const allowed = createPostgres({
      allow: ['db.example.test'],
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    expect((await ask('SELECT 1 AS id', { by: allowed, at: { host: 'db.example.test' } })).rowCount).toBe(1);
    expect(
      await elsewhere(createPostgres({ allow: ['127.0.0.1'] }), { host: '169.254.169.254' }),
    ).toMatchObject({
      code: 'EGRESS_BLOCKED',
    });
  });

  it('is not a name that has one private address among others, or gets one later', async () => {
    const mixed = createPostgres({
      allow: [],
      lookup: async () => [
        { address: '203.0.114.1', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    });
    expect(await elsewhere(mixed, { host: 'db.example.test' })).toMatchObject({ code: 'EGRESS_BLOCKED' });
    // The address that was checked is the one that is dialled: there is no second look-up.
    let asked = 0;
    const rebinding = createPostgres({
      allow: ['127.0.0.2'],
      lookup: async () => [{ address: asked++ === 0 ? '127.0.0.2' : '127.0.0.1', family: 4 }],
    });
    const error = await elsewhere(rebinding, { host: 'db.example.test' });
    expect(asked).toBe(1);
    expect(error).toMatchObject({ code: 'NETWORK', transient: true });
  });

  it('says that the sign-in was refused, and not to whom', async () => {
    const error = await elsewhere(postgres, { user: 'nobody_there' });
    expect(error).toMatchObject({ code: 'SQL_SIGN_IN' });
    expect(error.message).not.toContain('nobody_there');
  });

  it('does not go on without encryption where it is asked for', async () => {
    expect(await elsewhere(postgres, { tls: 'verify' })).toMatchObject({ code: 'SQL_TLS' });
  });
});

describe('a server that is none', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const one of servers) one.close();
  });

  async function serving(answer: (socket: Socket) => void): Promise<Partial<PostgresTarget>> {
    const hostile = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    servers.push(hostile);
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
    const address = hostile.address();
    return { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 };
  }

  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };

  it.each([
    ['nonsense', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'rows that nobody asked for',
      (socket: Socket) => socket.write(message('D', Buffer.from([0, 1, 255, 255, 255, 255]))),
    ],
    [
      'ready, and then rows without an end',
      (socket: Socket) => {
        socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]));
        socket.on('data', () => socket.write(message('D', Buffer.from([0, 9, 0, 0]))));
      },
    ],
    ['nothing more', (socket: Socket) => socket.destroy()],
  ])('answers %s, and the process lives', async (_, answer) => {
    const at = await serving(answer);
    const error = await stepError(ask('SELECT 1', { at, timeoutMs: 2000 }));
    expect(['SQL_ERROR', 'NETWORK', 'TIMEOUT']).toContain(error.code);
  });

  it('says nothing at all, and is given up', async () => {
    const impatient = createPostgres({ allow: ['127.0.0.1'], limits: { connectMs: 200 } });
    const at = await serving(() => {});
    expect(await stepError(ask('SELECT 1', { at, by: impatient }))).toMatchObject({
      code: 'NETWORK',
      transient: true,
    });
    expect(await stepError(ask('SELECT 1', { at: { ...at, tls: 'require' }, by: impatient }))).toMatchObject({
      code: 'NETWORK',
    });
  });
});

describe('the step', () => {
  it('warns of expressions in the statement and of parameters that are missing', () => {
    const problems = (config: object) => sql.check!(sql.config.parse({ connection: 'c', ...config }));
    expect(problems({ statement: "SELECT '{{ input.id }}'" })).toMatchObject([{ code: 'sql_expression' }]);
    expect(problems({ statement: 'SELECT $2', params: ['a'] })).toMatchObject([
      { code: 'sql_parameter_missing' },
    ]);
    expect(problems({ statement: 'SELECT $1', params: ['a'] })).toEqual([]);
  });
});
