/** Why an identity provider's word did not sign somebody in, by the code in the address. */
const WORDS: Record<string, string> = {
  expired: 'Signing in took too long, or was begun in another browser. Try again.',
  unreachable:
    'The identity provider does not answer. Try again in a moment, or tell an owner of your organization.',
  refused: 'The identity provider did not let you in.',
  invalid: 'The identity provider’s answer could not be trusted. Tell an owner of your organization.',
  unverified: 'The identity provider has not verified your e-mail address. Verify it there, then try again.',
  domain: 'Your e-mail address is of a domain that this organization does not let in.',
  not_member:
    'There is an account with your e-mail address that is no member of this organization. Ask an owner to invite it, accept with your password, then try again.',
  removed: 'You are no member of this organization any more. Ask an owner to invite you.',
};

/** The sentence, or null where there is nothing to say. */
export function refusalWords(code: string | undefined): string | null {
  if (code === undefined) return null;
  return Object.hasOwn(WORDS, code) ? WORDS[code]! : WORDS['refused']!;
}
