'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';
import {
  menuDangerStyle,
  menuItemStyle,
  menuLabelStyle,
  menuSeparatorStyle,
  menuStyle,
} from './menu-style.ts';

export const DropdownMenu = Radix.Root;
export const DropdownMenuTrigger = Radix.Trigger;
export const DropdownMenuRadioGroup = Radix.RadioGroup;

export function DropdownMenuContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={4}
        collisionPadding={8}
        align="start"
        {...rest}
        className={classNames(menuStyle, className)}
      />
    </Radix.Portal>
  );
}

export interface DropdownMenuItemProps extends ComponentProps<typeof Radix.Item> {
  /** `⌘D`, shown at the right. */
  keys?: string;
  danger?: boolean;
}

export function DropdownMenuItem({ keys, danger, className, children, ...rest }: DropdownMenuItemProps) {
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

export function DropdownMenuRadioItem({
  className,
  children,
  ...rest
}: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem {...rest} className={classNames(menuItemStyle, className)}>
      {children}
      <Radix.ItemIndicator className="ml-auto pl-4">
        <Check className="size-3.5" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export function DropdownMenuLabel({ className, ...rest }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label {...rest} className={classNames(menuLabelStyle, className)} />;
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className={menuSeparatorStyle} />;
}
