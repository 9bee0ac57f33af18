import type * as z from 'zod';
import type * as settings from '#lib/api/settings-schemas.ts';
import type * as team from '#lib/api/team-schemas.ts';

/** What the API answers about people, read off its schemas. */
export type Member = z.infer<typeof settings.organization>['members'][number];
export type Invitation = z.infer<typeof team.invitation>;
export type Invited = z.infer<typeof team.invited>;
export type InvitationFacts = z.infer<typeof team.invitationFacts>;
export type ProjectPeople = z.infer<typeof team.projectPeople>;
export type ProjectPerson = ProjectPeople['people'][number];
export type ProjectRole = NonNullable<ProjectPerson['projectRole']>;
export type OrganizationContent = z.infer<typeof team.organizationContent>;

/** What the API takes. */
export type InvitationCreate = z.input<typeof team.invitationCreate>;
export type NewAccount = z.input<typeof team.newAccount>;
