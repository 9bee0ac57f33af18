import { Cron } from 'croner';
import { AppError } from '#lib/db/app-error.ts';

/** When a schedule is due: five fields of cron, in an IANA time zone. */
export interface CronTimes {
  cron: string;
  timeZone: string;
}

/**
 * The next times after `from`, at most `count`. A daily time that a change of the clock skips comes at the first moment
 * after the gap, and one that occurs twice comes once; `every n minutes` goes on through both as the clock of the world
 * does. Throws `bad_request` for what is no cron expression, and for a time zone nobody knows.
 */
export function nextTimes({ cron, timeZone }: CronTimes, from: Date, count: number): Date[] {
  return parsed(cron, timeZone).nextRuns(count, from);
}

/** The first time after `from`. Throws `bad_request` as `nextTimes`, and when there is none (30 February). */
export function nextTime(times: CronTimes, from: Date): Date {
  const [first] = nextTimes(times, from, 1);
  if (!first) throw new AppError('bad_request', `cron: "${times.cron}" names a day that does not come.`);
  return first;
}

function parsed(cron: string, timeZone: string): Cron {
  const fields = cron.trim().split(/\s+/).length;
  if (fields === 6) {
    throw new AppError(
      'bad_request',
      `cron: "${cron}" has seconds. A schedule has five fields: minute hour day month weekday.`,
    );
  }
  // A question mark would mean the moment at which it is read.
  if (fields !== 5 || cron.includes('?')) {
    throw new AppError(
      'bad_request',
      `cron: "${cron}" must have five fields: minute hour day month weekday. Every working day at nine: 0 9 * * MON-FRI.`,
    );
  }
  if (!isTimeZone(timeZone)) {
    throw new AppError(
      'bad_request',
      `timeZone: "${timeZone}" is not known; take a name such as Europe/Berlin or UTC.`,
    );
  }
  try {
    return new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });
  } catch (error) {
    const why = (error as Error).message.replace(/^CronPattern: /, '');
    throw new AppError('bad_request', `cron: "${cron}" cannot be read: ${why}`);
  }
}

/** Names alone: an offset such as +02:00 has no summer. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
