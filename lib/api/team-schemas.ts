import { z } from '@hono/zod-openapi';
import { role } from './schemas.ts';

/** What goes in and out where people work together: organizations, members, invitations, who may what in a project. */

const time = z.iso.datetime();
const id = z.string().min(1).max(64);
const name = z.string().trim().min(1).max(120);
const token = z.string().min(1).max(100);
const projectRole = z.enum(['admin', 'editor', 'viewer']);

export const organizationCreate = z.strictObject({ name }).openapi('OrganizationCreate');
export const organizationChoice = z.strictObject({ organization: id }).openapi('OrganizationChoice');
export const typedName = z
  .strictObject({ name: z.string().max(120).openapi({ description: 'Its name, as a proof of intent.' }) })
  .openapi('TypedName');
export const organizationContent = z
  .object({ projects: z.int(), workflows: z.int(), keys: z.int(), members: z.int() })
  .openapi('OrganizationContent');

export const memberChange = z.strictObject({ role }).openapi('MemberChange');

export const inInvitation = z.object({
  invitation: id.openapi({ param: { name: 'invitation', in: 'path' } }),
});
export const invitation = z
  .object({
    id,
    email: z.string(),
    role,
    projects: z.array(z.object({ projectId: id, role: projectRole })),
    invitedBy: z.string(),
    createdAt: time,
    expiresAt: time,
  })
  .openapi('Invitation');
export const invitationList = z.object({ items: z.array(invitation) }).openapi('InvitationList');
export const invitationCreate = z
  .strictObject({
    email: z.string().trim().min(3).max(200),
    role,
    projects: z
      .array(z.strictObject({ projectId: id, role: projectRole }))
      .max(100)
      .optional()
      .openapi({ description: 'Roles in projects, where they are other than in the organization.' }),
  })
  .openapi('InvitationCreate');
export const invited = z
  .object({
    invitation,
    sent: z.boolean().openapi({ description: 'Whether the mail server took the letter.' }),
    url: z.string().nullable().openapi({ description: 'To hand over where no letter went out; shown once.' }),
  })
  .openapi('Invited');
export const invitationToken = z.strictObject({ token }).openapi('InvitationToken');
export const invitationFacts = z
  .object({
    organization: z.string(),
    email: z.string(),
    role,
    invitedBy: z.string(),
    expiresAt: time,
    hasAccount: z
      .boolean()
      .openapi({ description: 'They sign in; all others choose a name and a password.' }),
  })
  .openapi('InvitationFacts');
export const newAccount = z
  .strictObject({
    token,
    name,
    password: z.string().min(12, 'at least 12 characters').max(256),
  })
  .openapi('NewAccount');

export const inPerson = z.object({
  project: z.string().openapi({ param: { name: 'project', in: 'path' } }),
  user: id.openapi({ param: { name: 'user', in: 'path' } }),
});
export const projectPeople = z
  .object({
    private: z.boolean(),
    people: z.array(
      z.object({
        userId: id,
        name: z.string(),
        email: z.string(),
        organizationRole: role,
        projectRole: projectRole
          .nullable()
          .openapi({ description: 'null: that of the organization counts.' }),
        role: role.openapi({ description: 'What they may do here.' }),
      }),
    ),
  })
  .openapi('ProjectPeople');
export const personChange = z.strictObject({ role: projectRole }).openapi('PersonChange');
export const privacy = z.strictObject({ private: z.boolean() }).openapi('Privacy');
export const projectTransfer = z
  .strictObject({ organization: id, name: z.string().max(120) })
  .openapi('ProjectTransfer');
