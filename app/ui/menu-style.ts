/** Shared by the menus that open from a button and from a right click. */
export const menuStyle =
  'motion-float z-50 max-h-(--radix-popper-available-height) min-w-44 overflow-y-auto rounded-md border border-line bg-raised p-1 text-13 text-ink shadow-float';

export const menuItemStyle =
  'relative flex h-7 cursor-default select-none items-center gap-2 rounded-sm px-2 outline-none data-disabled:opacity-50 data-highlighted:bg-hover [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted';

export const menuDangerStyle = 'text-danger-ink data-highlighted:bg-danger-soft [&>svg]:text-danger-ink';

export const menuLabelStyle = 'px-2 pt-1.5 pb-0.5 text-12 text-muted';

export const menuSeparatorStyle = '-mx-1 my-1 h-px bg-line';
