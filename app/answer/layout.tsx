import type { ReactNode } from 'react';
import { NarrowPage } from '#app/shell/narrow-page.tsx';

/** Pages for people who were sent a link to a question. */
export default function AnswerLayout({ children }: { children: ReactNode }) {
  return <NarrowPage className="max-w-140 pt-[8vh]">{children}</NarrowPage>;
}
