'use client';

import ReactMarkdown, { type Components } from 'react-markdown';

/** Markdown of others, to read. HTML in it is shown as text; nothing is loaded from elsewhere; headings are no headings of the page. */
export default function Markdown({ children }: { children: string }) {
  return (
    <div className="flex min-w-0 flex-col gap-2 break-words">
      <ReactMarkdown components={COMPONENTS}>{children}</ReactMarkdown>
    </div>
  );
}

const heading: Components['h1'] = ({ children }) => <p className="font-semibold">{children}</p>;

const COMPONENTS: Components = {
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer" className="text-accent-ink underline underline-offset-2">
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
  blockquote: ({ children }) => (
    <blockquote className="border-line-strong border-l-2 pl-3 text-muted">{children}</blockquote>
  ),
  pre: ({ children }) => (
    <pre className="whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-2 text-12">
      {children}
    </pre>
  ),
};
