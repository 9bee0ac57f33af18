/** Names what the rows of a schema do not show. */
export function RawNote({ words }: { words: readonly string[] }) {
  return (
    <p className="text-12 text-muted">
      <code>{words.join(', ')}</code> {words.length === 1 ? 'is' : 'are'} kept, and edited in raw mode.
    </p>
  );
}
