'use client';

import { useState } from 'react';
import type { Connection, ConnectionSecret } from '#app/data/types.ts';
import { useCreateConnection } from '#app/data/use-create-connection.ts';
import { useUpdateConnection } from '#app/data/use-update-connection.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import {
  OAUTH_PROVIDERS,
  providerOf,
  settingFields,
  settingsOf,
  settingsTexts,
} from './connection-settings.ts';
import { RedirectAddress } from './redirect-address.tsx';

type Type = Connection['type'];

interface SecretField {
  name: string;
  label: string;
  secret: boolean;
  /** Stands there when the dialog opens. */
  initial?: string;
  /** Only these can be chosen. */
  options?: { value: string; label: string }[];
}

/** What each type asks for: the names are the members of the secret. */
const SECRET_FIELDS: Record<Type, SecretField[]> = {
  bearer: [{ name: 'token', label: 'Token', secret: true }],
  basic: [
    { name: 'username', label: 'User', secret: false },
    { name: 'password', label: 'Password', secret: true },
  ],
  header: [
    { name: 'header', label: 'Header name', secret: false },
    { name: 'value', label: 'Header value', secret: true },
  ],
  query: [
    { name: 'parameter', label: 'Parameter name', secret: false },
    { name: 'value', label: 'Parameter value', secret: true },
  ],
  oauth2: [{ name: 'clientSecret', label: 'Client secret', secret: true }],
  postgres: [
    { name: 'host', label: 'Host', secret: false },
    { name: 'port', label: 'Port', secret: false, initial: '5432' },
    { name: 'database', label: 'Database', secret: false },
    { name: 'user', label: 'User', secret: false },
    { name: 'password', label: 'Password', secret: true },
    {
      name: 'tls',
      label: 'Encryption',
      secret: false,
      initial: 'verify',
      options: [
        { value: 'verify', label: 'TLS, certificate checked' },
        { value: 'require', label: 'TLS, any certificate' },
        { value: 'off', label: 'None' },
      ],
    },
  ],
};

