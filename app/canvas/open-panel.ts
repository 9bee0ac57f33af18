/** Moves the focus into the panel of what is selected. */
export function openPanel(): boolean {
  return focusFirst(20);
}

/** An editor that is still being loaded is waited for: `left` looks, a frame or two apart. */
function focusFirst(left: number): boolean {
  if (left > 0 && document.querySelector('[data-panel="selection"] [data-form] [aria-busy="true"]')) {
    setTimeout(() => focusFirst(left - 1), 50);
    return true;
  }
  const field = document.querySelector<HTMLElement>(
    '[data-panel="selection"] [data-form] :is(input, textarea, select, button, [contenteditable="true"])',
  );
  field?.focus();
  return field !== null;
}
