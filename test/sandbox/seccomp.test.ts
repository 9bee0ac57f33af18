import { describe, expect, test } from 'vitest';
import { seccompProgram } from '#lib/sandbox/seccomp.ts';

// The filter is run here by a small interpreter of the kernel's instructions, so that the program for a processor that
// this machine does not have is tested too. That the kernel takes it is seen in walls.test.ts.

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

interface Call {
  audit: number;
  number: number;
  args?: number[];
}

function verdict(program: Buffer, { audit, number, args = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(audit, 4);
  args.forEach((value, index) => {
    data.writeUInt32LE(value, 16 + 8 * index);
  });
  let accumulator = 0;
  for (let at = 0; ; at += 1) {
    const code = program.readUInt16LE(at * 8);
    const k = program.readUInt32LE(at * 8 + 4);
    const jump = (holds: boolean) => {
      at += program.readUInt8(at * 8 + (holds ? 2 : 3));
    };
    if (code === 0x06) return k;
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    else if (code === 0x15) jump(accumulator === k);
    else if (code === 0x35) jump(accumulator >= k);
    else if (code === 0x45) jump((accumulator & k) !== 0);
    else throw new Error(`instruction ${code} at ${at}`);
  }
}

const machines = {
  x64: {
    audit: 0xc000003e,
    read: 0,
    socket: 41,
    connect: 42,
    kill: 62,
    ptrace: 101,
    mount: 165,
    clone: 56,
    clone3: 435,
    openat: 257,
    futex: 202,
    execve: 59,
    unlinkat: 263,
    bpf: 321,
  },
  arm64: {
    audit: 0xc00000b7,
    read: 63,
    socket: 198,
    connect: 203,
    kill: 129,
    ptrace: 117,
    mount: 40,
    clone: 220,
    clone3: 435,
    openat: 56,
    futex: 98,
    execve: 221,
    unlinkat: 35,
    bpf: 280,
  },
};

describe.each(Object.entries(machines))('the filter for %s', (architecture, machine) => {
  const program = seccompProgram(architecture)!;
  const { audit } = machine;
  const judge = (number: number, ...args: number[]) => verdict(program, { audit, number, args });

  test.each(['socket', 'connect', 'kill', 'ptrace', 'mount', 'unlinkat', 'bpf'] as const)(
    'refuses %s',
    (name) => {
      expect(judge(machine[name])).toBe(EPERM);
    },
  );

  test.each(['read', 'futex', 'execve'] as const)('lets %s pass', (name) => {
    expect(judge(machine[name])).toBe(ALLOW);
  });

  test('lets threads pass and refuses processes', () => {
    expect(judge(machine.clone, 0x003d0f00)).toBe(ALLOW);
    expect(judge(machine.clone, 0x01200011)).toBe(EPERM);
    expect(judge(machine.clone3)).toBe(ENOSYS);
  });

  test('lets files be read and not written', () => {
    expect(judge(machine.openat, 0, 0, 0o2000000)).toBe(ALLOW);
    expect(judge(machine.openat, 0, 0, 0o101)).toBe(EPERM);
    expect(judge(machine.openat, 0, 0, 0o2)).toBe(EPERM);
  });

  test('kills whoever calls through the table of another architecture', () => {
    expect(verdict(program, { audit: 0x40000003, number: machine.read })).toBe(KILL);
    expect(judge(0x40000000 + machine.read)).toBe(KILL);
  });
});

test('there is none for a processor without a table', () => {
  expect(seccompProgram('riscv64')).toBeNull();
});
