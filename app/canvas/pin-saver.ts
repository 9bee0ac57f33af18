import type { Pins } from './system/pins.ts';

export interface PinSaverOptions {
  save(pins: Pins): Promise<void>;
  /** With words for the person. */
  failed(message: string): void;
}

/** Sends pinned values to the server, one request after the other; of those that wait only the last. */
export interface PinSaver {
  edited(pins: Pins): void;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
}

export function createPinSaver({ save, failed }: PinSaverOptions): PinSaver {
  let waiting: Pins | null = null;
  let busy: Promise<void> | null = null;

  const send = async (): Promise<void> => {
    while (waiting !== null) {
      const pins: Pins = waiting;
      waiting = null;
      try {
        await save(pins);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        failed(`The pinned values were not saved: ${words}`);
      }
    }
    busy = null;
  };

  return {
    edited: (pins) => {
      waiting = pins;
      busy ??= send();
    },
    settled: () => busy ?? Promise.resolve(),
  };
}
