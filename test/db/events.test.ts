import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASE_CHANGED, type Events, openEvents } from '#lib/db/events.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam } from './team.ts';

describe.each(DATABASES)('events on $name', ({ name, create }) => {
  let empty: EmptyDatabase;
  /** Two handles stand for two processes. */
  let here: { database: Database; events: Events };
  let there: { database: Database; events: Events };

  async function open(): Promise<{ database: Database; events: Events }> {
    const database = await openDatabase(empty.url);
    return { database, events: await openEvents(database) };
  }

  beforeEach(async () => {
    empty = await create();
    here = await open();
    there = await open();
  });
  afterEach(async () => {
    for (const { events, database } of [here, there]) {
      await events.close();
      await database.close();
    }
    await empty.remove();
  });

  /** Resolves with the payload of the next event. */
  function next({ events }: { events: Events }, topic: string): Promise<JsonValue> {
    return new Promise((resolve) => {
      const end = events.subscribe(topic, (payload) => {
        end();
        resolve(payload);
      });
    });
  }

  it('reach this process at once, by topic, until the subscription ends', () => {
    const heard: JsonValue[] = [];
    const end = here.events.subscribe('release.changed', (payload) => heard.push(payload));

    here.events.publish('release.changed', { projectId: 'a' });
    here.events.publish('key.revoked', { keyId: 'b' });
    end();
    here.events.publish('release.changed', { projectId: 'c' });

    expect(heard).toEqual([{ projectId: 'a' }]);
  });

  it('refuse what a notification cannot carry', () => {
    expect(() => here.events.publish('big', 'x'.repeat(8000))).toThrow('send an id instead');
  });

  if (name === 'SQLite') {
    it('tell a process that another one has written, and not that it wrote itself', async () => {
      let own = 0;
      here.events.subscribe(DATABASE_CHANGED, () => {
        own += 1;
      });
      const noticed = next(there, DATABASE_CHANGED);
      const writing = setInterval(
        () => makeTeam(here.database, `t${Math.random().toString(36).slice(2)}`),
        100,
      );

      await noticed;
      clearInterval(writing);

      expect(own).toBe(0);
    });
  }

  if (name === 'PostgreSQL') {
    it('reach every other process once, and the sender not twice', async () => {
      const heard: string[] = [];
      here.events.subscribe('key.revoked', (payload) => heard.push(`here ${JSON.stringify(payload)}`));
      there.events.subscribe('key.revoked', (payload) => heard.push(`there ${JSON.stringify(payload)}`));
      const last = next(there, 'end');
      const lastHere = next(here, 'answer');

      here.events.publish('key.revoked', { keyId: 'ä"' });
      here.events.publish('end', null);
      await last;
      there.events.publish('answer', null);
      await lastHere;

      expect(heard).toEqual(['here {"keyId":"ä\\""}', 'there {"keyId":"ä\\""}']);
    });

    it('say that something may have been missed when the connection broke, and go on', async () => {
      const gap = next(there, DATABASE_CHANGED);
      const gapHere = next(here, DATABASE_CHANGED);
      await here.database.prisma.$queryRaw`
      SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity
      WHERE application_name = 'patchbay events' AND datname = current_database()`;

      await Promise.all([gap, gapHere]);
      const heard = next(there, 'release.changed');
      here.events.publish('release.changed', { projectId: 'a' });

      expect(await heard).toEqual({ projectId: 'a' });
    });

    it('make up for what could not be sent while the connection was down', async () => {
      const gap = next(there, DATABASE_CHANGED);
      await here.database.prisma.$queryRaw`
        SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity
        WHERE application_name = 'patchbay events' AND datname = current_database()`;
      await gap;

      const made = next(there, DATABASE_CHANGED);
      const heard = next(there, 'key.revoked');
      // Either the connection is back and carries it, or it is not and the others are told to drop everything.
      here.events.publish('key.revoked', null);

      expect(await Promise.race([made, heard])).toBeNull();
    });
  }
});
