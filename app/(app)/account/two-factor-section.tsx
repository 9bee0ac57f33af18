'use client';

import { useState } from 'react';
import type { TwoFactor, TwoFactorProof } from '#app/data/sign-in-types.ts';
import {
  useDisableTwoFactor,
  useForgetBrowser,
  useRenewRecoveryCodes,
  useTwoFactor,
} from '#app/data/use-two-factor.ts';
import { Section } from '#app/shell/page-body.tsx';
import { browserWords } from '#app/two-factor/browser-words.ts';
import { RecoveryCodes } from '#app/two-factor/recovery-codes.tsx';
import { SetUpTwoFactor } from '#app/two-factor/set-up-two-factor.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { Button } from '#app/ui/button.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

/** A second factor beside the password: on, off, recovery codes, trusted browsers. */
export function TwoFactorSection() {
  const twoFactor = useTwoFactor();
  return (
    <Section
      id="two-factor"
      title="Two-factor"
      description="After your password you give a code from your phone. A stolen password is then not enough."
    >
      <QueryView query={twoFactor} what="two-factor">
        {(state) => <TwoFactorState state={state} />}
      </QueryView>
    </Section>
  );
}

function TwoFactorState({ state }: { state: TwoFactor }) {
  const [doing, setDoing] = useState<'set up' | 'turn off' | 'codes' | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  // Held here: what they are asked in goes away with what they change.
  const forget = useForgetBrowser();
  const disable = useDisableTwoFactor();
  const stop = () => setDoing(null);

  if (codes) {
    return (
      <div className="p-4">
        <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
      </div>
    );
  }
  if (doing === 'set up') {
    return (
      <div className="max-w-120 p-4">
        <SetUpTwoFactor
          onCancel={stop}
          onDone={() => {
            stop();
            toast.success('Two-factor is on');
          }}
        />
      </div>
    );
  }
  if (state.enabledAt === null) {
    return (
      <div className="flex flex-col items-start gap-3 p-4">
        {state.hasPassword ? (
          <Button onClick={() => setDoing('set up')}>Set up two-factor</Button>
        ) : (
          <p className="text-13 text-muted">
            You have no password here: your organization’s identity provider signs you in, and asks for a
            second factor or not.
          </p>
        )}
      </div>
    );
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 p-4 text-13">
        <Badge tone="success">On</Badge>
        <span>
          Since <RelativeTime at={state.enabledAt} />, {state.recoveryCodesLeft} of 10 recovery codes left
        </span>
        <span className="flex-1" />
        <Button onClick={() => setDoing('codes')}>New recovery codes</Button>
        {state.required ? (
          <span className="text-12 text-muted">Your organization asks for it.</span>
        ) : (
          <Button variant="danger" onClick={() => setDoing('turn off')}>
            Turn off two-factor
          </Button>
        )}
      </div>
      {state.browsers.length > 0 && (
        <TrustedBrowsers
          browsers={state.browsers}
          onForget={(id) =>
            forget.mutate(id, {
              onSuccess: () => toast.success('That browser is asked again'),
              onError: (error) => toast.error(error.message),
            })
          }
        />
      )}
      {doing === 'codes' && (
        <NewCodes
          onClose={stop}
          onMade={(made) => {
            stop();
            setCodes(made);
          }}
        />
      )}
      {doing === 'turn off' && (
        <TurnOff
          error={disable.error?.message}
          busy={disable.isPending}
          onClose={stop}
          onConfirm={(proof) =>
            disable.mutate(proof, {
              onSuccess: () => {
                stop();
                toast.success('Two-factor is off');
              },
            })
          }
        />
      )}
    </>
  );
}

function NewCodes({ onClose, onMade }: { onClose(): void; onMade(codes: string[]): void }) {
  const renew = useRenewRecoveryCodes();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  return (
    <FormDialog
      onClose={onClose}
      title="New recovery codes"
      description="You get ten new ones. The ones you have are worth nothing from then on."
      action="Make new codes"
      busy={renew.isPending}
      onSubmit={() => renew.mutate({ password, code }, { onSuccess: (made) => onMade(made.codes) })}
    >
      <Proof {...{ password, setPassword, code, setCode }} error={renew.error?.message} />
    </FormDialog>
  );
}

function TurnOff({
  error,
  busy,
  onClose,
  onConfirm,
}: {
  error: string | undefined;
  busy: boolean;
  onClose(): void;
  onConfirm(proof: TwoFactorProof): void;
}) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  return (
    <FormDialog
      onClose={onClose}
      title="Turn off two-factor?"
      description="Your password alone signs you in then. Recovery codes and trusted browsers are forgotten."
      action="Turn off two-factor"
      busy={busy}
      onSubmit={() => onConfirm({ password, code })}
    >
      <Proof {...{ password, setPassword, code, setCode }} error={error} />
    </FormDialog>
  );
}

function Proof({
  password,
  setPassword,
  code,
  setCode,
  error,
}: {
  password: string;
  setPassword(value: string): void;
  code: string;
  setCode(value: string): void;
  error: string | undefined;
}) {
  return (
    <>
      <TextField
        label="Your password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onValueChange={setPassword}
      />
      <TextField
        label="Code"
        description="Of your app, or a recovery code."
        autoComplete="one-time-code"
        mono
        required
        maxLength={40}
        error={error}
        value={code}
        onValueChange={setCode}
      />
    </>
  );
}

function TrustedBrowsers({
  browsers,
  onForget,
}: {
  browsers: TwoFactor['browsers'];
  onForget(id: string): void;
}) {
  return (
    <div className="border-t border-line">
      <h3 className="px-4 pt-3 text-13 font-medium">Browsers that are not asked</h3>
      <Table>
        <TableColumns names={['Browser', 'Address', 'Since']} actions />
        <TableBody>
          {browsers.map((browser) => (
            <TableRow key={browser.id}>
              <TableCell>{browserWords(browser.userAgent)}</TableCell>
              <TableCell className="font-mono text-12">{browser.ipAddress}</TableCell>
              <TableCell className="text-muted">
                <RelativeTime at={browser.createdAt} />
              </TableCell>
              <TableCell className="text-right">
                <Button size="small" onClick={() => onForget(browser.id)}>
                  Ask again
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
