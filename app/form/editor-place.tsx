'use client';

/** Where an editor will be, while it is loaded. */
export function EditorPlace() {
  return <div aria-busy className="h-8 rounded-md border border-line bg-sunken" />;
}
