/** Everything the keyboard can do on the canvas screen. */
export type Command =
  | 'add'
  | 'search'
  | 'commands'
  | 'run'
  | 'save'
  | 'publish'
  | 'undo'
  | 'redo'
  | 'delete'
  | 'copy'
  | 'cut'
  | 'paste'
  | 'duplicate'
  | 'selectAll'
  | 'disable'
  | 'runStep'
  | 'runTo'
  | 'runFrom'
  | 'pin'
  | 'rename'
  | 'replace'
  | 'tidy'
  | 'fit'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'open'
  | 'close'
  | 'list'
  | 'runs'
  | 'help';

export interface Shortcut {
  command: Command;
  /** `mod` is ⌘ on a Mac and Ctrl elsewhere. The first is the one that is shown. */
  keys: readonly string[];
  words: string;
  /** Works while typing in a field, too. */
  inFields?: boolean;
}

/** The one list: what is bound, and what the `?` page says. */
export const SHORTCUTS: readonly Shortcut[] = [
  { command: 'add', keys: ['n'], words: 'Add a step' },
  { command: 'search', keys: ['/'], words: 'Search steps' },
  { command: 'commands', keys: ['mod+k'], words: 'All commands', inFields: true },
  { command: 'run', keys: ['mod+enter'], words: 'Run the draft', inFields: true },
  { command: 'save', keys: ['mod+s'], words: 'Save now (it is saved by itself)', inFields: true },
  { command: 'publish', keys: ['mod+shift+p'], words: 'Publish', inFields: true },
  { command: 'undo', keys: ['mod+z'], words: 'Undo' },
  { command: 'redo', keys: ['mod+shift+z', 'mod+y'], words: 'Redo' },
  { command: 'delete', keys: ['delete', 'backspace'], words: 'Delete the selection' },
  { command: 'copy', keys: ['mod+c'], words: 'Copy steps' },
  { command: 'cut', keys: ['mod+x'], words: 'Cut steps' },
  { command: 'paste', keys: ['mod+v'], words: 'Paste steps' },
  { command: 'duplicate', keys: ['mod+d'], words: 'Duplicate steps' },
  { command: 'selectAll', keys: ['mod+a'], words: 'Select all steps' },
  { command: 'disable', keys: ['d'], words: 'Disable or enable steps' },
  { command: 'runStep', keys: ['mod+shift+enter'], words: 'Run the selected step', inFields: true },
  { command: 'runTo', keys: ['shift+enter'], words: 'Run up to the selected step' },
  { command: 'runFrom', keys: ['alt+enter'], words: 'Run from the selected step on' },
  { command: 'pin', keys: ['p'], words: 'Pin or unpin its output' },
  { command: 'rename', keys: ['f2'], words: 'Rename the selected step' },
  { command: 'replace', keys: ['x'], words: 'Replace it with another kind' },
  { command: 'tidy', keys: ['shift+alt+t'], words: 'Tidy the layout' },
  { command: 'fit', keys: ['1'], words: 'Show the whole graph' },
  { command: 'right', keys: ['arrowright'], words: 'Go to the next step' },
  { command: 'left', keys: ['arrowleft'], words: 'Go to the step before' },
  { command: 'up', keys: ['arrowup'], words: 'Go to the step above' },
  { command: 'down', keys: ['arrowdown'], words: 'Go to the step below' },
  { command: 'open', keys: ['enter'], words: 'Open the selected step' },
  { command: 'close', keys: ['escape'], words: 'Close, or select nothing' },
  { command: 'list', keys: ['l'], words: 'Graph or list' },
  { command: 'runs', keys: ['r'], words: 'Show or hide runs' },
  { command: 'help', keys: ['?'], words: 'Keyboard shortcuts' },
];

/** The keys of a command that are shown. */
export function keysOf(command: Command): string {
  return SHORTCUTS.find((shortcut) => shortcut.command === command)?.keys[0] ?? '';
}

export interface KeyPress {
  key: string;
  /** Physical key: with Alt held, `key` is often another letter. */
  code: string;
  metaKey: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** The shortcut a key press stands for; null when it stands for none, or typing is under way and it is not for fields. */
export function shortcutFor(press: KeyPress, typing: boolean): Shortcut | null {
  const pressed = nameOf(press);
  const found = SHORTCUTS.find((shortcut) => shortcut.keys.includes(pressed));
  return found && (!typing || found.inFields) ? found : null;
}

function nameOf(press: KeyPress): string {
  const mod = press.metaKey || press.ctrlKey;
  const key = press.altKey && press.code.startsWith('Key') ? press.code.slice(3) : press.key;
  // Shift is part of a sign such as "?", and says nothing more about it.
  const shift = press.shiftKey && (mod || press.altKey || key.length > 1);
  const parts = [mod && 'mod', shift && 'shift', press.altKey && 'alt', key.toLowerCase()];
  return parts.filter(Boolean).join('+');
}

const SIGNS: Record<string, string> = {
  mod: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  enter: 'Enter',
  escape: 'Esc',
  delete: 'Del',
  backspace: '⌫',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
};
const MAC_SIGNS: Record<string, string> = {
  ...SIGNS,
  mod: '⌘',
  shift: '⇧',
  alt: '⌥',
  enter: '↩',
  escape: 'esc',
};

/** The keys as they stand on the keyboard: `mod+shift+p` is ⌘ ⇧ P on a Mac. */
export function keyCaps(keys: string, mac: boolean): string[] {
  const signs = mac ? MAC_SIGNS : SIGNS;
  return keys.split('+').map((key) => signs[key] ?? key.toUpperCase());
}
