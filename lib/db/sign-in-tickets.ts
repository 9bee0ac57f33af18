import * as z from 'zod';
import { requireSystem } from './access.ts';
import { idOf, parse } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

const ticketSchema = z.object({
  kind: z.enum(['second_step', 'sso', 'reset']),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  userId: z.string().max(64).nullable(),
  organizationId: z.string().max(64).nullable(),
  data: z.string().max(20_000),
  expiresAt: z.date(),
});

/** Something on the way to a session, good once. */
export type NewTicket = z.input<typeof ticketSchema>;
export type TicketKind = NewTicket['kind'];
export type Ticket = NewTicket & { id: string; tries: number };

/** What is on the way to a session. System only: nobody is signed in yet. */
export function ticketsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  return {
    async create(ticket: NewTicket): Promise<void> {
      requireSystem(principal);
      await prisma.signInTicket.create({ data: parse(ticketSchema, ticket) });
    },

    /** The one with this hash, while it is good. */
    async find(kind: TicketKind, hash: string): Promise<Ticket | null> {
      requireSystem(principal);
      if (!ticketSchema.shape.hash.safeParse(hash).success) return null;
      const row = await prisma.signInTicket.findFirst({
        where: { hash, kind, expiresAt: { gt: new Date() } },
      });
      return row && { ...row, kind };
    },

    /** Counts a wrong answer to it before it is looked at; false when there were too many, and then it is gone. */
    async tryOnce(id: string, most: number): Promise<boolean> {
      requireSystem(principal);
      const where = { id: idOf(id, 'ticket') };
      const { count } = await prisma.signInTicket.updateMany({
        where: { ...where, tries: { lt: most } },
        data: { tries: { increment: 1 } },
      });
      if (count === 0) await prisma.signInTicket.deleteMany({ where });
      return count === 1;
    },

    /** Uses it up. Of several that try at once, one is told true. */
    async take(id: string): Promise<boolean> {
      requireSystem(principal);
      const { count } = await prisma.signInTicket.deleteMany({
        where: { id: idOf(id, 'ticket'), expiresAt: { gt: new Date() } },
      });
      return count === 1;
    },

    /** How many of a kind somebody has that are still good. */
    async count(kind: TicketKind, userId: string): Promise<number> {
      requireSystem(principal);
      return prisma.signInTicket.count({
        where: { kind, userId: idOf(userId, 'user'), expiresAt: { gt: new Date() } },
      });
    },

    /** Removes what is no longer good. */
    async prune(): Promise<number> {
      requireSystem(principal);
      const { count } = await prisma.signInTicket.deleteMany({ where: { expiresAt: { lt: new Date() } } });
      return count;
    },
  };
}
