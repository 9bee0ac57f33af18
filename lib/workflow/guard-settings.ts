import * as z from 'zod';

/**
 * What is done about secrets in answers. `certain`: what is one beyond doubt is masked, what looks like one is noted;
 * `mask`: both are masked; `note`: both are only noted in the run.
 */
export const SECRET_MODES = ['off', 'note', 'certain', 'mask'] as const;
export type SecretMode = (typeof SECRET_MODES)[number];

export const PERSONAL_MODES = ['off', 'note', 'mask'] as const;
export type PersonalMode = (typeof PERSONAL_MODES)[number];

/** Kinds of personal data that can be looked for. */
export const PERSONAL_KINDS = ['email', 'phone', 'iban', 'card', 'ssn'] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

/** What a project has looked for in what it answers. */
export interface GuardSettings {
  secrets: SecretMode;
  personal: Record<PersonalKind, PersonalMode>;
  /** Texts of workflows that read from outside are put between marks that say they are data. */
  fence: boolean;
}

export const DEFAULT_GUARD: GuardSettings = {
  secrets: 'certain',
  personal: { email: 'off', phone: 'off', iban: 'off', card: 'off', ssn: 'off' },
  fence: false,
};

const personalMode = z.enum(PERSONAL_MODES).optional();

/** What is left out stays. */
export const guardPatch = z.strictObject({
  secrets: z.enum(SECRET_MODES).optional(),
  personal: z
    .strictObject({
      email: personalMode,
      phone: personalMode,
      iban: personalMode,
      card: personalMode,
      ssn: personalMode,
    })
    .optional(),
  fence: z.boolean().optional(),
});
export type GuardPatch = z.input<typeof guardPatch>;

/** What is stored, as a whole: what it leaves out is as by default. */
export function guardOf(stored: GuardPatch): GuardSettings {
  return changedGuard(DEFAULT_GUARD, stored);
}

/** One change laid over what there is. */
export function changedGuard(
  now: GuardSettings,
  { secrets, personal = {}, fence }: GuardPatch,
): GuardSettings {
  const given = Object.entries(personal).filter(([, mode]) => mode !== undefined);
  return {
    secrets: secrets ?? now.secrets,
    personal: { ...now.personal, ...Object.fromEntries(given) },
    fence: fence ?? now.fence,
  };
}
