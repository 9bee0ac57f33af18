import type { ReactNode } from 'react';
import { NarrowPage } from '#app/shell/narrow-page.tsx';

/** The pages before one is signed in: one narrow form. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return <NarrowPage className="max-w-90 pt-[12vh]">{children}</NarrowPage>;
}
