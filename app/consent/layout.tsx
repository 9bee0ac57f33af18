import type { ReactNode } from 'react';
import { NarrowPage } from '#app/shell/narrow-page.tsx';

/** The page to which apps send people. */
export default function ConsentLayout({ children }: { children: ReactNode }) {
  return <NarrowPage className="max-w-140 pt-[6vh]">{children}</NarrowPage>;
}
