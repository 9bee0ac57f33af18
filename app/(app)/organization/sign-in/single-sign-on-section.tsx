'use client';

import { useState } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import type { SignInSettings, SingleSignOnInput } from '#app/data/sign-in-types.ts';
import { useRemoveSingleSignOn, useSaveSingleSignOn } from '#app/data/use-sign-in-settings.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';

const ROLES = [
  { value: 'viewer', label: 'Viewer' },
  { value: 'editor', label: 'Editor' },
  { value: 'admin', label: 'Admin' },
] as const;
type DefaultRole = SingleSignOnInput['defaultRole'];

/** The identity provider of the organization (OpenID Connect). */
export function SingleSignOnSection({ settings }: { settings: SignInSettings }) {
  const { singleSignOn: now, redirectUri, signInLink } = settings;
  const save = useSaveSingleSignOn();
  const remove = useRemoveSingleSignOn();
  const [name, setName] = useState(now?.name ?? '');
  const [issuer, setIssuer] = useState(now?.issuer ?? '');
  const [clientId, setClientId] = useState(now?.clientId ?? '');
  const [clientSecret, setClientSecret] = useState('');
  const [domains, setDomains] = useState(now?.domains.join(', ') ?? '');
  const [defaultRole, setDefaultRole] = useState((now?.defaultRole as DefaultRole | undefined) ?? 'viewer');
  const [passwords, setPasswords] = useState(now?.passwords ?? true);
  const [removing, setRemoving] = useState(false);
  const ofIssuer = save.error instanceof ApiError && save.error.details['field'] === 'issuer';

  return (
    <Section
      title="Single sign-on"
      description="By OpenID Connect: Entra ID, Google Workspace, Okta, Keycloak and others. Who comes in becomes a member."
    >
      <form
        className="flex max-w-160 flex-col items-start gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          const given = clientSecret === '' ? {} : { clientSecret };
          const list = domains.split(/[\s,]+/).filter((each) => each !== '');
          save.mutate(
            { name, issuer, clientId, domains: list, defaultRole, passwords, ...given },
            {
              onSuccess: () => {
                setClientSecret('');
                toast.success('Single sign-on is set');
              },
            },
          );
        }}
      >
        <div className="flex w-full flex-col gap-3">
          <div className="flex flex-col gap-1">
            <span className="text-12 font-medium">Redirect address</span>
            <span className="text-12 text-muted">
              Enter it at the identity provider, for a web application.
            </span>
            <CodeBlock code={redirectUri} label="Redirect address" />
          </div>
          <TextField
            label="Name"
            description="Stands on the button: “Continue with …”."
            required
            maxLength={60}
            value={name}
            onValueChange={setName}
          />
          <TextField
            label="Issuer"
            description="Its address. What else is needed is read from there."
            placeholder="https://login.example.com"
            type="url"
            mono
            required
            error={ofIssuer ? save.error?.message : null}
            value={issuer}
            onValueChange={setIssuer}
          />
          <TextField label="Client ID" mono required value={clientId} onValueChange={setClientId} />
          <TextField
            label="Client secret"
            description={
              now ? 'Stored, and never shown. Leave empty to keep it.' : 'Stored sealed, and never shown.'
            }
            type="password"
            autoComplete="off"
            mono
            required={now === null}
            value={clientSecret}
            onValueChange={setClientSecret}
          />
          <TextField
            label="E-mail domains"
            description="Only verified addresses of these domains come in. Separate them by commas."
            placeholder="example.com"
            required
            value={domains}
            onValueChange={setDomains}
          />
          <Field label="Role of new members">
            {(ids) => (
              <Select<DefaultRole>
                {...ids}
                value={defaultRole}
                onValueChange={setDefaultRole}
                options={ROLES}
              />
            )}
          </Field>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is inside */}
          <label className="flex items-center gap-2 text-13">
            <Switch checked={passwords} onCheckedChange={setPasswords} />
            Members may use a password too
          </label>
          <p className="text-12 text-muted">
            Owners always may: where the identity provider does not answer, they still come in.
          </p>
        </div>
        {save.error && !ofIssuer && <FieldMessage severity="error" message={save.error.message} />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" busy={save.isPending}>
            Save single sign-on
          </Button>
          {now && (
            <Button variant="danger" onClick={() => setRemoving(true)}>
              Remove single sign-on
            </Button>
          )}
        </div>
        {now && (
          <div className="flex w-full flex-col gap-1">
            <span className="text-12 font-medium">Sign-in link</span>
            <span className="text-12 text-muted">Leads members there, whatever their address is.</span>
            <CodeBlock code={signInLink} label="Sign-in link" />
          </div>
        )}
      </form>
      <ConfirmMutation
        mutation={remove}
        variables={removing ? undefined : null}
        onClose={() => setRemoving(false)}
        done="Single sign-on is removed"
        title="Remove single sign-on?"
        description="Everybody who came in by it is signed out now. Members without a password need a link for a new one."
        action="Remove single sign-on"
      />
    </Section>
  );
}
