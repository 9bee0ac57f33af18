/** Times people ask for most, to begin from. */
export const CRON_PRESETS: readonly { cron: string; words: string }[] = [
  { cron: '*/15 * * * *', words: 'Every 15 minutes' },
  { cron: '0 * * * *', words: 'Every hour' },
  { cron: '0 9 * * *', words: 'Every day at 09:00' },
  { cron: '0 9 * * MON-FRI', words: 'Every working day at 09:00' },
  { cron: '0 9 * * MON', words: 'Every Monday at 09:00' },
  { cron: '0 9 1 * *', words: 'On the 1st of every month at 09:00' },
];

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SHORT = DAYS.map((day) => day.slice(0, 3).toUpperCase());

/** `Every Monday at 09:00`; null for what is easier read as cron. */
export function cronInWords(cron: string): string | null {
  const [minute = '', hour = '', day, month, weekday = '', ...rest] = cron.trim().split(/\s+/);
  if (month !== '*' || rest.length > 0) return null;
  const every = /^\*\/(\d+)$/.exec(minute);
  if (hour === '*' && day === '*' && weekday === '*') {
    if (every) return `Every ${every[1]} minutes`;
    if (minute === '0') return 'Every hour';
    if (/^\d+$/.test(minute)) return `Every hour at minute ${minute}`;
    return minute === '*' ? 'Every minute' : null;
  }
  if (!/^\d{1,2}$/.test(minute) || !/^\d{1,2}$/.test(hour)) return null;
  const at = `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (day === '*') {
    if (weekday === '*') return `Every day ${at}`;
    if (/^(MON-FRI|1-5)$/i.test(weekday)) return `Every working day ${at}`;
    const index = /^[0-7]$/.test(weekday) ? Number(weekday) % 7 : SHORT.indexOf(weekday.toUpperCase());
    return index < 0 ? null : `Every ${DAYS[index]} ${at}`;
  }
  if (weekday !== '*' || !/^\d{1,2}$/.test(day ?? '')) return null;
  return `On the ${ordinal(Number(day))} of every month ${at}`;
}

function ordinal(day: number): string {
  const end = { 1: 'st', 2: 'nd', 3: 'rd' }[day % 10];
  return `${day}${end === undefined || (day > 10 && day < 14) ? 'th' : end}`;
}
