'use client';

import { useState } from 'react';
import { useBeginTwoFactor, useEnableTwoFactor } from '#app/data/use-two-factor.ts';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Password, secret, first code, recovery codes: one after the other. */
export function SetUpTwoFactor({ onDone, onCancel }: { onDone(): void; onCancel?(): void }) {
  const begin = useBeginTwoFactor();
  const enable = useEnableTwoFactor();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');

  if (enable.data) return <RecoveryCodes codes={enable.data.codes} onDone={onDone} />;
  if (begin.data) {
    const { secret, uri } = begin.data;
    return (
      <form
        className="flex flex-col items-start gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          enable.mutate(code);
        }}
      >
        <p className="text-13">Scan this with an authenticator app, or type the key into it.</p>
        <QrCode text={uri} label="QR code for your authenticator app" />
        <CodeBlock code={secret.match(/.{1,4}/g)!.join(' ')} label="Key for your authenticator app" />
        <div className="w-full max-w-60">
          <TextField
            label="Code that the app shows"
            autoComplete="one-time-code"
            inputMode="numeric"
            mono
            required
            autoFocus
            maxLength={10}
            error={enable.error?.message}
            value={code}
            onValueChange={setCode}
          />
        </div>
        <div className="flex gap-2">
          {onCancel && <Button onClick={onCancel}>Cancel</Button>}
          <Button type="submit" variant="primary" busy={enable.isPending}>
            Turn on two-factor
          </Button>
        </div>
      </form>
    );
  }
  return (
    <form
      className="flex flex-col items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate(password);
      }}
    >
      <div className="w-full max-w-80">
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          error={begin.error?.message}
          value={password}
          onValueChange={setPassword}
        />
      </div>
      <div className="flex gap-2">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" variant="primary" busy={begin.isPending}>
          Continue
        </Button>
      </div>
    </form>
  );
}
