import { classNames } from './class-names.ts';
import { CopyButton } from './copy-button.tsx';

export interface CodeBlockProps {
  code: string;
  /** What it is, for the copy button and screen readers: `Command for Claude Code`. */
  label: string;
  className?: string;
}

/** Text a machine reads, to copy whole. */
export function CodeBlock({ code, label, className }: CodeBlockProps) {
  return (
    <div
      className={classNames(
        'group relative w-full min-w-0 rounded-md border border-line bg-sunken',
        className,
      )}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section aria-label={label} tabIndex={0} className="max-h-96 overflow-auto rounded-md py-2 pr-9 pl-3">
        <pre className="text-12 leading-text">{code}</pre>
      </section>
      <CopyButton value={code} label={`Copy: ${label}`} className="absolute top-1 right-1 bg-sunken" />
    </div>
  );
}
