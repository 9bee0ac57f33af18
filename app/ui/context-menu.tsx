'use client';

import { ContextMenu as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';
import { menuDangerStyle, menuItemStyle, menuSeparatorStyle, menuStyle } from './menu-style.ts';

export const ContextMenu = Radix.Root;
export const ContextMenuTrigger = Radix.Trigger;

export function ContextMenuContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content collisionPadding={8} {...rest} className={classNames(menuStyle, className)} />
    </Radix.Portal>
  );
}

export interface ContextMenuItemProps extends ComponentProps<typeof Radix.Item> {
  keys?: string;
  danger?: boolean;
}

export function ContextMenuItem({ keys, danger, className, children, ...rest }: ContextMenuItemProps) {
  return (
    <Radix.Item {...rest} className={classNames(menuItemStyle, danger && menuDangerStyle, className)}>
      {children}
      {keys && (
        <span className="ml-auto pl-4">
          <Kbd>{keys}</Kbd>
        </span>
      )}
    </Radix.Item>
  );
}

export function ContextMenuSeparator() {
  return <Radix.Separator className={menuSeparatorStyle} />;
}
