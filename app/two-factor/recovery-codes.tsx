'use client';

import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';

/** Ten codes, shown once. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  const text = codes.join('\n');
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-13">
        Keep these recovery codes where you keep your passwords. Each signs you in once when you do not have
        your phone. They are not shown again.
      </p>
      <CodeBlock code={text} label="Recovery codes" />
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <a
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
            download="patchbay-recovery-codes.txt"
          >
            Download codes
          </a>
        </Button>
        <Button variant="primary" onClick={onDone}>
          I kept the codes
        </Button>
      </div>
    </div>
  );
}
