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
  | 'note'
  | 'group'
  | 'ungroup'
  | 'fold'
  | 'extract'
  | 'find'
  | 'fit'
  | 'fitSelection'
  | 'pointer'
  | 'hand'
  | 'edge'
  | 'nudgeLeft'
  | 'nudgeRight'
  | 'nudgeUp'
  | 'nudgeDown'
  | 'narrower'
  | 'wider'
  | 'lower'
  | 'higher'
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
  { command: 'note', keys: ['m'], words: 'Add a note' },
  { command: 'group', keys: ['mod+g'], words: 'Group the selected steps' },
  { command: 'ungroup', keys: ['mod+shift+g'], words: 'Ungroup' },
  { command: 'fold', keys: ['g'], words: 'Fold or unfold the group' },
  { command: 'extract', keys: ['mod+e'], words: 'Make the selection a workflow of its own' },
  { command: 'find', keys: ['mod+f'], words: 'Find and replace', inFields: true },
  { command: 'fit', keys: ['1'], words: 'Show the whole graph' },
  { command: 'fitSelection', keys: ['2'], words: 'Show the selection' },
  { command: 'pointer', keys: ['v'], words: 'Pointer: dragging selects' },
  { command: 'hand', keys: ['h'], words: 'Hand: dragging moves the view (or hold Space)' },
  { command: 'edge', keys: ['e'], words: 'Select the next connection' },
  { command: 'nudgeLeft', keys: ['shift+arrowleft', 'alt+arrowleft'], words: 'Move the selection left' },
  { command: 'nudgeRight', keys: ['shift+arrowright', 'alt+arrowright'], words: 'Move the selection right' },
  { command: 'nudgeUp', keys: ['shift+arrowup', 'alt+arrowup'], words: 'Move the selection up' },
  { command: 'nudgeDown', keys: ['shift+arrowdown', 'alt+arrowdown'], words: 'Move the selection down' },
  { command: 'narrower', keys: ['shift+alt+arrowleft'], words: 'Make the note narrower' },
  { command: 'wider', keys: ['shift+alt+arrowright'], words: 'Make the note wider' },
  { command: 'lower', keys: ['shift+alt+arrowup'], words: 'Make the note lower' },
  { command: 'higher', keys: ['shift+alt+arrowdown'], words: 'Make the note higher' },
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
