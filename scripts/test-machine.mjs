// What the tests need from the machine beyond npm packages: a browser, and the tools of the outer sandbox layers.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fail, say } from './setup.mjs';

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Installs Debian packages where this user may. True when it worked. */
function aptInstall(packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env };
  spawnSync('apt-get', ['update', '-qq'], options);
  return (
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options).status ===
    0
  );
}

/** The path of a Chromium; installs Debian's where it may, else ends with what to install. */
export function ensureBrowser() {
  const find = () => [process.env.CHROMIUM_PATH, ...BROWSERS].find((path) => path && existsSync(path));
  const found = find();
  if (found) return found;
  say('installing Chromium for the browser tests');
  if (aptInstall(['chromium']) && find()) return find();
  return fail(
    'The browser tests need Chromium, and none was found.',
    'Install it (Debian: `sudo apt-get install chromium`) or set CHROMIUM_PATH to a Chromium or Chrome, then run `npm test` again.',
  );
}

/** Bubblewrap and prlimit make the sandbox tests cover the outer layers; without them the inner layers are tested. */
export function ensureSandboxTools() {
  if (process.platform !== 'linux' || (existsSync('/usr/bin/bwrap') && existsSync('/usr/bin/prlimit')))
    return;
  say('installing bubblewrap for the sandbox tests');
  if (!aptInstall(['bubblewrap', 'util-linux']))
    say('bubblewrap is not here: the sandbox tests cover the layers that are');
}
