'use strict';
// Stands in for a sandbox process that has been taken over: tries what an intruder would, and tells what it reached.
// Arguments as the sandbox's own program gets them, so what to try comes over stdin: { port, socket, pid, secretFile }.
const { spawnSync } = require('node:child_process');
const { openSync, readFileSync, writeFileSync } = require('node:fs');
const { connect, createServer } = require('node:net');

const reached = (attempt) => {
  try {
    return attempt() !== false;
  } catch {
    return false;
  }
};

/** Whether the emitter says `event` before it fails. */
const says = (emitter, event) =>
  new Promise((resolve) => {
    emitter.on(event, () => resolve(true));
    emitter.on('error', () => resolve(false));
    setTimeout(() => resolve(false), 2000);
  });

const tries = (make, event) => {
  try {
    return says(make(), event);
  } catch {
    return false;
  }
};

const runs = (file, args) => reached(() => spawnSync(file, args).status === 0);

async function probe({ port, socket, pid, secretFile }) {
  return {
    environment: Object.keys(process.env).filter((name) => name !== 'PWD'),
    readsPasswords: reached(() => readFileSync('/etc/passwd')),
    readsSecretFile: reached(() => readFileSync(secretFile)),
    readsEnvironmentOfOthers: reached(() => readFileSync(`/proc/${pid}/environ`)),
    writesTemporary: reached(() => writeFileSync(`/tmp/patchbay-probe-${pid}`, 'x')),
    writesSharedMemory: reached(() => writeFileSync(`/dev/shm/patchbay-probe-${pid}`, 'x')),
    connects: await tries(() => connect(port, '127.0.0.1'), 'connect'),
    connectsToSocket: await tries(() => connect(socket), 'connect'),
    listens: await tries(() => createServer().listen(0, '127.0.0.1'), 'listening'),
    signalsServer: reached(() => process.kill(pid, 0)),
    startsShell: runs('/bin/sh', ['-c', 'exit 0']),
    startsNode: runs(process.execPath, ['--version']),
    opens200Files: reached(() => {
      for (let i = 0; i < 200; i += 1) openSync(__filename);
    }),
    takes4Gigabytes: reached(() => {
      const all = [];
      for (let i = 0; i < 16; i += 1) all.push(Buffer.allocUnsafeSlow(2 ** 28));
    }),
  };
}

let text = '';
process.stdin.on('data', (chunk) => {
  text += chunk;
  if (!text.endsWith('\n')) return;
  probe(JSON.parse(text)).then((result) => {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    setTimeout(() => process.abort(), 50);
  });
});
