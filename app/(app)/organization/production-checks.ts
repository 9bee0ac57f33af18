import type { System } from '#app/data/settings-types.ts';
import { bytes } from '#app/ui/quantity.ts';

/** One thing that should be so before others rely on a server. */
export interface ProductionCheck {
  ok: boolean;
  /** How it is. */
  seen: string;
  /** What to do; null when all is well. */
  todo: string | null;
}

/** Walls that strangers' code should run behind, by number (docs/sandbox.md). */
const ENOUGH_WALLS = 2;
/** Free bytes under which a data folder is running full. */
const LITTLE_SPACE = 512 * 1024 * 1024;

/** What is missing before others rely on this server; what is well is said too. */
export function productionChecks({ sandbox, operation }: System): ProductionCheck[] {
  if (operation === null) return [];
  const { publicUrl, encryptionKey, storage } = operation;
  const free = `${bytes(storage.freeBytes)} are free on the disk of the data folder.`;
  return [
    publicUrl.startsWith('https://')
      ? well('Clients connect over https.')
      : missing(
          `The public address is ${publicUrl}: other machines are not served safely.`,
          'Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.',
        ),
    encryptionKey === 'environment'
      ? well('The key that seals secrets comes from ENCRYPTION_KEY, apart from the data.')
      : missing(
          'The key that seals secrets lies beside the data: whoever copies the folder has both, and whoever loses it loses both.',
          'Keep a copy of encryption.key in another place, or move its content into ENCRYPTION_KEY.',
        ),
    sandbox.level >= ENOUGH_WALLS
      ? well(`Code runs behind walls of level ${sandbox.level} of 3.`)
      : missing(
          `Code runs behind walls of level ${sandbox.level} of 3, fewer than there could be.`,
          'Install bubblewrap and allow user namespaces before people you do not know write workflows.',
        ),
    storage.freeBytes >= LITTLE_SPACE
      ? well(free)
      : missing(free, 'Make room: without it nothing can be stored.'),
  ];
}

const well = (seen: string): ProductionCheck => ({ ok: true, seen, todo: null });
const missing = (seen: string, todo: string): ProductionCheck => ({ ok: false, seen, todo });
