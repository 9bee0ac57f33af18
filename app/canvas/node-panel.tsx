'use client';
import { Ellipsis } from 'lucide-react';
import { useDeferredValue, useId, useState } from 'react';
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '#app/ui/dropdown-menu.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { Label } from '#app/ui/label.tsx';
import { Icon } from '#app/ui/named-icon.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#app/ui/tabs.tsx';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { NODE_KEY } from '#lib/workflow/name-patterns.ts';
import { describeNode } from '#lib/workflow/step-face.ts';
import { useCanvas, useCanvasStore, useChecked } from './canvas-context.tsx';
import { NodeConfigure } from './node-configure.tsx';
import { NodeData } from './node-data.tsx';
import { NodeSettingsForm } from './node-settings.tsx';
import { useScreen } from './session-context.tsx';
import { GROUP_INK } from './step-card.tsx';
import { StepMenuItems } from './step-menu.tsx';
import type { NodeTab } from './system/address.ts';
import { findNode } from './system/graph.ts';
import type { Command } from './system/shortcuts.ts';

/** The selected step: what it is called, what it does, the data around it, how it behaves. */
export function NodePanel({ id, run }: { id: string; run: (command: Command) => boolean }) {
  const node = useCanvas((state) => findNode(state.document, id));
  const kinds = useCanvas((state) => state.kinds);
  const tab = useScreen((state) => state.tab);
  const show = useScreen((state) => state.show);
  const count = useChecked((state) => state.byNode.get(id)?.length ?? 0);
  const hasErrors = useChecked(
    (state) => state.byNode.get(id)?.some(({ severity }) => severity === 'error') ?? false,
  );
  // A form takes longer than all that a click or a key changes on the canvas: that is drawn first.
  const drawn = useDeferredValue(true, false);
  if (!node) return null;
  const kind = kinds.get(node.kind);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-col gap-2 p-3 pb-2">
        <div className="flex items-start gap-2">
          <span className={`mt-1 ${GROUP_INK[kind?.group ?? 'do']}`}>
            <Icon name={kind?.icon ?? 'box'} className="size-4" />
          </span>
          <div className="min-w-0 flex-1">
            <h2 className="truncate font-medium text-14">{kind?.title ?? `Unknown kind “${node.kind}”`}</h2>
            <p className="truncate text-12 text-muted">{describeNode(node, kinds)}</p>
          </div>
          <NodeMenu node={node} run={run} />
        </div>
        <KeyField node={node} />
      </header>
      <Tabs value={tab} onValueChange={(next) => show({ tab: next as NodeTab })} className="min-h-0 flex-1">
        <TabsList>
          <TabsTrigger value="configure">
            Configure{' '}
            {count > 0 && <span className={hasErrors ? 'text-danger-ink' : 'text-warning-ink'}>{count}</span>}
          </TabsTrigger>
          <TabsTrigger value="data">Data</TabsTrigger>
          <TabsTrigger value="settings">Settings</TabsTrigger>
        </TabsList>
        <TabsContent value="configure" className="overflow-y-auto">
          {drawn ? kind && <NodeConfigure node={node} kind={kind} /> : <ToCome />}
        </TabsContent>
        <TabsContent value="data" className="overflow-y-auto">
          {drawn ? <NodeData node={node} /> : <ToCome />}
        </TabsContent>
        <TabsContent value="settings" className="overflow-y-auto">
          {drawn ? <NodeSettingsForm node={node} /> : <ToCome />}
        </TabsContent>
      </Tabs>
    </div>
  );
}

/** A form that is drawn with one of the next frames; whoever wants to go into it waits (open-panel.ts). */
function ToCome() {
  return (
    <div data-form>
      <span aria-busy="true" />
    </div>
  );
}

/** What expressions call the step. It changes, with every reference to it, when the field is left or Enter is pressed. */
function KeyField({ node }: { node: WorkflowNode }) {
  const store = useCanvasStore();
  const editable = useCanvas((state) => state.editable);
  const id = useId();
  const [typed, setTyped] = useState(node.key);
  const taken = useCanvas((state) =>
    state.document.nodes.some((other) => other.id !== node.id && other.key === typed),
  );
  const [shown, setShown] = useState(node.key);
  if (shown !== node.key) {
    setShown(node.key);
    setTyped(node.key);
  }
  const fault = !NODE_KEY.test(typed)
    ? 'Starts with a letter; then a–z, 0–9 and _; at most 40.'
    : taken
      ? 'Another step has this key.'
      : null;
  const commit = (): void => {
    if (fault === null) store.getState().rename(node.id, typed);
    else setTyped(node.key);
  };
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center gap-2">
        <Label htmlFor={id}>Key</Label>
        <Input
          mono
          data-key
          id={id}
          value={typed}
          disabled={!editable}
          maxLength={40}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : `${id}-fault`}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setTyped(node.key);
          }}
        />
      </div>
      {fault !== null && <FieldMessage id={`${id}-fault`} severity="error" message={fault} />}
    </div>
  );
}

function NodeMenu({ node, run }: { node: WorkflowNode; run: (command: Command) => boolean }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton label="More about this step">
          <Ellipsis aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      {/* What a line opens takes the focus: the palette, the name on the card. */}
      <DropdownMenuContent align="end">
        <StepMenuItems nodes={[node]} run={run} />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
