/** Numbers of the system calls a sandbox process has no use for: [x64, arm64]; null where there is none. */
const denied: Record<string, [x64: number, arm64: number | null]> = {
  // network
  socket: [41, 198],
  socketpair: [53, 199],
  connect: [42, 203],
  accept: [43, 202],
  accept4: [288, 242],
  bind: [49, 200],
  listen: [50, 201],
  shutdown: [48, 210],
  sendto: [44, 206],
  recvfrom: [45, 207],
  sendmsg: [46, 211],
  recvmsg: [47, 212],
  sendmmsg: [307, 269],
  recvmmsg: [299, 243],
  // signals and other processes
  kill: [62, 129],
  tkill: [200, 130],
  rt_sigqueueinfo: [129, 138],
  rt_tgsigqueueinfo: [297, 240],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  pidfd_send_signal: [424, 424],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  kcmp: [312, 272],
  fork: [57, null],
  vfork: [58, null],
  execveat: [322, 281],
  // namespaces and mounts
  setns: [308, 268],
  unshare: [272, 97],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  swapon: [167, 224],
  swapoff: [168, 225],
  // large and young parts of the kernel
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  perf_event_open: [298, 241],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  // the machine
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  syslog: [103, 116],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  vhangup: [153, 58],
  personality: [135, 92],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  iopl: [172, null],
  ioperm: [173, null],
  modify_ldt: [154, null],
  // files
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  mknod: [133, null],
  mknodat: [259, 33],
  mkdir: [83, null],
  mkdirat: [258, 34],
  rmdir: [84, null],
  unlink: [87, null],
  unlinkat: [263, 35],
  rename: [82, null],
  renameat: [264, 38],
  renameat2: [316, 276],
  link: [86, null],
  linkat: [265, 37],
  symlink: [88, null],
  symlinkat: [266, 36],
  chmod: [90, null],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchmodat2: [452, 452],
  chown: [92, null],
  fchown: [93, 55],
  lchown: [94, null],
  fchownat: [260, 54],
  truncate: [76, 45],
  ftruncate: [77, 46],
  creat: [85, null],
  utime: [132, null],
  utimes: [235, null],
  futimesat: [261, null],
  utimensat: [280, 88],
  setxattr: [188, 5],
  lsetxattr: [189, 6],
  fsetxattr: [190, 7],
  removexattr: [197, 14],
  lremovexattr: [198, 15],
  fremovexattr: [199, 16],
  // identity
  setuid: [105, 146],
  setgid: [106, 144],
  setreuid: [113, 145],
  setregid: [114, 143],
  setresuid: [117, 147],
  setresgid: [119, 149],
  setgroups: [116, 159],
  setfsuid: [122, 151],
  setfsgid: [123, 152],
  capset: [126, 91],
  // shared memory and queues
  shmget: [29, 194],
  shmat: [30, 196],
  shmctl: [31, 195],
  shmdt: [67, 197],
  semget: [64, 190],
  semop: [65, 193],
  semtimedop: [220, 192],
  semctl: [66, 191],
  msgget: [68, 186],
  msgsnd: [69, 189],
  msgrcv: [70, 188],
  msgctl: [71, 187],
  mq_open: [240, 180],
  mq_unlink: [241, 181],
  // memory of others
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
};

interface Architecture {
  /** AUDIT_ARCH_*, which tells the kernel's call tables apart. */
  audit: number;
  /** Column of `denied`. */
  column: 0 | 1;
  clone: number;
  open: number | null;
  openat: number;
  openat2: number;
  clone3: number;
}

const architectures: Partial<Record<string, Architecture>> = {
  x64: { audit: 0xc000003e, column: 0, clone: 56, open: 2, openat: 257, openat2: 437, clone3: 435 },
  arm64: { audit: 0xc00000b7, column: 1, clone: 220, open: null, openat: 56, openat2: 437, clone3: 435 },
};

// Classic BPF: opcodes, and the offsets of struct seccomp_data.
const LOAD = 0x20;
const EQUAL = 0x15;
const AT_LEAST = 0x35;
const ANY_BIT = 0x45;
const RETURN = 0x06;
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const argumentAt = (index: number) => 16 + 8 * index;

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const refuse = (errno: number) => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;

const CLONE_THREAD = 0x00010000;
/** O_WRONLY | O_RDWR */
const WRITING = 3;
/** Numbers from here on are x32's, another table under the same architecture. */
const X32 = 0x40000000;

/**
 * The seccomp filter of a sandbox process as a BPF program, for `bwrap --seccomp`; null where we have no table.
 * It refuses what is listed above, new processes (threads pass) and files opened for writing. clone3 and openat2
 * keep their flags in memory, where a filter cannot look, so they do not exist: libc falls back to the older calls.
 */
export function seccompProgram(architecture: string): Buffer | null {
  const target = architectures[architecture];
  if (target === undefined) return null;
  const program: [code: number, ifTrue: number, ifFalse: number, k: number][] = [
    [LOAD, 0, 0, ARCHITECTURE_AT],
    [EQUAL, 1, 0, target.audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER_AT],
    [AT_LEAST, 0, 1, X32],
    [RETURN, 0, 0, KILL],
  ];
  for (const numbers of Object.values(denied)) {
    const number = numbers[target.column];
    if (number !== null) program.push([EQUAL, 0, 1, number], [RETURN, 0, 0, refuse(EPERM)]);
  }
  program.push([EQUAL, 0, 1, target.clone3], [RETURN, 0, 0, refuse(ENOSYS)]);
  program.push([EQUAL, 0, 1, target.openat2], [RETURN, 0, 0, refuse(ENOSYS)]);
  program.push([EQUAL, 0, 4, target.clone], [LOAD, 0, 0, argumentAt(0)]);
  program.push([ANY_BIT, 1, 0, CLONE_THREAD], [RETURN, 0, 0, refuse(EPERM)], [RETURN, 0, 0, ALLOW]);
  for (const [number, flags] of [
    [target.openat, 2],
    [target.open, 1],
  ] as const) {
    if (number === null) continue;
    program.push([EQUAL, 0, 4, number], [LOAD, 0, 0, argumentAt(flags)]);
    program.push([ANY_BIT, 0, 1, WRITING], [RETURN, 0, 0, refuse(EPERM)], [RETURN, 0, 0, ALLOW]);
  }
  program.push([RETURN, 0, 0, ALLOW]);

  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, ifTrue, ifFalse, k], index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(k, index * 8 + 4);
  });
  return bytes;
}
