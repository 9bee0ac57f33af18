'use client';
import { Dialog, DialogContent, DialogTitle } from '#app/ui/dialog.tsx';
import { Kbd } from '#app/ui/kbd.tsx';
import { useScreen } from './session-context.tsx';
import { SHORTCUTS } from './system/shortcuts.ts';
import { useKeyCaps } from './use-key-caps.ts';

/** Nothing in it to fill in: with the focus on its close button, Escape would first close that button's tooltip. */
function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** `?`: all that the keyboard can do. */
export function ShortcutsDialog() {
  const open = useScreen((state) => state.dialog === 'help');
  const keyCaps = useKeyCaps();
  const show = useScreen((state) => state.show);
  return (
    <Dialog open={open} onOpenChange={(next) => !next && show({ dialog: null })}>
      <DialogContent className="max-w-160" aria-describedby={undefined} onOpenAutoFocus={focusItself}>
        <DialogTitle>Keyboard shortcuts</DialogTitle>
        <dl className="grid grid-cols-2 gap-x-8">
          {SHORTCUTS.map(({ command, words, keys }) => (
            <div key={command} className="flex h-8 items-center justify-between gap-3">
              <dt>{words}</dt>
              <dd>
                <Kbd>{keyCaps(keys[0] ?? '')}</Kbd>
              </dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
