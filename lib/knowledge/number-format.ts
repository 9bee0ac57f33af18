/** How a number of a sheet is shown, as far as it is followed here. */
export type NumberFormat =
  | { kind: 'plain' }
  | { kind: 'date'; day: boolean; time: boolean; seconds: boolean }
  | { kind: 'number'; decimals: number; grouped: boolean; percent: boolean; before: string; after: string };

const PLAIN: NumberFormat = { kind: 'plain' };

/** Formats that have a number only (ECMA-376, 18.8.30). */
const BUILT_IN: Record<number, string> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  14: 'yyyy-mm-dd',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy-mm-dd h:mm',
  37: '#,##0',
  38: '#,##0',
  39: '#,##0.00',
  40: '#,##0.00',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss',
};

/** What a format's number and its code come to. Dates keep their order of year, month, day whatever the code says. */
export function numberFormat(id: number, code = BUILT_IN[id]): NumberFormat {
  // The part for positive numbers. Colours and conditions stand in brackets; [h] counts hours.
  const positive = (code ?? '').split(';')[0]!;
  const literal = /"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]/g;
  const bare = positive
    .replace(literal, '')
    .replace(/\[(?![hms]+\])[^\]]*\]/gi, '')
    .replace(/_.|\*./g, '');
  if (bare === '' || /general|@/i.test(bare)) return PLAIN;
  if (/[ymdhs]/i.test(bare.replace(/AM\/PM|A\/P/gi, ''))) {
    const time = /[hs]/i.test(bare);
    return { kind: 'date', day: /[yd]|m{3}/i.test(bare) || !time, time, seconds: /s/i.test(bare) };
  }
  const digits = /[#0?][#0?,]*(?:\.([#0?]*))?/.exec(bare);
  // Fractions and powers are as good plain.
  if (!digits || /[/eE]/.test(bare)) return PLAIN;
  const spelled = positive.replace(
    literal,
    (_, quoted, escaped, currency) => quoted ?? escaped ?? currency ?? '',
  );
  const at = spelled.search(/[#0?]/);
  const end = spelled.search(/[#0?.,%](?!.*[#0?.,%])/);
  const tidy = (text: string) => text.replace(/\[[^\]]*\]|_.|\*.|%/g, '').slice(0, 10);
  return {
    kind: 'number',
    decimals: Math.min(digits[1]?.length ?? 0, 10),
    grouped: /[#0],[#0]/.test(bare),
    percent: bare.includes('%'),
    before: tidy(spelled.slice(0, Math.max(at, 0))),
    after: tidy(spelled.slice(end + 1)),
  };
}

/** A number as its cell shows it. `written` is the number in the file, `since1904` where its days are counted from. */
export function shown(value: number, written: string, format = PLAIN, since1904 = false): string {
  if (!Number.isFinite(value)) return written;
  if (format.kind === 'number') {
    const { decimals, grouped, percent, before, after } = format;
    const text = (percent ? value * 100 : value).toFixed(decimals);
    const sign = text.startsWith('-') ? '-' : '';
    const [whole = '', rest] = text.slice(sign.length).split('.');
    const grouping = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
    return `${sign}${before}${grouping}${rest ? `.${rest}` : ''}${percent ? '%' : ''}${after}`;
  }
  if (format.kind === 'date') return dateText(value, written, format, since1904);
  // Fifteen digits are what a sheet keeps: 0.1 + 0.2 is 0.3 there.
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(15)));
}

const DAY_MS = 86_400_000;

function dateText(
  value: number,
  written: string,
  { day, time, seconds }: NumberFormat & { kind: 'date' },
  since1904: boolean,
): string {
  if (value < 0 || value > 2_958_466) return written;
  // Days since 1899-12-30: the sheet believes that 1900 had a 29 February.
  const first = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, value < 60 ? 31 : 30);
  const iso = new Date(Math.round((first + value * DAY_MS) / 1000) * 1000).toISOString();
  const clock = iso.slice(11, seconds ? 19 : 16);
  if (!day) return value >= 1 ? hours(value, seconds) : clock;
  const midnight = !time || (value % 1 === 0 && !seconds);
  return midnight ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${clock}`;
}

/** A duration of more than a day. */
function hours(value: number, withSeconds: boolean): string {
  const all = Math.round(value * 86_400);
  const two = (number: number) => String(number).padStart(2, '0');
  const minutes = `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}`;
  return withSeconds ? `${minutes}:${two(all % 60)}` : minutes;
}
