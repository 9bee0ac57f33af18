/** Where in its document a passage stands: headings from the title down, and the page. */
export function PassagePlace({ headings, page }: { headings: readonly string[]; page: number | null }) {
  const words = [...headings, ...(page === null ? [] : [`page ${page}`])];
  if (words.length === 0) return null;
  return (
    <span className="min-w-0 truncate" title={words.join(' ▸ ')}>
      {headings.join(' ▸ ')}
      {page !== null && (
        <span className="text-muted">
          {headings.length > 0 && ' · '}page {page}
        </span>
      )}
    </span>
  );
}
