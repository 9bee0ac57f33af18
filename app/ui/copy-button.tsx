'use client';

import { Check, Copy } from 'lucide-react';
import { Button } from './button.tsx';
import { IconButton, type IconButtonProps } from './icon-button.tsx';
import { useCopy } from './use-copy.ts';

export interface CopyButtonProps extends Omit<IconButtonProps, 'label' | 'onClick' | 'value'> {
  /** What is copied; a function is asked when it is copied. */
  value: string | (() => string);
  /** `Copy the address` */
  label?: string;
  /** Show the label beside the icon. */
  words?: boolean;
}

export function CopyButton({ value, label = 'Copy', words, ...rest }: CopyButtonProps) {
  const { copied, copy } = useCopy();
  const icon = copied ? <Check className="text-success-ink" /> : <Copy />;
  const onClick = () => void copy(typeof value === 'string' ? value : value());
  if (words) {
    return (
      <Button {...rest} onClick={onClick}>
        {icon}
        {copied ? 'Copied' : label}
      </Button>
    );
  }
  return (
    <IconButton size="small" {...rest} label={copied ? 'Copied' : label} onClick={onClick}>
      {icon}
    </IconButton>
  );
}
