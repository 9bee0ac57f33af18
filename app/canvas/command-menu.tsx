'use client';
import { useMemo, useState } from 'react';
import { GoToCommands } from '#app/shell/go-to-commands.tsx';
import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
  Command as CommandRoot,
} from '#app/ui/command.tsx';
import { Icon } from '#app/ui/named-icon.tsx';
import { number } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { describeNode } from '#lib/workflow/step-face.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { useScreen } from './session-context.tsx';
import { GROUP_INK } from './step-card.tsx';
import { refuseKind } from './system/add-node.ts';
import { readingOrder } from './system/graph.ts';
import { matchScore } from './system/match-score.ts';
import { type Command, SHORTCUTS } from './system/shortcuts.ts';
import { useKeyCaps } from './use-key-caps.ts';

/** Commands that need no selection and are worth a line of their own. */
const LISTED: ReadonlySet<Command> = new Set([
  'run',
  'publish',
  'add',
  'undo',
  'redo',
  'tidy',
  'note',
  'group',
  'ungroup',
  'fold',
  'extract',
  'find',
  'fitSelection',
  'pointer',
  'hand',
  'fit',
  'list',
  'runs',
  'selectAll',
  'save',
  'help',
]);

/** Commands about the one step that is selected. */
const OF_STEP: ReadonlySet<Command> = new Set([
  'runStep',
  'runTo',
  'runFrom',
  'pin',
  'rename',
  'replace',
  'disable',
  'duplicate',
]);

/** Steps that are listed at once; drawing hundreds takes longer than anybody reads. */
const MOST_STEPS = 40;
/** The same before anything is typed, where commands follow them. */
const FIRST_STEPS = 8;

/** ⌘K: every step, every command, every kind. `/` shows the steps alone. */
export function CommandMenu({ run }: { run: (command: Command) => boolean }) {
  const dialog = useScreen((state) => state.dialog);
  const show = useScreen((state) => state.show);
  const open = dialog === 'commands' || dialog === 'search';
  const close = (): void => show({ dialog: null });
  return (
    <CommandDialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title={dialog === 'search' ? 'Search steps' : 'Commands'}
    >
      <Menu stepsOnly={dialog === 'search'} run={run} close={close} />
    </CommandDialog>
  );
}

function Menu({
  stepsOnly,
  run,
  close,
}: {
  stepsOnly: boolean;
  run: (command: Command) => boolean;
  close: () => void;
}) {
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const single = useCanvas((state) => state.editable && state.selectedNodes.size === 1);
  const [text, setText] = useState('');
  const steps = useMemo(
    () =>
      readingOrder(document).filter(
        (node) =>
          matchScore(`${node.key} ${node.id}`, text, [
            describeNode(node, kinds),
            kinds.get(node.kind)?.title ?? '',
          ]) > 0,
      ),
    [document, kinds, text],
  );
  const listed = steps.slice(0, stepsOnly || text !== '' ? MOST_STEPS : FIRST_STEPS);
  const keyCaps = useKeyCaps();
  const act = (command: Command): void => {
    close();
    run(command);
  };
  return (
    <CommandRoot label={stepsOnly ? 'Search steps' : 'Commands'} loop filter={matchScore}>
      <CommandInput
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder={
          stepsOnly
            ? 'Search steps by key, kind or what they do'
            : 'Type a command, a step, a kind or where to go'
        }
      />
      <CommandList className="max-h-96">
        <CommandEmpty>Nothing is called that.</CommandEmpty>
        <CommandGroup heading="Steps">
          {listed.map((node) => {
            const kind = kinds.get(node.kind);
            return (
              <CommandItem
                key={node.id}
                value={`${node.key} ${node.id}`}
                keywords={[describeNode(node, kinds), kind?.title ?? '']}
                onSelect={() => {
                  store.getState().select([node.id]);
                  close();
                }}
              >
                <span className={GROUP_INK[kind?.group ?? 'do']}>
                  <Icon name={kind?.icon ?? 'box'} className="size-4" />
                </span>
                <span className="truncate">{describeNode(node, kinds)}</span>
                <span className="ml-auto font-mono text-12 text-muted">{node.key}</span>
              </CommandItem>
            );
          })}
          {steps.length > listed.length && (
            <p className="px-2 py-1.5 text-12 text-muted">
              {number(steps.length - listed.length)} more: type to find them
            </p>
          )}
        </CommandGroup>
        {!stepsOnly && (
          <CommandGroup heading="Commands">
            {SHORTCUTS.filter(({ command }) => LISTED.has(command) || (single && OF_STEP.has(command))).map(
              ({ command, words, keys }) => (
                <CommandItem
                  key={command}
                  value={words}
                  keys={keyCaps(keys[0] ?? '')}
                  onSelect={() => act(command)}
                >
                  {words}
                </CommandItem>
              ),
            )}
          </CommandGroup>
        )}
        {!stepsOnly && editable && (
          <CommandGroup heading="Add">
            {[...kinds.values()]
              .filter((kind) => refuseKind(document, kind, kinds) === null)
              .map((kind) => (
                <CommandItem
                  key={kind.type}
                  value={`Add ${kind.title}`}
                  keywords={[kind.type, kind.summary, ...(kind.keywords ?? [])]}
                  onSelect={() => {
                    close();
                    const refused = store.getState().add(kind);
                    if (refused !== null) toast.error(refused);
                  }}
                >
                  <span className={GROUP_INK[kind.group]}>
                    <Icon name={kind.icon} className="size-4" />
                  </span>
                  Add {kind.title}
                </CommandItem>
              ))}
          </CommandGroup>
        )}
        {!stepsOnly && <GoToCommands text={text} close={close} />}
      </CommandList>
    </CommandRoot>
  );
}
