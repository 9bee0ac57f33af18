'use client';

import { Button, type ButtonProps } from './button.tsx';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps extends Omit<ButtonProps, 'aria-label'> {
  /** What it does, in words: its name and its tooltip. */
  label: string;
  /** Shown beside the name in the tooltip: `⌘S`. */
  keys?: string;
}

/** A button with an icon for a face. */
export function IconButton({
  label,
  keys,
  size = 'medium',
  className,
  variant = 'ghost',
  ...rest
}: IconButtonProps) {
  const square = { small: 'size-6 px-0', medium: 'size-7 px-0', large: 'size-9 px-0', icon: 'size-7 px-0' }[
    size ?? 'medium'
  ];
  return (
    <Tooltip content={label} keys={keys}>
      <Button
        aria-label={label}
        variant={variant}
        size={size}
        className={classNames(square, className)}
        {...rest}
      />
    </Tooltip>
  );
}
