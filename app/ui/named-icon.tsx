import { Box, type LucideProps } from 'lucide-react';
import { iconOf } from './icons.ts';

export interface IconProps extends LucideProps {
  /** A lucide name: `book-open-text`. One that is not listed is drawn as a box. */
  name: string | undefined;
}

/** The icon that a kind names. */
export function Icon({ name, ...rest }: IconProps) {
  const Drawn = iconOf(name ?? '') ?? Box;
  return <Drawn aria-hidden size={16} strokeWidth={1.75} {...rest} />;
}
