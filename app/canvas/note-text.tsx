'use client';
import Markdown, { type Components } from 'react-markdown';

/** No pictures: a note must not make the browser of whoever reads it ask a server elsewhere. */
const LEFT_OUT = ['img'];

const ELEMENTS: Components = {
  a: ({ href, children }) => (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="nodrag text-accent-ink underline"
    >
      {children}
    </a>
  ),
  h1: ({ children }) => <p className="font-medium text-16">{children}</p>,
  h2: ({ children }) => <p className="font-medium text-14">{children}</p>,
  h3: ({ children }) => <p className="font-medium">{children}</p>,
  ul: ({ children }) => <ul className="list-disc pl-4">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal pl-5">{children}</ol>,
  code: ({ children }) => <code className="rounded-sm bg-hover px-1 font-mono text-12">{children}</code>,
  pre: ({ children }) => <pre className="overflow-x-auto whitespace-pre-wrap">{children}</pre>,
  blockquote: ({ children }) => (
    <blockquote className="border-line-strong border-l-2 pl-2 text-muted">{children}</blockquote>
  ),
};

/** The Markdown of a note. HTML in it is left out, and links lead only to addresses that are harmless. */
export function NoteText({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-1.5 break-words">
      <Markdown components={ELEMENTS} disallowedElements={LEFT_OUT} skipHtml>
        {text}
      </Markdown>
    </div>
  );
}
