'use client';

import { useTheme } from 'next-themes';
import { Toaster as Sonner } from 'sonner';

/** Where toasts appear. Show one with `toast()` from app/ui/toast.ts. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-left"
      // Above the canvas's tools, which stand in that corner.
      offset={{ left: 68, bottom: 60 }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-[356px] items-center gap-2 rounded-md border border-line bg-raised px-3 py-2 text-13 text-ink shadow-float',
          title: 'font-medium',
          description: 'text-12 text-muted',
          content: 'min-w-0 flex-1 break-words',
          actionButton:
            'h-6 shrink-0 rounded-md border border-line-strong px-2 text-12 font-medium text-ink hover:bg-hover',
          cancelButton: 'h-6 shrink-0 rounded-md px-2 text-12 text-muted hover:bg-hover',
          error: '[&_[data-icon]]:text-danger-ink',
          success: '[&_[data-icon]]:text-success-ink',
          warning: '[&_[data-icon]]:text-warning-ink',
        },
      }}
    />
  );
}
