import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

export const buttonStyle = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-on-accent hover:bg-accent-hover',
        secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover',
        ghost: 'text-ink hover:bg-hover data-[state=open]:bg-hover',
        danger: 'border border-danger bg-surface text-danger-ink hover:bg-danger-soft',
        link: 'h-auto! px-0! text-accent-ink underline-offset-2 hover:underline',
      },
      size: {
        small: 'h-6 px-2 text-12 [&_svg]:size-3.5',
        medium: 'h-7 px-2.5 text-13',
        large: 'h-9 px-4 text-14',
        icon: 'size-7 px-0',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'medium' },
  },
);

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonStyle> {
  /** Draw the child (a link) as a button. */
  asChild?: boolean;
  /** Something is under way: the button turns and cannot be pressed again. */
  busy?: boolean;
}

/** A verb. One `primary` per screen. */
export function Button({
  variant,
  size,
  asChild,
  busy,
  className,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  const style = classNames(buttonStyle({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={style} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type}
      className={style}
      aria-busy={busy || undefined}
      {...rest}
      disabled={busy || rest.disabled}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
