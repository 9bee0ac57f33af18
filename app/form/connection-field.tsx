'use client';

import { useConnections } from '#app/data/use-connections.ts';
import { ChosenField, type ChosenFieldProps } from './chosen-field.tsx';

/** Stored credentials of the project, by id. */
export function ConnectionField({
  projectSlug,
  type,
  ...rest
}: ChosenFieldProps & { projectSlug: string | null; type: 'http' | 'postgres' | undefined }) {
  const { data, isError } = useConnections(projectSlug);
  const items = data?.items
    .filter((one) => type === undefined || (one.type === 'postgres') === (type === 'postgres'))
    .map(({ id, name, hosts }) => ({ id, name, note: hosts.join(', ') }));
  return (
    <ChosenField
      {...rest}
      noun={type === 'postgres' ? 'PostgreSQL connection' : 'connection'}
      items={items}
      failed={isError}
      href={`/projects/${projectSlug}/settings#connections`}
    />
  );
}