/** Makes a connection, or changes one; a secret left empty stays as it is. */
export function ConnectionDialog({
  project,
  connection,
  onClose,
  onMade,
}: {
  project: string;
  connection: Connection | null;
  onClose: () => void;
  /** Told of a new one, after `onClose`. */
  onMade?: (connection: Connection) => void;
}) {
  const create = useCreateConnection(project);
  const update = useUpdateConnection(project);
  const [name, setName] = useState(connection?.name ?? '');
  const [type, setType] = useState<Type>(connection?.type ?? 'bearer');
  const [perCaller, setPerCaller] = useState(connection?.perCaller ?? false);
  const [settings, setSettings] = useState(() => settingsTexts(connection?.settings ?? null));
  const [hosts, setHosts] = useState(connection?.hosts.join(', ') ?? '');
  const [values, setValues] = useState<Record<string, string>>({});
  const own = perCaller && type !== 'postgres';
  const fields = own && type !== 'oauth2' ? [] : SECRET_FIELDS[type];
  const given = fields.some((field) => values[field.name]);

  const save = (): void => {
    const common = {
      name,
      // The server of a database is part of its secret.
      ...(type !== 'postgres' && { hosts: hosts.split(/[\s,]+/).filter((host) => host !== '') }),
    };
    const secret = secretOf(fields, values);
    const place = settingsOf(type, own, settings);
    if (connection) {
      update.mutate(
        { connection: connection.id, ...common, ...(place && { settings: place }), ...(given && { secret }) },
        {
          onSuccess: () => {
            toast.success(given ? `${name} has a new secret` : `${name} is saved`);
            onClose();
          },
        },
      );
    } else {
      create.mutate(
        {
          ...common,
          type,
          perCaller: own,
          ...(place && { settings: place }),
          ...(fields.length > 0 && { secret }),
        },
        {
          onSuccess: (made) => {
            onClose();
            onMade?.(made);
          },
        },
      );
    }
  };

  const error = create.error ?? update.error;
  return (
    <FormDialog
      onClose={onClose}
      title={connection ? `Edit ${connection.name}` : 'New connection'}
      description={
        connection
          ? 'Enter a new secret to put it in the place of the stored one: every step uses it from the next run on.'
          : 'The secret is sealed when it is stored and never shown again.'
      }
      action={connection ? 'Save connection' : 'Create connection'}
      busy={create.isPending || update.isPending}
      onSubmit={save}
    >
      <TextField label="Name" required autoFocus value={name} onValueChange={setName} />
      <Field label="Type">
        {(ids) => (
          <Select
            {...ids}
            value={type}
            disabled={connection !== null}
            onValueChange={(value) => setType(value)}
            options={[
              { value: 'bearer', label: 'Bearer token' },
              { value: 'basic', label: 'User and password' },
              { value: 'header', label: 'Header' },
              { value: 'query', label: 'Query parameter' },
              { value: 'oauth2', label: 'OAuth 2' },
              { value: 'postgres', label: 'PostgreSQL' },
            ]}
          />
        )}
      </Field>
      {type !== 'postgres' && (
        <Field
          label="Account"
          description={
            own
              ? 'Whoever calls connects theirs at their first call. It needs callers who sign in: OAuth, and no API key.'
              : undefined
          }
        >
          {(ids) => (
            <Select
              {...ids}
              value={perCaller ? 'caller' : 'project'}
              disabled={connection !== null}
              onValueChange={(value) => setPerCaller(value === 'caller')}
              options={[
                { value: 'project', label: 'One for all callers' },
                { value: 'caller', label: 'Each caller’s own' },
              ]}
            />
          )}
        </Field>
      )}
      {type === 'oauth2' && !connection && (
        <Field label="Provider">
          {(ids) => (
            <Select
              {...ids}
              value={providerOf(settings)}
              onValueChange={(value) => {
                const provider = OAUTH_PROVIDERS[value];
                if (!provider) return;
                setSettings({ ...settings, clientAuth: 'body', parameters: '', ...provider.settings });
                setHosts(provider.hosts);
                if (name === '') setName(provider.name);
              }}
              options={[
                { value: 'other', label: 'Another one' },
                ...Object.entries(OAUTH_PROVIDERS).map(([value, provider]) => ({
                  value,
                  label: provider.name,
                })),
              ]}
            />
          )}
        </Field>
      )}
      {settingFields(type, own).map(({ name: key, label, description, required }) => (
        <TextField
          key={key}
          label={label}
          description={description}
          mono
          required={required}
          value={settings[key] ?? ''}
          onValueChange={(value) => setSettings({ ...settings, [key]: value })}
        />
      ))}
      {type === 'oauth2' && <RedirectAddress />}
      {type !== 'postgres' && (
        <TextField
          label="Hosts"
          description="Where it may be sent, such as api.example.com. Several: with commas."
          mono
          required
          value={hosts}
          onValueChange={setHosts}
        />
      )}
      {fields.map((field) => (
        <SecretInput
          key={`${type} ${field.name}`}
          field={field}
          stored={connection !== null}
          required={!connection || given}
          value={values[field.name] ?? field.initial ?? ''}
          onValueChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {error && <FieldMessage severity="error" message={error.message} />}
    </FormDialog>
  );
}

function SecretInput({
  field,
  stored,
  required,
  value,
  onValueChange,
}: {
  field: SecretField;
  stored: boolean;
  required: boolean;
  value: string;
  onValueChange: (value: string) => void;
}) {
  const { label, secret, options } = field;
  if (options) {
    return (
      <Field label={label}>
        {(ids) => <Select {...ids} value={value} options={options} onValueChange={onValueChange} />}
      </Field>
    );
  }
  return (
    <TextField
      label={label}
      description={stored && secret ? 'Leave it empty to keep the stored one.' : undefined}
      mono
      type={secret ? 'password' : 'text'}
      autoComplete={secret ? 'new-password' : 'off'}
      required={required}
      value={value}
      onValueChange={onValueChange}
    />
  );
}

/** As the API takes it: a port is a number. */
function secretOf(fields: readonly SecretField[], values: Record<string, string>): ConnectionSecret {
  const entries = fields.map(({ name, initial }): [string, string | number] => {
    const value = values[name] ?? initial ?? '';
    return [name, name === 'port' ? Number(value) : value];
  });
  return Object.fromEntries(entries) as ConnectionSecret;
}
