import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spawnServer } from '../api/processes.ts';
import { startTestServer } from './support/gateway.ts';
import { envelope, modern } from './support/wire.ts';
import { answer, ask, NO_ARGUMENTS, tool } from './support/workflows.ts';

it('a call whose server is killed after the question goes on at the next, and repeats no step', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-killed-'));
  const database = { DATA_DIR: folder, DATABASE_URL: `file:${join(folder, 'patchbay.db')}` };
  const maker = await startTestServer(database);
  const project = await maker.project('killed', {
    workflows: [
      tool(
        'count',
        NO_ARGUMENTS,
        { key: 'calls', kind: 'store', config: { action: { type: 'increment', key: 'calls', by: 1 } } },
        ask('who', 'name'),
        answer('{{ steps.calls }} {{ steps.who.name }}'),
      ),
    ],
  });
  await maker.close();
  const call = (url: string, more: object = {}) =>
    modern(`${url}/mcp/killed`, project.key, {
      method: 'tools/call',
      params: { name: 'count', arguments: {}, _meta: envelope({ elicitation: {} }), ...more },
    });

  const first = await spawnServer(database);
  const asked = await call(first.url);
  await first.end('SIGKILL');
  const second = await spawnServer(database);
  const { requestState } = asked.json.result as unknown as { requestState: string };
  const inputResponses = { who: { action: 'accept', content: { name: 'Ada' } } };
  const done = await call(second.url, { requestState, inputResponses });
  await second.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });

  expect(done.json.result?.content[0]?.text).toBe('1 Ada');
});
