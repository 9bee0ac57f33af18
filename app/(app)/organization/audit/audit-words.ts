import type { AuditEvent } from '#app/data/settings-types.ts';

/** How it came out, by its name in the address. */
export const OUTCOMES: Readonly<Record<string, string>> = {
  ok: 'It worked',
  failed: 'Failed',
  refused: 'Refused',
  cancelled: 'Cancelled',
  waiting: 'Waits for an answer',
};

/** What events are about: the first part of their action. */
export const ABOUT: Readonly<Record<string, string>> = {
  tool: 'Calls of tools',
  workflow: 'Workflows',
  project: 'Projects',
  key: 'API keys',
  grant: 'Connected apps',
  connection: 'Connections',
  knowledge: 'Knowledge',
  trigger: 'Triggers',
  test: 'Tests',
  run: 'Runs',
  approval: 'Approvals',
  api: 'Imported APIs',
  session: 'Sign-ins',
  account: 'Accounts',
  member: 'Members',
  invitation: 'Invitations',
  template: 'Shared templates',
  organization: 'The organization',
  toolset: 'Toolsets',
  client_rule: 'Rules for clients',
  oauth_client: 'Registered apps',
};

const THINGS: Readonly<Record<string, string>> = {
  workflow: 'a workflow',
  project: 'a project',
  key: 'an API key',
  connection: 'a connection',
  knowledge: 'a knowledge base',
  'knowledge.source': 'a source of documents',
  trigger: 'a trigger',
  test: 'a test',
  member: 'a member',
  invitation: 'an invitation',
  template: 'a shared template',
  organization: 'the organization',
  api: 'an imported API',
  toolset: 'a toolset',
  approval: 'what a run asked for',
  run: 'a run',
};

const VERBS: Readonly<Record<string, string>> = {
  create: 'Made',
  update: 'Changed',
  delete: 'Deleted',
  import: 'Imported',
  publish: 'Published',
  unpublish: 'Unpublished',
  rollback: 'Rolled back',
  revoke: 'Revoked',
  add: 'Added',
  remove: 'Removed',
  approve: 'Approved',
  refuse: 'Refused',
  retry: 'Retried',
  dismiss: 'Dismissed',
  run: 'Ran',
  stop: 'Stopped',
};

const OWN_WORDS: Readonly<Record<string, string>> = {
  'session.create': 'Signed in',
  'session.end_others': 'Signed out everywhere else',
  'account.connect': 'Connected an account',
  'account.disconnect': 'Disconnected an account',
  'account.forget': 'Dropped accounts that callers connected',
  'account.password': 'Changed the password',
  'session.end': 'Signed out a browser',
  'account.reset_link': 'Made a link for a new password',
  'account.two_factor_on': 'Turned on two-factor',
  'account.two_factor_off': 'Turned off two-factor',
  'account.two_factor_reset': 'Turned off two-factor of a member',
  'account.recovery_codes': 'Made new recovery codes',
  'account.forget_browser': 'Trusted a browser no longer',
  'organization.two_factor': 'Changed whether two-factor is required',
  'organization.single_sign_on': 'Set single sign-on',
  'organization.single_sign_on_removed': 'Removed single sign-on',
  'member.link': 'Came in by single sign-on for the first time',
  'grant.create': 'Let an app in',
  'grant.revoke': 'Shut an app out',
  'grant.return': 'Signed an app out',
  'grant.code_reuse': 'A code came twice, and its app was shut out',
  'grant.refresh_reuse': 'A refresh token came twice, and its app was shut out',
  'member.role': 'Changed the role of a member',
  'member.join': 'Joined by an invitation',
  'member.leave': 'Left the organization',
  'invitation.create': 'Invited somebody',
  'invitation.renew': 'Made another link for an invitation',
  'invitation.revoke': 'Took an invitation back',
  'template.share': 'Shared a workflow as a template',
  'template.withdraw': 'Withdrew a shared template',
  'project.role': 'Changed the role of somebody in a project',
  'project.private': 'Changed who sees a project',
  'project.transfer': 'Moved a project to another organization',
  'tool.call': 'Called',
  'project.audited_calls': 'Changed which calls are audited',
  'project.limits': 'Changed the limits of a project',
  'project.guard': 'Changed the output guard of a project',
  'organization.limits': 'Changed the limits of the organization',
  'client_rule.set': 'Set what a client may call',
  'client_rule.remove': 'Removed a rule for a client',
  'oauth_client.register': 'An app registered itself',
  'knowledge.put': 'Wrote a document by a workflow',
  'knowledge.take': 'Removed a document by a workflow',
  'knowledge.set_embedding': 'Chose a model for embeddings of a knowledge base',
  'knowledge.serve_embedding': 'Vectors of a knowledge base are complete',
  'knowledge.remove_embedding': 'Turned the model for embeddings of a knowledge base off',
  'knowledge.set_reranker': 'Chose a model that ranks passages of a knowledge base',
  'knowledge.remove_reranker': 'Turned the model that ranks passages of a knowledge base off',
  'knowledge.remove_documents': 'Deleted documents of a knowledge base',
  'encryption.rotate': 'Changed the encryption key',
};

/** `Published a workflow`; the action itself where there are no words for it. */
export function auditWords(action: string): string {
  const own = OWN_WORDS[action];
  if (own !== undefined) return own;
  const dot = action.lastIndexOf('.');
  const thing = THINGS[action.slice(0, dot)];
  const done = VERBS[action.slice(dot + 1)];
  return thing !== undefined && done !== undefined ? `${done} ${thing}` : action;
}

/** Who did it. */
export function actorWords({ type, name }: AuditEvent['actor']): string {
  if (name !== null) return name;
  switch (type) {
    case 'user':
      return 'Somebody who is gone';
    case 'key':
      return 'An API key';
    case 'public':
      return 'Anybody';
    default:
      return 'The server';
  }
}

const DAY_MS = 86_400_000;

/** How far back one may look, by its name in the address. */
export const SINCE: Readonly<Record<string, { label: string; ms: number }>> = {
  day: { label: 'Last 24 hours', ms: DAY_MS },
  week: { label: 'Last 7 days', ms: 7 * DAY_MS },
  month: { label: 'Last 30 days', ms: 30 * DAY_MS },
};

/** Names of things nobody reads: they are told where the pointer rests. */
const OPAQUE = /(Id|Hash)$|^(hash|owner)$/;

/** Facts of an event, for people: `name Night shift, hosts api.example.com`. */
export function factWords(details: AuditEvent['details']): string {
  return Object.entries(details)
    .filter(([name, value]) => value !== null && !OPAQUE.test(name))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : wordOf(value)}`)
    .join(', ');
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
