import { expect, it } from 'vitest';
import { iconOf } from '#app/ui/icons.ts';
import { kinds } from '#lib/nodes/index.ts';

it.each([...kinds.values()].map(({ type, icon }) => [type, icon] as const))(
  'the icon of %s is among those the web app has: %s',
  (_, icon) => {
    expect(iconOf(icon), `add ${icon} to app/ui/icons.ts`).toBeDefined();
  },
);

it('does not know every name', () => {
  expect(iconOf('no-such-icon')).toBeUndefined();
});
