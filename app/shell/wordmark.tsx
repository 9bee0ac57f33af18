/** The mark: two jacks joined by a cord. With `compact` only the mark. */
export function Wordmark({ compact }: { compact?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 text-14 font-semibold">
      <svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true">
        <circle cx="5" cy="6" r="2.5" stroke="currentColor" strokeWidth="1.5" />
        <circle cx="15" cy="6" r="2.5" stroke="currentColor" strokeWidth="1.5" />
        <path d="M5 8.5C5 16 15 16 15 8.5" stroke="var(--accent)" strokeWidth="1.75" />
      </svg>
      <span className={compact ? 'sr-only' : undefined}>Patchbay</span>
    </span>
  );
}
