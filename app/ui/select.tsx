'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { fieldStyle } from './field-style.ts';
import { pageNonce } from './page-nonce.ts';

export interface SelectOption<Value extends string> {
  value: Value;
  label: ReactNode;
  disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  value: Value | undefined;
  onValueChange(value: Value): void;
  options: readonly SelectOption<Value>[];
  placeholder?: string;
  disabled?: boolean;
  id?: string;
  className?: string;
  size?: 'small' | 'medium';
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}

/** One of a few. An empty string as a value is Radix's "nothing chosen": do not offer it as an option. */
export function Select<Value extends string>({
  value,
  onValueChange,
  options,
  placeholder = 'Choose',
  disabled,
  className,
  size = 'medium',
  ...rest
}: SelectProps<Value>) {
  return (
    <Radix.Root
      value={value ?? ''}
      onValueChange={(next) => onValueChange(next as Value)}
      disabled={disabled}
    >
      <Radix.Trigger
        {...rest}
        className={classNames(
          fieldStyle,
          'flex items-center justify-between gap-2 bg-surface px-2 text-left data-placeholder:text-muted',
          size === 'small' ? 'h-6 text-12' : 'h-7',
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon asChild>
          <ChevronDown className="size-3.5 shrink-0 text-muted" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="motion-float z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border border-line bg-raised shadow-float"
        >
          <Radix.Viewport nonce={pageNonce()} className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className="flex h-7 cursor-default select-none items-center gap-2 rounded-sm pr-2 pl-7 text-13 outline-none data-disabled:opacity-50 data-highlighted:bg-hover relative"
              >
                <Radix.ItemIndicator className="absolute left-2">
                  <Check className="size-3.5" />
                </Radix.ItemIndicator>
                <Radix.ItemText>{option.label}</Radix.ItemText>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
