'use client';

import { useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { type SecondStep, useSecondStep } from '#app/data/use-sign-in.ts';
import { Button } from '#app/ui/button.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { TextField } from '#app/ui/text-field.tsx';

export interface SecondStepFormProps {
  step: SecondStep;
  onDone(): void;
  /** The password again. */
  onAgain(): void;
}

/** A code of the app, or a recovery code. */
export function SecondStepForm({ step, onDone, onAgain }: SecondStepFormProps) {
  const second = useSecondStep();
  const [byRecovery, setByRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [trust, setTrust] = useState(false);
  const isOver = second.error instanceof ApiError && second.error.status === 410;

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        second.mutate({ ticket: step.ticket, code, trust }, { onSuccess: onDone });
      }}
    >
      <div>
        <h1 className="text-20 font-semibold">Two-factor</h1>
        <p className="mt-1 text-13 text-muted">
          {byRecovery
            ? 'Give one of the recovery codes that you kept. It is worth nothing afterwards.'
            : 'Give the code that your authenticator app shows.'}
        </p>
      </div>
      <TextField
        key={String(byRecovery)}
        label={byRecovery ? 'Recovery code' : 'Code'}
        autoComplete="one-time-code"
        inputMode={byRecovery ? 'text' : 'numeric'}
        mono
        required
        autoFocus
        maxLength={40}
        value={code}
        onValueChange={setCode}
      />
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside */}
      <label className="flex items-center gap-2 text-13">
        <Checkbox checked={trust} onCheckedChange={(checked) => setTrust(checked === true)} />
        Ask again on this browser after 30 days
      </label>
      {second.error && <FieldMessage severity="error" message={second.error.message} />}
      {isOver ? (
        <Button variant="primary" size="large" onClick={onAgain}>
          Begin again
        </Button>
      ) : (
        <Button type="submit" variant="primary" size="large" busy={second.isPending}>
          Sign in
        </Button>
      )}
      <p>
        <Button
          variant="link"
          onClick={() => {
            setByRecovery(!byRecovery);
            setCode('');
          }}
        >
          {byRecovery ? 'Use the authenticator app' : 'Use a recovery code'}
        </Button>
      </p>
    </form>
  );
}
