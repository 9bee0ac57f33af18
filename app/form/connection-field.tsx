'use client';

import { useConnections } from '#app/data/use-connections.ts';
import { ChosenField, type ChosenFieldProps } from './chosen-field.tsx';

/** Stored credentials of the project, by id. */
export function ConnectionField({ projectSlug, ...rest }: ChosenFieldProps & { projectSlug: string | null }) {
  const { data, isError } = useConnections(projectSlug);
  const items = data?.items.map(({ id, name, hosts }) => ({ id, name, note: hosts.join(', ') }));
  return (
    <ChosenField
      {...rest}
      noun="connection"
      items={items}
      failed={isError}
      href={`/projects/${projectSlug}/settings#connections`}
    />
  );
}
