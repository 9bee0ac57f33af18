import type { Method } from '../exchange.ts';

/** `ping` (2025). */
export const ping: Method = () => '{}';
