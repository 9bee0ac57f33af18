'use client';

import ReactMarkdown, { type Components } from 'react-markdown';

/**
 * Markdown of others, to read. HTML in it is shown as text, so that nothing that was written is hidden; nothing is
 * loaded from elsewhere; headings are no headings of the page.
 */
export default function Markdown({ children }: { children: string }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5 break-words">
      <ReactMarkdown components={COMPONENTS}>{children}</ReactMarkdown>
    </div>
  );
}

const heading: Components['h1'] = ({ children }) => <p className="font-semibold">{children}</p>;

const COMPONENTS: Components = {
  h1: ({ children }) => <p className="font-semibold text-16">{children}</p>,
  h2: ({ children }) => <p className="font-semibold text-14">{children}</p>,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
  a: ({ href, children }) => (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      // On the canvas a link is followed, not dragged.
      className="nodrag text-accent-ink underline underline-offset-2"
    >
      {children}
    </a>
  ),
  // A picture elsewhere would tell its server who reads this.
  img: ({ src, alt }) => (
    <span className="text-muted">
      [image{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? `, ${src}` : ''}]
    </span>
  ),
  ul: ({ children }) => <ul className="list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal pl-5">{children}</ol>,
  code: ({ children }) => <code className="rounded-sm bg-hover px-1 font-mono text-12">{children}</code>,
  blockquote: ({ children }) => (
    <blockquote className="border-line-strong border-l-2 pl-3 text-muted">{children}</blockquote>
  ),
  pre: ({ children }) => (
    <pre className="whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-2 text-12 [&_code]:bg-transparent [&_code]:p-0">
      {children}
    </pre>
  ),
};
