'use client';

import './globals.css';

/** Shown when the frame of the page itself fails: no provider is there to rely on. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main role="alert" className="mx-auto flex max-w-md flex-col items-start gap-2 px-6 py-24">
          <h1 className="text-20 font-semibold">The page could not be shown</h1>
          <p className="text-14 text-muted">
            Your work is saved as far as the page said so. Load it again; if it fails again, the server’s log
            says why.
          </p>
          <button
            type="button"
            onClick={reset}
            className="mt-2 h-9 rounded-md border border-line-strong bg-surface px-4 text-14 font-medium hover:bg-hover"
          >
            Load again
          </button>
        </main>
      </body>
    </html>
  );
}
