'use client';

import { CodeBlock } from '#app/ui/code-block.tsx';

/** What has to be entered at a provider, so that it sends people back here. */
export function RedirectAddress() {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-12 text-muted">Register this address with the provider as the redirect URL:</p>
      <CodeBlock label="Redirect URL" code={`${window.location.origin}/connect-account/callback`} />
    </div>
  );
}
