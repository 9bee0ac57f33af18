import type { Connection } from '#app/data/types.ts';

type Settings = NonNullable<Connection['settings']>;

/** What is entered of a connection beside its secret, as text. */
export type SettingsTexts = Record<string, string>;

interface SettingField {
  name: string;
  label: string;
  description?: string;
  required?: boolean;
}

const OAUTH_FIELDS: SettingField[] = [
  { name: 'authorizationUrl', label: 'Authorization URL', required: true },
  { name: 'tokenUrl', label: 'Token URL', required: true },
  { name: 'clientId', label: 'Client ID', required: true },
  { name: 'scopes', label: 'Scopes', description: 'With spaces between them.' },
];

/** What a connection asks for beside its secret. */
export function settingFields(type: Connection['type'], perCaller: boolean): SettingField[] {
  if (type === 'oauth2') return OAUTH_FIELDS;
  if (!perCaller) return [];
  if (type === 'header') {
    return [
      {
        name: 'header',
        label: 'Header name',
        description: 'Where the key of a caller is put.',
        required: true,
      },
    ];
  }
  if (type !== 'query') return [];
  return [
    {
      name: 'parameter',
      label: 'Parameter name',
      description: 'Where the key of a caller is put.',
      required: true,
    },
  ];
}

export function settingsTexts(settings: Settings | null): SettingsTexts {
  if (!settings) return {};
  if (!('clientId' in settings)) return { ...settings };
  const {
    authorizationUrl,
    tokenUrl,
    clientId,
    scopes = [],
    clientAuth = 'body',
    parameters = {},
  } = settings;
  return {
    authorizationUrl,
    tokenUrl,
    clientId,
    scopes: scopes.join(' '),
    clientAuth,
    parameters: new URLSearchParams(parameters).toString(),
  };
}

/** As the API takes it; null where there is nothing to say. */
export function settingsOf(
  type: Connection['type'],
  perCaller: boolean,
  texts: SettingsTexts,
): Settings | null {
  if (settingFields(type, perCaller).length === 0) return null;
  if (type === 'header') return { header: texts['header'] ?? '' };
  if (type === 'query') return { parameter: texts['parameter'] ?? '' };
  const {
    authorizationUrl = '',
    tokenUrl = '',
    clientId = '',
    scopes = '',
    clientAuth,
    parameters = '',
  } = texts;
  return {
    authorizationUrl: authorizationUrl.trim(),
    tokenUrl: tokenUrl.trim(),
    clientId: clientId.trim(),
    scopes: scopes.split(/[\s,]+/).filter((scope) => scope !== ''),
    clientAuth: clientAuth === 'header' ? 'header' : 'body',
    parameters: Object.fromEntries(new URLSearchParams(parameters)),
  };
}

interface Provider {
  name: string;
  hosts: string;
  settings: SettingsTexts;
}

/** Addresses of providers that many use, as their own documentation gives them. */
export const OAUTH_PROVIDERS: Record<string, Provider> = {
  github: {
    name: 'GitHub',
    hosts: 'api.github.com',
    settings: {
      authorizationUrl: 'https://github.com/login/oauth/authorize',
      tokenUrl: 'https://github.com/login/oauth/access_token',
      scopes: 'repo',
    },
  },
  google: {
    name: 'Google',
    hosts: '*.googleapis.com',
    settings: {
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
      scopes: 'https://www.googleapis.com/auth/drive.readonly',
      // Without these Google gives no token to renew the other with.
      parameters: 'access_type=offline&prompt=consent',
    },
  },
  slack: {
    name: 'Slack',
    hosts: 'slack.com',
    settings: {
      authorizationUrl: 'https://slack.com/oauth/v2/authorize',
      tokenUrl: 'https://slack.com/api/oauth.v2.access',
      scopes: 'channels:read',
    },
  },
  notion: {
    name: 'Notion',
    hosts: 'api.notion.com',
    settings: {
      authorizationUrl: 'https://api.notion.com/v1/oauth/authorize',
      tokenUrl: 'https://api.notion.com/v1/oauth/token',
      scopes: '',
      clientAuth: 'header',
      parameters: 'owner=user',
    },
  },
  linear: {
    name: 'Linear',
    hosts: 'api.linear.app',
    settings: {
      authorizationUrl: 'https://linear.app/oauth/authorize',
      tokenUrl: 'https://api.linear.app/oauth/token',
      scopes: 'read',
    },
  },
  microsoft: {
    name: 'Microsoft',
    hosts: 'graph.microsoft.com',
    settings: {
      authorizationUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
      tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
      scopes: 'offline_access User.Read',
    },
  },
};

/** Which of them these settings are of. */
export function providerOf({ tokenUrl }: SettingsTexts): string {
  const known = Object.entries(OAUTH_PROVIDERS).find(([, { settings }]) => settings['tokenUrl'] === tokenUrl);
  return known?.[0] ?? 'other';
}
