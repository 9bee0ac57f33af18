'use client';

/** Shown when the frame of the page itself fails: no provider and no style sheet is there to rely on. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en" style={{ colorScheme: 'light dark' }}>
      <body
        style={{ font: '14px/1.45 system-ui, sans-serif', maxWidth: 480, margin: '96px auto', padding: 16 }}
      >
        <main role="alert">
          <h1 style={{ fontSize: 20 }}>The page could not be shown</h1>
          <p>
            Your work is saved as far as the page said so. Load it again; if it fails again, the server’s log
            says why.
          </p>
          <button type="button" onClick={reset} style={{ font: 'inherit' }}>
            Load again
          </button>
        </main>
      </body>
    </html>
  );
}
