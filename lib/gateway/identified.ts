import type { Principal } from '#lib/db/principal.ts';
import { Fault } from './errors.ts';

/** Who was let in; null for who was not. Rejects where it could not be found out. */
export function identified(entering: Promise<{ principal: Principal }>): Promise<Principal | null> {
  return entering.then(
    ({ principal }) => principal,
    (error: unknown) => {
      if (error instanceof Fault) return null;
      throw error;
    },
  );
}
