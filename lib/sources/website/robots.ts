import robotsParser from 'robots-parser';
import { StepError } from '#lib/engine/errors.ts';
import { ROBOT } from './page.ts';

/** What a site asks of robots (RFC 9309). */
export interface Robots {
  allows(address: string): boolean;
  /** Seconds between two pages; 0 where it says nothing. */
  delay: number;
  sitemaps: string[];
}

/** What of a robots.txt is read; the standard asks for 500 KiB. */
export const MOST_ROBOTS_BYTES = 512 * 1024;
const MOST_LINES = 5000;
const LONGEST_LINE = 1000;
const LONGEST_DELAY = 30;
/** ms that one look may take: patterns can be made to cost. */
const MOST_MS = 250;
/** Characters of patterns with `*`, times those of an address: beyond, a look would hold the server up. */
const MOST_STEPS = 20_000_000;

/** A site that says nothing. */
export const NO_ROBOTS: Robots = { allows: () => true, delay: 0, sitemaps: [] };

/** Reads a robots.txt. `allows` throws StepError when it costs too much to follow. */
export function readRobots(address: string, text: string): Robots {
  const lines = text.split(/\r\n|\r|\n/, MOST_LINES).filter((line) => line.length <= LONGEST_LINE);
  const robots = robotsParser(address, lines.join('\n'));
  const delay = robots.getCrawlDelay(ROBOT) ?? 0;
  const patterns = lines.reduce((sum, line) => sum + (line.includes('*') ? line.length : 0), 0);
  const tooMuch = () => new StepError('SOURCE_ROBOTS', `${address} has more rules than can be followed.`);
  return {
    allows(page) {
      if (patterns * page.length > MOST_STEPS) throw tooMuch();
      const start = performance.now();
      const allowed = robots.isAllowed(page, ROBOT) !== false;
      if (performance.now() - start > MOST_MS) throw tooMuch();
      return allowed;
    },
    delay: Number.isFinite(delay) ? Math.min(Math.max(0, delay), LONGEST_DELAY) : 0,
    sitemaps: robots.getSitemaps().slice(0, 50),
  };
}
